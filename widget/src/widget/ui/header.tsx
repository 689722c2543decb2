import { Sparkles, UserRound } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { Conversation, Presence } from "../protocol.ts";
import { soonLabel } from "../time.ts";
import type { Group } from "../view.ts";
import { words } from "../words.ts";

/** Who is answering right now, in words; a place in the queue means nothing while nobody is there. */
export function answering(conversation: Conversation | null, now: number): string {
  switch (conversation?.owner) {
    case "technician":
      return words.answering.technician(conversation.technician);
    case "waiting":
      return conversation.opens && Date.parse(conversation.opens.at) > now
        ? words.answering.shut(conversation.opens.title)
        : words.answering.waiting(conversation.place);
    case "closed":
      return words.answering.closed;
    default:
      return words.answering.bot;
  }
}

/** Whether technicians are there, in words; nothing once one of them is talking, or where "closed" is said already. */
export function attendance(conversation: Conversation | null, presence: Presence | null, now: number): string {
  if (!presence || conversation?.owner === "technician") return "";
  if (presence.there) return words.technicians.here;
  const { opens } = presence;
  if (!opens || Date.parse(opens.at) <= now) return words.technicians.away;
  return conversation?.owner === "waiting" && conversation.opens ? "" : words.technicians.back(soonLabel(opens, new Date(now)));
}

export interface HeaderProps {
  conversation: Conversation | null;
  presence: Presence | null;
  now: number;
  children: ComponentChildren;
}

export function Header({ conversation, presence, now, children }: HeaderProps): JSX.Element {
  const person = conversation?.owner === "technician";
  const there = attendance(conversation, presence, now);
  return (
    <div class="header">
      <Avatar kind={person ? "technician" : "bot"} name={person ? conversation.technician : null} large />
      <div class="header__words">
        <h2 class="header__shop">{words.shop}</h2>
        <p class="header__who" aria-live="polite">
          {answering(conversation, now)}
        </p>
        <p class="header__there" data-there={presence?.there === true} aria-live="polite">
          {there}
        </p>
      </div>
      {children}
    </div>
  );
}

export function Avatar({ kind, name, large = false }: { kind: Group["kind"]; name: string | null; large?: boolean }): JSX.Element {
  const initials = (name ?? "")
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => [...part][0]?.toUpperCase() ?? "")
    .join("");
  return (
    <span class="avatar" data-kind={kind} data-large={large} aria-hidden="true">
      {kind === "bot" ? <Icon of={Sparkles} size={large ? 20 : 16} /> : initials || <Icon of={UserRound} size={large ? 20 : 16} />}
    </span>
  );
}
