/** The technician's wire (docs/protocol.md) as types, and the door where what the site sends becomes them. */

import {
  list,
  type Message,
  number,
  type Opens,
  type Owner,
  object,
  type Presence,
  present,
  type Refusal,
  readMessage,
  readOpens,
  readOwner,
  readPresence,
  readRefusal,
  text,
  textOrNull,
} from "../../widget/protocol.ts";

export type Status = "here" | "away" | "gone";

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Member extends Person {
  readonly role: string;
  readonly skills: readonly string[];
  readonly status: Status;
  /** How many conversations they have now. */
  readonly chats: number;
}

export interface Contact {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
}

export interface Row {
  readonly conversation: string;
  readonly epoch: number;
  readonly owner: Owner;
  readonly technician: Person | null;
  readonly customer: Contact;
  readonly reason: string | null;
  readonly why: string | null;
  readonly skill: string | null;
  readonly priority: number;
  readonly call_back: string | null;
  readonly waiting_since: string | null;
  readonly ranked_at: string | null;
  readonly snoozed_until: string | null;
  readonly awaiting: boolean;
  readonly unread: number;
  readonly rev: number;
  readonly seq: number;
  readonly changed_at: string;
  readonly last: { readonly at: string; readonly kind: string; readonly text: string } | null;
}

export interface Handoff {
  readonly why: string | null;
  readonly at: string | null;
  readonly wanted: string | null;
  readonly filled: readonly { readonly label: string; readonly value: string }[];
  readonly tried: readonly string[];
  readonly call_back: string | null;
}

export interface DeskConversation {
  readonly id: string;
  readonly epoch: number;
  readonly owner: Owner;
  readonly technician: Person | null;
  readonly customer: Contact;
  readonly place: number | null;
  readonly opens: Opens | null;
  readonly rev: number;
  readonly seq: number;
  /** The number of the last note. */
  readonly note: number;
  readonly read_seq: number;
  readonly seen_seq: number;
  readonly episode: number;
  readonly opened_at: string;
  readonly waiting_since: string | null;
  readonly snoozed_until: string | null;
  readonly awaiting: boolean;
  readonly skill: string | null;
  readonly priority: number;
  readonly handoff: Handoff | null;
}

export interface Note {
  readonly id: string;
  readonly number: number;
  readonly at: string;
  readonly author: Person;
  readonly text: string;
  readonly client_id: string | null;
  readonly after_seq: number;
}

export interface Queue {
  readonly whole: boolean;
  readonly rows: readonly Row[];
  readonly gone: readonly string[];
}

export interface DeskWelcome {
  readonly staff: Member;
  readonly team: readonly Member[];
  readonly presence: Presence | null;
}

export interface DeskPage {
  readonly messages: readonly Message[];
  readonly notes: readonly Note[];
  readonly rev: number;
  readonly note: number;
  readonly more: boolean;
}

export interface Alert {
  readonly kind: string;
  readonly conversation: string | null;
  readonly text: string;
}

/** What a deed came to: the conversation as it is now, or why not, and whose it is then. */
export type Answer =
  | { readonly ok: true; readonly conversation: DeskConversation | null }
  | { readonly ok: false; readonly error: Refusal; readonly technician: Person | null };

export function readPerson(value: unknown): Person | null {
  const raw = object(value);
  const name = raw && textOrNull(raw.name);
  return raw && name ? { id: text(raw.id), name } : null;
}

export function readMember(value: unknown): Member | null {
  const raw = object(value);
  const person = readPerson(value);
  if (!raw || !person?.id) return null;
  const status = raw.status === "here" || raw.status === "away" ? raw.status : "gone";
  return { ...person, role: text(raw.role), skills: list(raw.skills).map(text).filter(Boolean), status, chats: number(raw.chats) };
}

export const readTeam = (value: unknown): Member[] => list(value).map(readMember).filter(present);

function readContact(value: unknown): Contact {
  const raw = object(value);
  return { name: textOrNull(raw?.name), email: textOrNull(raw?.email), phone: textOrNull(raw?.phone) };
}

