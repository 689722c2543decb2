/** Free times, one row of days and under it the times of the day in view. */

import { CalendarCheck } from "lucide";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Slot, SlotsPart } from "../protocol.ts";
import { dateOf, timeOf } from "../time.ts";
import { buttonsIn, rove } from "../ui/rove.ts";
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
  const all = part.week.length ? part.week : part.slots;
  const days = byDay(all);
  const [at, setAt] = useState(0);
  const tabs = useRef<HTMLDivElement>(null);
  const chosen = [...all, ...part.slots].find((slot) => slot.chosen || offers.answered.has(slot.id));
  const more = (part.week.length && part.later) || part.more;
  const open = part.open && !chosen && !(more && offers.answered.has(more.id));
  if (!open) {
    return chosen ? (
      <p class="picked">
        <Icon of={CalendarCheck} size={16} />
        {chosen.title}
        <span class="hidden">, {words.chosen}</span>
      </p>
    ) : null;
  }
  const show = (next: number): void => {
    setAt(next);
    const row = tabs.current;
    const tab = row?.querySelectorAll<HTMLElement>("[role=tab]")[next];
    if (row && tab) row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = tabs.current && rove(event, buttonsIn(tabs.current));
    if (next !== null) show(next);
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
              onClick={() => show(index)}
            >
              <span>{weekday} </span>
              <strong>{date.join(" ")}</strong>
              <span class="hidden">, {words.times(slots.length)}</span>
            </button>
          );
        })}
      </div>
      {/* All days lie on top of each other, so that nothing moves when another one is shown. A list of times is not read out unasked. */}
      <div class="slots__panels" aria-live="off">
        {days.map(({ label, slots }, index) => (
          <div key={label} role="tabpanel" aria-label={label} data-shown={index === at}>
            <ul
              class="slots__times"
              role="toolbar"
              aria-label={words.timesOf(label)}
              onKeyDown={(event) => rove(event, buttonsIn(event.currentTarget))}
            >
              {slots.map((slot, number) => (
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
        ))}
      </div>
      {more && (
        <button type="button" class="quiet slots__more" onClick={() => send({ choice: more.id }, more.title)}>
          {more.title}
        </button>
      )}
    </div>
  );
}
