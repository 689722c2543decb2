/** Messages and entries for tests, as short as they are said. */

import type { Entry } from "../../widget/src/widget/fold.ts";
import type { AuthorKind, Conversation, Message, Part } from "../../widget/src/widget/protocol.ts";

export function message(seq: number, rev = seq, more: Partial<Message> & { kind?: AuthorKind; name?: string } = {}): Message {
  const { kind = "bot", name = null, ...rest } = more;
  return {
    id: `m${seq}`,
    seq,
    rev,
    client_id: null,
    author: { kind, name },
    at: `2025-11-24T09:${String(seq % 60).padStart(2, "0")}:00Z`,
    text: `text ${seq} as of ${rev}`,
    parts: [],
    choice: null,
    ...rest,
  };
}

export const own = (seq: number, client_id: string, rev = seq, more: Partial<Message> = {}): Message =>
  message(seq, rev, { kind: "customer", client_id, text: client_id, ...more });

export const entry = (client_id: string, written: number): Entry => ({
  client_id,
  written,
  body: { client_id, text: client_id },
  text: client_id,
  error: null,
});

export const conversation = (more: Partial<Conversation> = {}): Conversation => ({
  id: "c1",
  owner: "bot",
  epoch: 1,
  technician: null,
  place: null,
  opens: null,
  rev: 0,
  seq: 0,
  read_seq: 0,
  seen_seq: 0,
  ...more,
});

export const withParts = (seq: number, ...parts: Part[]): Message => message(seq, seq, { parts });

/** Every order of a few things. */
export function* orders<T>(things: readonly T[]): Generator<T[]> {
  if (things.length === 0) return void (yield []);
  for (let at = 0; at < things.length; at++) {
    const rest = [...things.slice(0, at), ...things.slice(at + 1)];
    for (const order of orders(rest)) yield [things[at] as T, ...order];
  }
}
