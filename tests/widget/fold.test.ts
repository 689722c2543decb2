import { describe, expect, it } from "vitest";
import { apply, type Event, hasGap, initial, type State, TYPING_MS } from "../../widget/src/widget/fold.ts";
import { conversation, entry, message, orders, own } from "./made.ts";

const run = (events: readonly Event[], from: State = initial): State => events.reduce(apply, from);
const page = (rev: number, ...messages: ReturnType<typeof message>[]): Event => ({ type: "synced", page: { messages, rev, more: false } });
const live = (...given: Parameters<typeof message>): Event => ({ type: "message", message: message(...given) });

describe("any order of the same facts ends in the same state", () => {
  const expectAlike = (events: readonly Event[], last: readonly Event[] = [], from?: State): State => {
    const ends = new Set<string>();
    let end = initial;
    for (const order of orders(events)) {
      end = run([...order, ...last], from);
      ends.add(JSON.stringify(end));
    }
    expect(ends.size).toBe(1);
    return end;
  };

  it("messages, changes of them and a sync that holds all", () => {
    const end = expectAlike([live(1), live(2), live(3), live(1, 4), live(2, 5), page(5, message(3), message(1, 4), message(2, 5))]);
    expect(end.messages.map(({ seq, rev }) => [seq, rev])).toEqual([
      [1, 4],
      [2, 5],
      [3, 3],
    ]);
    expect(end.rev).toBe(5);
    expect(hasGap(end)).toBe(false);
  });

  it("one's own messages with acks, echoes and the bot's answers between them", () => {
    const from = run([
      { type: "queued", entry: entry("a", 1) },
      { type: "queued", entry: entry("b", 2) },
    ]);
    const ack = (client_id: string, seq: number): Event => ({
      type: "acked",
      client_id,
      ack: { ok: true, id: `m${seq}`, seq, rev: seq, at: "2025-11-24T09:00:00Z" },
    });
    const echo = (client_id: string, seq: number): Event => ({ type: "message", message: own(seq, client_id) });
    const end = expectAlike([ack("a", 1), echo("a", 1), live(2), ack("b", 3), echo("b", 3), live(4)], [], from);
    expect(end.messages.map((shown) => shown.seq)).toEqual([1, 2, 3, 4]);
    expect(end.outbox).toEqual([]);
    expect(end.rev).toBe(4);
  });

  it("acks whose echo comes only with the next sync", () => {
    const from = run([{ type: "queued", entry: entry("a", 1) }]);
    const ack: Event = { type: "acked", client_id: "a", ack: { ok: true, id: "m1", seq: 1, rev: 1, at: "2025-11-24T09:01:00Z" } };
    const end = expectAlike([ack, live(2), live(3)], [page(3, own(1, "a"), message(2), message(3))], from);
    expect(end.messages[0]?.rev).toBe(1);
  });

  it("ownership by epoch and the read marks by their height", () => {
    const told = (epoch: number, rev: number, more = {}): Event => ({
      type: "conversation",
      conversation: conversation({ epoch, rev, ...more }),
    });
    const end = expectAlike(
      [
        told(2, 5, { owner: "waiting", place: 2 }),
        told(3, 6, { owner: "technician", technician: "Maya" }),
        told(3, 8, { owner: "technician", technician: "Maya", seen_seq: 4 }),
        { type: "receipt", by: "bot", seq: 3 },
        { type: "receipt", by: "customer", seq: 2 },
      ],
      [],
      run([{ type: "welcome", conversation: conversation(), customer: { name: null } }]),
    );
    expect(end.conversation).toMatchObject({ owner: "technician", technician: "Maya", seen_seq: 4, read_seq: 2, rev: 8 });
  });

  it("the same things twice", () => {
    const events: Event[] = [live(1), live(2), live(1, 3)];
    expect(JSON.stringify(run([...events, ...events]))).toBe(JSON.stringify(run(events)));
  });
});

describe("the cursor", () => {
  it("stands before a gap until a sync closes it", () => {
    const gap = run([live(1), live(3), live(4)]);
    expect(gap.rev).toBe(1);
    expect(hasGap(gap)).toBe(true);
    expect(gap.messages.map((shown) => shown.seq)).toEqual([1, 3, 4]);
    const closed = apply(gap, page(4, message(2), message(3), message(4)));
    expect(closed.rev).toBe(4);
    expect(hasGap(closed)).toBe(false);
  });

  it("goes on over what arrived ahead", () => {
    expect(run([live(1), live(4), page(3, message(2), message(3))]).rev).toBe(4);
  });

  it("skips revs that belong to nothing the customer may see", () => {
    expect(run([live(1), page(7, message(2, 3))]).rev).toBe(7);
  });

  it("is loaded only after the last page", () => {
    const first = apply(initial, { type: "synced", page: { messages: [message(1)], rev: 1, more: true } });
    expect(first.loaded).toBe(false);
    expect(apply(first, page(1)).loaded).toBe(true);
  });
});

