/** What one side of a conversation knows, as a pure fold: `apply(state, event)`. Any order of the same facts ends in the same state. */

import type { Ack, Author, Body, Conversation, Customer, Message, Page, Presence, Refusal } from "./protocol.ts";

export interface Entry {
  readonly client_id: string;
  /** Order of writing, the same in every tab. */
  readonly written: number;
  readonly body: Body;
  /** What a technician believed when it was written: to whom it may go. */
  readonly epoch?: number;
  /** What its sender sees until the server's own words arrive. */
  readonly text: string;
  readonly error: Refusal | null;
}

export interface Typing {
  readonly author: Author;
  readonly until: number;
}

export type Link = "connecting" | "online" | "offline" | "refused";

export interface State {
  /** Whose side this is. */
  readonly self: Author;
  readonly link: Link;
  /** The first sync is through: an empty list now means an empty conversation. */
  readonly loaded: boolean;
  readonly conversation: Conversation | null;
  readonly customer: Customer;
  /** The last word on who is there; it comes by itself and is never asked for. */
  readonly presence: Presence | null;
  readonly messages: readonly Message[];
  /** Every change up to this rev is known. */
  readonly rev: number;
  /** Revs seen beyond a gap. */
  readonly ahead: readonly number[];
  readonly outbox: readonly Entry[];
  readonly typing: Typing | null;
}

export type Event =
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "welcome"; readonly conversation: Conversation; readonly customer: Customer; readonly presence?: Presence | null }
  | { readonly type: "presence"; readonly presence: Presence }
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "synced"; readonly page: Page }
  | { readonly type: "conversation"; readonly conversation: Conversation }
  | { readonly type: "receipt"; readonly by: string; readonly seq: number }
  | { readonly type: "typing"; readonly on: boolean; readonly author: Author; readonly now: number }
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "queued"; readonly entry: Entry }
  | { readonly type: "acked"; readonly client_id: string; readonly ack: Extract<Ack, { ok: true }> }
  | { readonly type: "refused"; readonly client_id: string; readonly error: Refusal }
  | { readonly type: "dropped"; readonly client_id: string }
  | { readonly type: "forgotten" };

/** A typing sign dies by itself: its end may be lost on the way. */
export const TYPING_MS = 6000;

export const initial: State = {
  self: { kind: "customer", name: null },
  link: "connecting",
  loaded: false,
  conversation: null,
  customer: { name: null },
  presence: null,
  messages: [],
  rev: 0,
  ahead: [],
  outbox: [],
  typing: null,
};

export function apply(state: State, event: Event): State {
  switch (event.type) {
    case "link":
      return state.link === event.link ? state : { ...state, link: event.link };
    case "welcome":
      return welcomed({ ...state, presence: event.presence ?? null }, event.conversation, event.customer);
    case "presence":
      return { ...state, presence: event.presence };
    case "message":
      return advanced(merged(state, [event.message]), [event.message.rev]);
    case "synced":
      return synced(state, event.page);
    case "conversation":
      return { ...state, conversation: newer(state.conversation, event.conversation) };
    case "receipt":
      return receipt(state, event.by, event.seq);
    case "typing":
      // One's own typing comes back from the other tabs.
      if (event.author.kind === state.self.kind) return state;
      return { ...state, typing: event.on ? { author: event.author, until: event.now + TYPING_MS } : null };
    case "tick":
      return state.typing && state.typing.until <= event.now ? { ...state, typing: null } : state;
    case "queued":
      return queued(state, event.entry);
    case "acked":
      return acked(state, event.client_id, event.ack);
    case "refused":
      return {
        ...state,
        outbox: state.outbox.map((entry) => (entry.client_id === event.client_id ? { ...entry, error: event.error } : entry)),
      };
    case "dropped":
      return { ...state, outbox: without(state.outbox, event.client_id) };
    case "forgotten":
      return { ...initial, self: state.self, link: state.link, outbox: state.outbox };
  }
}

/** Something was missed: a live change arrived whose predecessors are unknown. */
export const hasGap = (state: State): boolean => state.ahead.length > 0;

