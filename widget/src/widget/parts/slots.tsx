/** Free times, one row of days and under it the times of the day in view. */

import { CalendarCheck } from "lucide";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Slot, SlotsPart } from "../protocol.ts";
import { dateOf, timeOf } from "../time.ts";
import { words } from "../words.ts";
import type { PartProps } from "./part.tsx";

export interface SlotDay {
  readonly label: string;
  readonly slots: ReadonlyArray<Slot & { readonly time: string }>;
}

/** The shop's own label ("Tue 25 Nov, 10:30") is the shop's local time; the browser's zone never moves it. */
export function byDay(slots: readonly Slot[]): SlotDay[] {
  const found = new Map<string, Array<Slot & { time: string }>>();
  for (const slot of slots) {
    const comma = slot.title.lastIndexOf(", ");
    const label = comma > 0 ? slot.title.slice(0, comma) : dateOf(slot.starts_at) || slot.title;
    const time = comma > 0 ? slot.title.slice(comma + 2) : timeOf(slot.starts_at) || slot.title;
    found.set(label, [...(found.get(label) ?? []), { ...slot, time }]);
  }
  return [...found].map(([label, list]) => ({ label, slots: list }));
}

/** Arrow keys, Home and End go round a row or a grid of buttons that is one stop for Tab; where they went to, or null. */
function roved(event: KeyboardEvent, stops: readonly HTMLElement[]): number | null {
  const at = stops.indexOf(event.target as HTMLElement);
  // A grid has as many columns as buttons stand beside the first.
  const wide = stops.filter((stop) => stop.offsetTop === stops[0]?.offsetTop).length;
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1 + stops.length,
    ...(wide < stops.length && { ArrowDown: Math.min(at + wide, stops.length - 1), ArrowUp: Math.max(at - wide, 0) }),
    Home: 0,
    End: stops.length - 1,
  };
  const step = steps[event.key];
  if (step === undefined || at < 0) return null;
  event.preventDefault();
  const next = step % stops.length;
  stops.forEach((stop, number) => {
    stop.tabIndex = number === next ? 0 : -1;
  });
  stops[next]?.focus();
  return next;
}

export function Slots({ part, offers, send }: PartProps<SlotsPart>): JSX.Element | null {
  const all = part.week.length ? part.week : part.slots;
  const days = byDay(all);
  const [at, setAt] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const chosen = [...all, ...part.slots].find((slot) => slot.chosen || offers.answered.has(slot.id));
  const more = (part.week.length && part.later) || part.more;
  const open = part.open && !chosen && !(more && offers.answered.has(more.id));
  const day = days[Math.min(at, days.length - 1)];
  if (!open) {
    return chosen ? (
      <p class="picked">
        <Icon of={CalendarCheck} size={16} />
        {chosen.title}
        <span class="hidden">, {words.chosen}</span>
      </p>
    ) : null;
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = roved(event, [...(tabs.current?.querySelectorAll<HTMLElement>("[role=tab]") ?? [])]);
    if (next !== null) setAt(next);
  };
  return (
    <div class="card slots">
      <div class="slots__days" role="tablist" aria-label={words.days} ref={tabs} onKeyDown={onKeyDown}>
        {days.map(({ label, slots }, index) => {
          const [weekday, ...date] = label.split(" ");
          return (
            <button
              key={label}
              type="button"
              role="tab"
              class="slots__day"
              aria-selected={index === at}
              tabIndex={index === at ? 0 : -1}
              onClick={() => setAt(index)}
            >
              <span>{weekday} </span>
              <strong>{date.join(" ")}</strong>
              <span class="hidden">, {words.times(slots.length)}</span>
            </button>
          );
        })}
      </div>
      <div role="tabpanel" aria-label={day?.label}>
        <ul
          class="slots__times"
          role="toolbar"
          aria-label={words.timesOf(day?.label ?? "")}
          onKeyDown={(event) => roved(event, [...event.currentTarget.querySelectorAll<HTMLElement>("button")])}
        >
          {day?.slots.map((slot, number) => (
            <li key={slot.id} role="none">
              <button
                type="button"
                class="slots__time"
                aria-label={slot.title}
                tabIndex={number === 0 ? 0 : -1}
                onClick={() => send({ choice: slot.id }, slot.title)}
              >
                {slot.time}
              </button>
            </li>
          ))}
        </ul>
      </div>
      {more && (
        <button type="button" class="quiet slots__more" onClick={() => send({ choice: more.id }, more.title)}>
          {more.title}
        </button>
      )}
    </div>
  );
}