export function readRow(value: unknown): Row | null {
  const raw = object(value);
  const conversation = raw && textOrNull(raw.conversation);
  if (!raw || !conversation) return null;
  const last = object(raw.last);
  return {
    conversation,
    epoch: number(raw.epoch),
    owner: readOwner(raw.owner),
    technician: readPerson(raw.technician),
    customer: readContact(raw.customer),
    reason: textOrNull(raw.reason),
    why: textOrNull(raw.why),
    skill: textOrNull(raw.skill),
    priority: number(raw.priority),
    call_back: textOrNull(raw.call_back),
    waiting_since: textOrNull(raw.waiting_since),
    ranked_at: textOrNull(raw.ranked_at),
    snoozed_until: textOrNull(raw.snoozed_until),
    awaiting: raw.awaiting === true,
    unread: number(raw.unread),
    rev: number(raw.rev),
    seq: number(raw.seq),
    changed_at: text(raw.changed_at),
    last: last ? { at: text(last.at), kind: text(last.kind), text: text(last.text) } : null,
  };
}

export function readQueue(value: unknown): Queue | null {
  const raw = object(value);
  if (!raw) return null;
  return { whole: raw.whole === true, rows: list(raw.rows).map(readRow).filter(present), gone: list(raw.gone).map(text).filter(Boolean) };
}

function readHandoff(value: unknown): Handoff | null {
  const raw = object(value);
  if (!raw) return null;
  return {
    why: textOrNull(raw.why),
    at: textOrNull(raw.at),
    wanted: textOrNull(raw.wanted),
    filled: list(raw.filled).flatMap((entry) => {
      const fact = object(entry);
      const [label, value] = [textOrNull(fact?.label), textOrNull(fact?.value)];
      return label && value ? [{ label, value }] : [];
    }),
    tried: list(raw.tried).map(text).filter(Boolean),
    call_back: textOrNull(raw.call_back),
  };
}

export function readDeskConversation(value: unknown): DeskConversation | null {
  const raw = object(value);
  const id = raw && textOrNull(raw.id);
  if (!raw || !id) return null;
  return {
    id,
    epoch: number(raw.epoch),
    owner: readOwner(raw.owner),
    technician: readPerson(raw.technician),
    customer: readContact(raw.customer),
    place: number(raw.place) || null,
    opens: readOpens(raw.opens),
    rev: number(raw.rev),
    seq: number(raw.seq),
    note: number(raw.note),
    read_seq: number(raw.read_seq),
    seen_seq: number(raw.seen_seq),
    episode: number(raw.episode),
    opened_at: text(raw.opened_at),
    waiting_since: textOrNull(raw.waiting_since),
    snoozed_until: textOrNull(raw.snoozed_until),
    awaiting: raw.awaiting === true,
    skill: textOrNull(raw.skill),
    priority: number(raw.priority),
    handoff: readHandoff(raw.handoff),
  };
}

export function readNote(value: unknown): Note | null {
  const raw = object(value);
  const id = raw && textOrNull(raw.id);
  const author = readPerson(raw?.author);
  if (!raw || !id || !author || number(raw.number) < 1) return null;
  return {
    id,
    number: number(raw.number),
    at: text(raw.at),
    author,
    text: text(raw.text),
    client_id: textOrNull(raw.client_id),
    after_seq: number(raw.after_seq),
  };
}

export function readDeskWelcome(value: unknown): DeskWelcome | null {
  const raw = object(value);
  const staff = readMember(raw?.staff);
  return raw && staff ? { staff, team: readTeam(raw.team), presence: readPresence(raw.presence) } : null;
}

export function readDeskPage(value: unknown): DeskPage | null {
  const raw = object(value);
  if (!raw || !Array.isArray(raw.messages)) return null;
  return {
    messages: raw.messages.map(readMessage).filter(present),
    notes: list(raw.notes).map(readNote).filter(present),
    rev: number(raw.rev),
    note: number(raw.note),
    more: raw.more === true,
  };
}

export function readAlert(value: unknown): Alert | null {
  const raw = object(value);
  const said = raw && textOrNull(raw.text);
  return raw && said ? { kind: text(raw.kind), conversation: textOrNull(raw.conversation), text: said } : null;
}

/** Null for what is no answer at all. */
export function readAnswer(value: unknown): Answer | null {
  const raw = object(value);
  if (raw?.ok === true) return { ok: true, conversation: readDeskConversation(raw.conversation) };
  const error = raw && readRefusal(raw.error);
  return error ? { ok: false, error, technician: readPerson(object(raw?.error)?.technician) } : null;
}