function welcomed(state: State, conversation: Conversation, customer: Customer): State {
  const same = state.conversation === null || state.conversation.id === conversation.id;
  const base = same ? state : { ...initial, self: state.self, link: state.link, outbox: state.outbox, presence: state.presence };
  return { ...base, customer, conversation: newer(base.conversation, conversation) };
}

/** Ownership follows the epoch, then the rev; the two read marks only ever grow. */
function newer(known: Conversation | null, told: Conversation): Conversation {
  if (known === null || known.id !== told.id) return told;
  const later = told.epoch > known.epoch || (told.epoch === known.epoch && told.rev >= known.rev);
  return {
    ...(later ? told : known),
    rev: Math.max(known.rev, told.rev),
    seq: Math.max(known.seq, told.seq),
    read_seq: Math.max(known.read_seq, told.read_seq),
    seen_seq: Math.max(known.seen_seq, told.seen_seq),
  };
}

function receipt(state: State, by: string, seq: number): State {
  const { conversation } = state;
  if (conversation === null) return state;
  const mark = by === "customer" ? "read_seq" : "seen_seq";
  return seq > conversation[mark] ? { ...state, conversation: { ...conversation, [mark]: seq } } : state;
}

function merged(state: State, incoming: readonly Message[]): State {
  const byId = new Map(state.messages.map((message) => [message.id, message]));
  let changed = false;
  let spoken = false;
  for (const message of incoming) {
    const known = byId.get(message.id);
    if (known && known.rev >= message.rev) continue;
    byId.set(message.id, message);
    changed = true;
    spoken ||= !known && message.author.kind !== state.self.kind;
  }
  if (!changed) return state;
  const arrived = new Set(incoming.flatMap((message) => message.client_id ?? []));
  return {
    ...state,
    messages: [...byId.values()].sort((a, b) => a.seq - b.seq),
    outbox: state.outbox.some((entry) => arrived.has(entry.client_id))
      ? state.outbox.filter((entry) => !arrived.has(entry.client_id))
      : state.outbox,
    typing: spoken ? null : state.typing,
  };
}

function advanced(state: State, revs: readonly number[]): State {
  const ahead = [...new Set([...state.ahead, ...revs])].filter((rev) => rev > state.rev).sort((a, b) => a - b);
  let rev = state.rev;
  while (ahead[0] === rev + 1) {
    ahead.shift();
    rev += 1;
  }
  return rev === state.rev && ahead.length === state.ahead.length ? state : { ...state, rev, ahead };
}

function synced(state: State, page: Page): State {
  const next = merged(state, page.messages);
  const rev = Math.max(next.rev, page.rev);
  return advanced({ ...next, rev, ahead: next.ahead.filter((seen) => seen > rev), loaded: state.loaded || !page.more }, []);
}

function queued(state: State, entry: Entry): State {
  if (state.messages.some((message) => message.client_id === entry.client_id)) return state;
  const outbox = [...without(state.outbox, entry.client_id), entry];
  return { ...state, outbox: outbox.sort((a, b) => a.written - b.written || (a.client_id < b.client_id ? -1 : 1)) };
}

/** The ack says where the message stands; its final words come with the server's copy (rev 0 gives way to any). */
function acked(state: State, client_id: string, ack: Extract<Ack, { ok: true }>): State {
  const entry = state.outbox.find((candidate) => candidate.client_id === client_id);
  if (!entry) return state;
  const message: Message = {
    id: ack.id,
    seq: ack.seq,
    rev: 0,
    client_id,
    author: state.self,
    at: ack.at,
    text: entry.text,
    parts: [],
    choice: "choice" in entry.body ? entry.body.choice : null,
  };
  const next = merged(state, [message]);
  return { ...next, outbox: without(next.outbox, client_id) };
}

const without = (outbox: readonly Entry[], client_id: string): readonly Entry[] =>
  outbox.some((entry) => entry.client_id === client_id) ? outbox.filter((entry) => entry.client_id !== client_id) : outbox;
