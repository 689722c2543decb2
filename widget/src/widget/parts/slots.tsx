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

export function Slots({ part, offers, send }: PartProps<SlotsPart>): JSX.Element | null {
  const days = byDay(part.slots);
  const [at, setAt] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const chosen = part.slots.find((slot) => slot.chosen || offers.answered.has(slot.id));
  const more = part.more;
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
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1 + days.length, Home: 0, End: days.length - 1 };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setAt(next % days.length);
    tabs.current?.querySelectorAll<HTMLElement>("[role=tab]")[next % days.length]?.focus();
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
        <ul class="slots__times">
          {day?.slots.map((slot) => (
            <li key={slot.id}>
              <button type="button" class="slots__time" aria-label={slot.title} onClick={() => send({ choice: slot.id }, slot.title)}>
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
