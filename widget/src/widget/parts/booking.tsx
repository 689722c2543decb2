import { CalendarPlus, CircleCheck, MapPin } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { BookingPart } from "../protocol.ts";
import { words } from "../words.ts";

export function BookingCard({ part }: { part: BookingPart }): JSX.Element {
  return (
    <section class="card booking" aria-label={`${words.booked}, ${part.reference}`}>
      <p class="booking__done">
        <Icon of={CircleCheck} />
        {words.booked}
        <span class="booking__reference">
          <span class="hidden">{words.reference} </span>
          {part.reference}
        </span>
      </p>
      <h3>{part.label}</h3>
      <p class="soft">{[part.device, part.services.join(", ")].filter(Boolean).join(" · ")}</p>
      {part.location && (
        <p class="booking__place">
          <Icon of={MapPin} size={16} />
          <span>{[part.location.name, part.location.address].filter(Boolean).join(", ")}</span>
        </p>
      )}
      {part.total && (
        <dl class="lines">
          <div class="lines__total">
            <dt>{words.total}</dt>
            <dd>{part.total}</dd>
          </div>
        </dl>
      )}
      <div class="booking__ways">
        {part.calendar_url && (
          <a class="button" href={part.calendar_url} download>
            <Icon of={CalendarPlus} size={16} />
            {words.calendar}
          </a>
        )}
        {part.tracking_url && (
          <a class="button button--quiet" href={part.tracking_url} target="_blank" rel="noopener">
            {words.track}
            <span class="hidden">, {words.newTab}</span>
          </a>
        )}
      </div>
    </section>
  );
}
