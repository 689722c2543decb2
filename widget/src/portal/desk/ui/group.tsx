/** One author's messages in a row, as staff see them: the customer on the left, the shop on the right, notes across. */

import { Check, Lock } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../../shared/icon.tsx";
import { BookingCard } from "../../../widget/parts/booking.tsx";
import { LinkCard } from "../../../widget/parts/card.tsx";
import { QuoteCard } from "../../../widget/parts/quote.tsx";
import { RepairCard } from "../../../widget/parts/repair.tsx";
import { isShot, Shots } from "../../../widget/parts/shots.tsx";
import type { Photos } from "../../../widget/photos.ts";
import type { Part, Refusal } from "../../../widget/protocol.ts";
import { momentOf, timeOf } from "../../../widget/time.ts";
import { Failed, Linked, Sign } from "../../../widget/ui/group.tsx";
import { Avatar } from "../../../widget/ui/header.tsx";
import type { Group, Item } from "../../../widget/view.ts";
import { refusal, words as said } from "../../../widget/words.ts";
import { MESSAGE_REFUSALS, words } from "../words.ts";

export interface DeskGroupProps {
  group: Group;
  /** Whose delivery is worth a word. */
  own: string | null;
  customer: string;
  me: string | null;
  now: number;
  photos: Photos;
  retry: (client_id: string) => void;
  remove: (client_id: string) => void;
}

const sayRefusal = (error: Refusal): ReturnType<typeof refusal> => {
  const known = MESSAGE_REFUSALS[error.code];
  return known ? { text: known, retry: error.code === "conversation_taken" } : refusal(error);
};

export function DeskGroup({ group, own, customer, me, now, photos, retry, remove }: DeskGroupProps): JSX.Element {
  const failed = (item: Item) => item.entry?.error && <Failed item={item} retry={retry} remove={remove} say={sayRefusal} />;
  if (group.kind === "system") {
    return (
      <div class="group" data-kind="system">
        {group.items.map((item) => (
          <p key={item.key} class="system">
            {item.text} <time dateTime={item.at}>{timeOf(item.at)}</time>
          </p>
        ))}
      </div>
    );
  }
  if (group.kind === "note") {
    return (
      <div class="group" data-kind="note">
        {group.items.map((item) => (
          <article key={item.key} class="note" aria-label={`${words.noteOf(group.name ?? "")}, ${timeOf(item.at)}. ${words.notePrivate}`}>
            <p class="note__head">
              <Icon of={Lock} size={14} />
              <strong>{words.noteOf(group.name ?? "")}</strong>
              <span>{words.notePrivate}</span>
              <time dateTime={item.at} title={momentOf(item.at)}>
                {item.delivery === "sending" ? said.sending : timeOf(item.at)}
              </time>
            </p>
            <p class="note__text">
              <Linked text={item.text} />
            </p>
            {failed(item)}
          </article>
        ))}
      </div>
    );
  }
  const name = group.kind === "customer" ? customer : (group.name ?? (group.kind === "bot" ? said.assistant : said.person));
  return (
    <div class="group" data-kind={group.kind} data-own={group.kind === "technician" && group.name === me}>
      {group.introduces && (
        <p class="group__name">
          <Avatar kind={group.kind} name={group.kind === "customer" ? customer : group.name} />
          <span>{name}</span>
        </p>
      )}
      {group.items.map((item) => (
        <article
          key={item.key}
          class="message"
          data-seq={item.seq || undefined}
          data-delivery={item.delivery ?? undefined}
          aria-label={`${name}, ${timeOf(item.at)}`}
        >
          {item.text && (
            <div class="message__line">
              <p class="bubble">
                <Linked text={item.text} />
              </p>
              <time class="stamp" dateTime={item.at} title={momentOf(item.at)}>
                {timeOf(item.at)}
              </time>
            </div>
          )}
          {item.parts.some(isShot) && <Shots shots={item.parts.filter(isShot)} photos={photos} />}
          {item.parts.map((part, at) => (
            <Shown key={`${part.type}${at}`} part={part} now={now} />
          ))}
          {failed(item)}
          {item.key === own && item.delivery && item.delivery !== "failed" && <Sign delivery={item.delivery} />}
        </article>
      ))}
    </div>
  );
}

/** What the customer was shown; nothing of it can be pressed here. */
function Shown({ part, now }: { part: Part; now: number }): JSX.Element | null {
  switch (part.type) {
    case "choices":
      return <Offered label={words.asked} options={part.choices} />;
    case "slots":
      return (
        <Offered
          label={words.asked}
          options={[...new Map([...part.slots, ...part.week.filter(({ chosen }) => chosen)].map((slot) => [slot.id, slot])).values()]}
        />
      );
    case "form":
      return <Offered label={words.askedFor} options={part.fields.map(({ name, label }) => ({ id: name, title: label, chosen: false }))} />;
    case "quote":
      return <QuoteCard part={part} now={now} />;
    case "booking":
      return <BookingCard part={part} />;
    case "repair":
      return <RepairCard part={part} />;
    case "card":
      return <LinkCard part={part} />;
    case "image":
      return null;
  }
}

interface Option {
  readonly id: string;
  readonly title: string;
  readonly chosen: boolean;
}

function Offered({ label, options }: { label: string; options: readonly Option[] }): JSX.Element {
  return (
    <ul class="offered" aria-label={label}>
      {options.map(({ id, title, chosen }) => (
        <li key={id} data-chosen={chosen}>
          {chosen && <Icon of={Check} size={14} />}
          {title}
          {chosen && <span class="hidden">, {said.chosen}</span>}
        </li>
      ))}
    </ul>
  );
}
