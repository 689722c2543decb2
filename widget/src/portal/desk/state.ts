/** What the desk knows, as a pure fold: the queue, who is there, and every conversation that is open on it. */

import {
  apply as applyThread,
  type Entry,
  type Link,
  type State as Thread,
  type Event as ThreadEvent,
  initial as thread,
} from "../../widget/fold.ts";
import type { Author, Presence } from "../../widget/protocol.ts";
import type { Order } from "./orders.ts";
import type { DeskConversation, DeskPage, DeskWelcome, Member, Note, Queue, Row } from "./protocol.ts";

export interface Talk {
  readonly conversation: DeskConversation | null;
  /** Messages, outbox and typing, as the widget keeps them. */
  readonly thread: Thread;
  readonly notes: readonly Note[];
  /** Orders of the customer; null until they came. */
  readonly orders: readonly Order[] | null;
  readonly ordersFailed: boolean;
  /** Why it cannot be shown, as the server's code. */
  readonly failed: string | null;
}

export interface Desk {
  readonly link: Link;
  /** The staff session is over: only signing in helps. */
  readonly signedOut: boolean;
  readonly loaded: boolean;
  readonly me: Member | null;
  readonly team: readonly Member[];
  readonly presence: Presence | null;
  readonly rows: readonly Row[];
  readonly talks: Readonly<Record<string, Talk>>;
}

export type DeskEvent =
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "signed_out" }
  | { readonly type: "welcome"; readonly welcome: DeskWelcome }
  | { readonly type: "presence"; readonly team: readonly Member[]; readonly presence: Presence | null }
  | { readonly type: "queue"; readonly queue: Queue }
  | { readonly type: "conversation"; readonly conversation: DeskConversation }
  | { readonly type: "note"; readonly conversation: string; readonly note: Note }
  | { readonly type: "synced"; readonly conversation: string; readonly page: DeskPage }
  | { readonly type: "orders"; readonly conversation: string; readonly orders: readonly Order[] | null }
  | { readonly type: "failed"; readonly conversation: string; readonly code: string }
  | { readonly type: "open"; readonly conversation: string }
  | { readonly type: "tick"; readonly now: number }
  | { readonly type: "thread"; readonly conversation: string; readonly event: ThreadEvent };

export const initial: Desk = {
  link: "connecting",
  signedOut: false,
  loaded: false,
  me: null,
  team: [],
  presence: null,
  rows: [],
  talks: {},
};

/** The name a customer sees. */
export const selfOf = (me: Member | null): Author => ({ kind: "technician", name: me?.name.split(/\s+/)[0] ?? null });

export function apply(desk: Desk, event: DeskEvent): Desk {
  switch (event.type) {
    case "link":
      return desk.link === event.link ? desk : { ...desk, link: event.link };
    case "signed_out":
      return { ...desk, signedOut: true, link: "refused" };
    case "welcome": {
      const { staff, team, presence } = event.welcome;
      const talks = Object.fromEntries(
        Object.entries(desk.talks).map(([id, talk]) => [id, { ...talk, thread: { ...talk.thread, self: selfOf(staff) } }]),
      );
      return { ...desk, me: staff, team, presence, talks, signedOut: false };
    }
    case "presence":
      return { ...desk, team: event.team, presence: event.presence, me: event.team.find(({ id }) => id === desk.me?.id) ?? desk.me };
    case "queue":
      return { ...desk, loaded: desk.loaded || event.queue.whole, rows: queued(desk.rows, event.queue) };
    case "conversation":
      return changed(desk, event.conversation.id, (talk) => told(talk, event.conversation));
    case "note":
      return changed(desk, event.conversation, (talk) => noted(talk, [event.note]));
    case "synced":
      return changed(desk, event.conversation, (talk) => {
        const { messages, rev, more, notes } = event.page;
        return noted({ ...talk, failed: null, thread: applyThread(talk.thread, { type: "synced", page: { messages, rev, more } }) }, notes);
      });
    case "orders":
      return changed(desk, event.conversation, (talk) => ({
        ...talk,
        orders: event.orders ?? talk.orders,
        ordersFailed: event.orders === null,
      }));
    case "failed":
      return changed(desk, event.conversation, (talk) => ({ ...talk, failed: event.code }));
    case "open":
      return changed(desk, event.conversation, (talk) => ({ ...talk, failed: null }));
    case "tick":
      return ticked(desk, event.now);
    case "thread":
      return changed(desk, event.conversation, (talk) => ({ ...talk, thread: applyThread(talk.thread, event.event) }));
  }
}

function changed(desk: Desk, id: string, change: (talk: Talk) => Talk): Desk {
  const known = desk.talks[id] ?? fresh(desk);
  const next = change(known);
  return next === known ? desk : { ...desk, talks: { ...desk.talks, [id]: next } };
}

const fresh = (desk: Desk): Talk => ({
  conversation: null,
  thread: { ...thread, self: selfOf(desk.me) },
  notes: [],
  orders: null,
  ordersFailed: false,
  failed: null,
});

function queued(rows: readonly Row[], { whole, rows: told, gone }: Queue): readonly Row[] {
  const known = new Map(whole ? [] : rows.map((row) => [row.conversation, row]));
  for (const row of told) {
    const before = known.get(row.conversation);
    // Two hints may overtake one another: hands follow the epoch, the rest the rev.
    if (!before || row.epoch > before.epoch || (row.epoch === before.epoch && row.rev >= before.rev)) known.set(row.conversation, row);
  }
  for (const id of gone) known.delete(id);
  return [...known.values()];
}

/** Ownership follows the epoch, then the rev; the read marks only ever grow. */
function told(talk: Talk, given: DeskConversation): Talk {
  const known = talk.conversation;
  const later = !known || given.epoch > known.epoch || (given.epoch === known.epoch && given.rev >= known.rev);
  const base = later ? given : known;
  const conversation = {
    ...base,
    read_seq: Math.max(known?.read_seq ?? 0, given.read_seq),
    seen_seq: Math.max(known?.seen_seq ?? 0, given.seen_seq),
  };
  const plain = { ...conversation, technician: conversation.technician?.name ?? null };
  return { ...talk, conversation, failed: null, thread: applyThread(talk.thread, { type: "conversation", conversation: plain }) };
}

/** A note that arrived leaves the outbox. */
function noted(talk: Talk, notes: readonly Note[]): Talk {
  if (!notes.length) return talk;
  const byId = new Map(talk.notes.map((note) => [note.id, note]));
  for (const note of notes) byId.set(note.id, note);
  const arrived = new Set(notes.flatMap(({ client_id }) => client_id ?? []));
  const outbox = talk.thread.outbox.filter(({ client_id }) => !arrived.has(client_id));
  return { ...talk, notes: [...byId.values()].sort((a, b) => a.number - b.number), thread: { ...talk.thread, outbox } };
}

function ticked(desk: Desk, now: number): Desk {
  let next = desk;
  for (const [id, talk] of Object.entries(desk.talks)) {
    const after = applyThread(talk.thread, { type: "tick", now });
    if (after !== talk.thread) next = { ...next, talks: { ...next.talks, [id]: { ...talk, thread: after } } };
  }
  return next;
}

export const lastNote = (talk: Talk): number => talk.notes.at(-1)?.number ?? 0;
export const waitingOut = (talk: Talk): readonly Entry[] => talk.thread.outbox.filter(({ error }) => error === null);
