import { CalendarPlus, CircleCheck, CircleX, MapPin } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { BookingPart } from "../protocol.ts";
import { words } from "../words.ts";

/** An appointment as it stands now: the shop sends the card again when it is moved or given up. */
export function BookingCard({ part }: { part: BookingPart }): JSX.Element {
  const off = part.state === "cancelled";
  const several = part.repairs.length > 1;
  return (
    <div class="card booking" data-state={part.state}>
      <p class="booking__done">
        <Icon of={off ? CircleX : CircleCheck} />
        {words.booking[part.state]}
        <span class="booking__reference">
          <span class="hidden">{words.reference} </span>
          {part.reference}
        </span>
      </p>
      <h3>{off ? <s>{part.label}</s> : part.label}</h3>
      {part.former && !off && <p class="soft">{words.movedFrom(part.former)}</p>}
      {several ? (
        <ul class="booking__devices">
          {part.repairs.map((repair, at) => (
            <li key={at}>
              <span>
                <strong>{repair.device}</strong>
                <span class="soft">{repair.services.join(", ")}</span>
              </span>
              <span>{repair.total}</span>
            </li>
          ))}
        </ul>
      ) : (
        <p class="soft">{[part.device, part.services.join(", ")].filter(Boolean).join(" · ")}</p>
      )}
      {part.location && !off && (
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
        {part.calendar_url && part.state === "confirmed" && (
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
    </div>
  );
}
