import { Check, CheckCheck, CircleAlert, Clock } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { Connection } from "../connection.ts";
import { linkify } from "../linkify.ts";
import { PartView } from "../parts/part.tsx";
import { isShot, Shots } from "../parts/shots.tsx";
import type { Photos } from "../photos.ts";
import { momentOf, timeOf } from "../time.ts";
import type { Delivery, Group, Item, Offers } from "../view.ts";
import { refusal, words } from "../words.ts";
import { Avatar } from "./header.tsx";

export interface GroupProps {
  group: Group;
  offers: Offers;
  own: string | null;
  now: number;
  photos: Photos;
  send: Connection["send"];
  retry: (client_id: string) => void;
  remove: (client_id: string) => void;
}

export function authorName(group: Pick<Group, "kind" | "name">): string {
  if (group.kind === "customer") return words.you;
  if (group.kind === "bot") return group.name ?? words.assistant;
  return group.name ?? words.person;
}

export function GroupView({ group, offers, own, now, photos, send, retry, remove }: GroupProps): JSX.Element {
  if (group.kind === "system") {
    return (
      <div class="group" data-kind="system">
        {group.items.map((item) => (
          <p key={item.key} class="system">
            {item.text}
          </p>
        ))}
      </div>
    );
  }
  const mine = group.kind === "customer";
  return (
    <div class="group" data-kind={group.kind}>
      {group.introduces && (
        <p class="group__name">
          <Avatar kind={group.kind} name={group.name} />
          <span>{authorName(group)}</span>
        </p>
      )}
      {group.items.map((item) => (
        <article
          key={item.key}
          class="message"
          data-seq={item.seq || undefined}
          data-delivery={item.delivery ?? undefined}
          aria-label={`${authorName(group)}, ${timeOf(item.at)}`}
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
            <PartView key={`${part.type}${at}`} part={part} offers={offers} send={send} now={now} />
          ))}
          {item.entry?.error && <Failed item={item} retry={retry} remove={remove} />}
          {mine && item.key === own && item.delivery && item.delivery !== "failed" && <Sign delivery={item.delivery} />}
        </article>
      ))}
    </div>
  );
}

export function Linked({ text }: { text: string }): JSX.Element {
  return (
    <>
      {linkify(text).map((piece, at) =>
        piece.href ? (
          <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : piece.whole ? (
          <span key={at} class="whole">
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}

export function Sign({ delivery }: { delivery: Exclude<Delivery, "failed"> }): JSX.Element {
  const icon = delivery === "sending" ? Clock : delivery === "sent" ? Check : CheckCheck;
  return (
    <p class="sign" data-delivery={delivery}>
      <Icon of={icon} size={14} />
      {words[delivery]}
    </p>
  );
}

interface FailedProps {
  item: Item;
  retry: (id: string) => void;
  remove: (id: string) => void;
  say?: typeof refusal;
}

export function Failed({ item, retry, remove, say = refusal }: FailedProps): JSX.Element | null {
  const error = item.entry?.error;
  if (!error) return null;
  const { text, retry: worthIt } = say(error);
  return (
    <div class="failed" role="alert">
      <p>
        <Icon of={CircleAlert} size={16} />
        <span>{text}</span>
      </p>
      <div class="failed__ways">
        {worthIt && (
          <button type="button" class="quiet" onClick={() => retry(item.key)}>
            {words.again}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => remove(item.key)}>
          {words.remove}
        </button>
      </div>
    </div>
  );
}
