import { CircleCheck, Clock, ShieldCheck } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { QuotePart } from "../protocol.ts";
import { dateOf } from "../time.ts";
import { words } from "../words.ts";

/** The price as the backend said it, line by line; nothing here is calculated. */
export function QuoteCard({ part, now }: { part: QuotePart; now: number }): JSX.Element {
  const lines = part.lines.filter((line) => line.kind !== "vat");
  const vat = part.lines.filter((line) => line.kind === "vat");
  const lapsed = !part.booked && part.valid_until !== null && Date.parse(part.valid_until) <= now;
  return (
    <div class="card quote" data-lapsed={lapsed}>
      <div>
        <h3>{part.services.join(" + ") || part.device}</h3>
        {part.services.length > 0 && <p class="soft">{part.device}</p>}
      </div>
      <dl class="lines">
        {lines.map((line) => (
          <div key={line.label}>
            <dt>{line.label}</dt>
            <dd>{line.amount}</dd>
          </div>
        ))}
        <div class="lines__total">
          <dt>
            {words.total} <span class="soft">{part.vat_included ? words.vatIncluded : words.vatExtra}</span>
          </dt>
          <dd>{part.total || (part.range && `${part.range.low} – ${part.range.high}`)}</dd>
        </div>
        {vat.map((line) => (
          <div key={line.label} class="soft">
            <dt>{line.label}</dt>
            <dd>{line.amount}</dd>
          </div>
        ))}
      </dl>
      <ul class="facts">
        {part.duration_minutes !== null && (
          <li>
            <Icon of={Clock} size={16} />
            {words.minutes(part.duration_minutes)}
          </li>
        )}
        {part.warranty_months !== null && (
          <li>
            <Icon of={ShieldCheck} size={16} />
            {words.warranty(part.warranty_months)}
          </li>
        )}
      </ul>
      {part.booked ? (
        <p class="quote__booked">
          <Icon of={CircleCheck} size={16} />
          {words.priceBooked(part.booked)}
        </p>
      ) : (
        part.valid_until && <p class="soft small">{words[lapsed ? "lapsed" : "validUntil"](dateOf(part.valid_until))}</p>
      )}
    </div>
  );
}