describe("messages", () => {
  it("never go back to an older rev", () => {
    expect(run([live(1, 4), live(1, 2)]).messages[0]?.text).toBe("text 1 as of 4");
  });

  it("stand in the server's order, whatever the clock says", () => {
    const late = run([live(2, 2, { at: "2025-11-24T08:00:00Z" }), live(1, 1, { at: "2025-11-24T09:00:00Z" })]);
    expect(late.messages.map((shown) => shown.seq)).toEqual([1, 2]);
  });

  it("keep their place under the outbox", () => {
    const state = run([{ type: "queued", entry: entry("a", 1) }, live(1), live(2)]);
    expect(state.outbox.map((waiting) => waiting.client_id)).toEqual(["a"]);
  });

  it("of another conversation replace all, and what waits is kept", () => {
    const state = run([
      { type: "welcome", conversation: conversation({ id: "old" }), customer: { name: null } },
      live(1),
      { type: "queued", entry: entry("a", 1) },
      { type: "welcome", conversation: conversation({ id: "new" }), customer: { name: "Sam" } },
    ]);
    expect(state.messages).toEqual([]);
    expect(state.rev).toBe(0);
    expect(state.loaded).toBe(false);
    expect(state.outbox).toHaveLength(1);
  });
});

describe("the outbox", () => {
  it("is in the order of writing, in every tab", () => {
    const ends = [...orders([entry("a", 1), entry("b", 2), entry("c", 2)])].map((order) =>
      run(order.map((queued) => ({ type: "queued", entry: queued }))).outbox.map((waiting) => waiting.client_id),
    );
    for (const end of ends) expect(end).toEqual(["a", "b", "c"]);
  });

  it("does not take back what the server already has", () => {
    expect(
      run([
        { type: "message", message: own(1, "a") },
        { type: "queued", entry: entry("a", 1) },
      ]).outbox,
    ).toEqual([]);
  });

  it("keeps a refused message with its reason until it is retried or removed", () => {
    const error = { code: "choice_closed", detail: "", fields: {}, retry_after: null };
    const refused = run([
      { type: "queued", entry: entry("a", 1) },
      { type: "refused", client_id: "a", error },
    ]);
    expect(refused.outbox[0]?.error).toBe(error);
    expect(apply(refused, { type: "queued", entry: entry("a", 1) }).outbox[0]?.error).toBe(null);
    expect(apply(refused, { type: "dropped", client_id: "a" }).outbox).toEqual([]);
  });

  it("keeps the choice a message made, before and after the ack", () => {
    const choice = { ...entry("a", 1), body: { client_id: "a", choice: "offer" } };
    const state = run([
      { type: "queued", entry: choice },
      { type: "acked", client_id: "a", ack: { ok: true, id: "m1", seq: 1, rev: 1, at: "2025-11-24T09:00:00Z" } },
    ]);
    expect(state.messages[0]?.choice).toBe("offer");
  });

  it("ignores an ack for what it does not hold", () => {
    expect(apply(initial, { type: "acked", client_id: "x", ack: { ok: true, id: "m1", seq: 1, rev: 1, at: "" } })).toBe(initial);
  });
});

describe("typing", () => {
  const author = { kind: "bot", name: null } as const;
  const typing: Event = { type: "typing", on: true, author, now: 1000 };

  it("ends by itself", () => {
    const state = apply(initial, typing);
    expect(apply(state, { type: "tick", now: 999 + TYPING_MS }).typing).not.toBe(null);
    expect(apply(state, { type: "tick", now: 1000 + TYPING_MS }).typing).toBe(null);
  });

  it("ends with the words it announced, not with one's own", () => {
    expect(run([typing, live(1)]).typing).toBe(null);
    expect(run([typing, { type: "message", message: own(1, "a") }]).typing).not.toBe(null);
  });

  it("of one's own other tab is not shown", () => {
    expect(apply(initial, { type: "typing", on: true, author: { kind: "customer", name: null }, now: 1 }).typing).toBe(null);
  });

  it("ends when the shop says so", () => {
    expect(run([typing, { ...typing, on: false }]).typing).toBe(null);
  });
});

describe("forgetting", () => {
  it("keeps what waits to be sent", () => {
    const state = run([live(1), { type: "queued", entry: entry("a", 1) }, { type: "forgotten" }]);
    expect(state.messages).toEqual([]);
    expect(state.rev).toBe(0);
    expect(state.outbox).toHaveLength(1);
  });
});
