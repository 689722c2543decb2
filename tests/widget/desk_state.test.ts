import { describe, expect, it } from "vitest";
import { readOrders } from "../../widget/src/portal/desk/orders.ts";
import {
  readAlert,
  readAnswer,
  readDeskConversation,
  readDeskPage,
  readDeskWelcome,
  readNote,
  readQueue,
  readTeam,
} from "../../widget/src/portal/desk/protocol.ts";
import { counts, groupOf, listed, patience, span } from "../../widget/src/portal/desk/queue.ts";
import { apply, type Desk, type DeskEvent, initial } from "../../widget/src/portal/desk/state.ts";
import { refusalOf } from "../../widget/src/portal/desk/words.ts";
import { days, lastOwn } from "../../widget/src/widget/view.ts";
import { deskConversation, ME, NOW, row } from "./desk_made.ts";
import { message, orders } from "./made.ts";
import { sample } from "./samples.ts";

const run = (events: readonly DeskEvent[], from: Desk = initial): Desk => events.reduce(apply, from);
const welcome = (): DeskEvent => {
  const read = readDeskWelcome(sample("desk.welcome"));
  if (!read) throw new Error("no sample");
  return { type: "welcome", welcome: read };
};
const all = { filter: "all", skill: "", search: "" } as const;

describe("samples of the technician's wire are understood", () => {
  it("welcome, queue, conversation, note, page, alert, presence", () => {
    expect(readDeskWelcome(sample("desk.welcome"))?.staff.id).toBeTruthy();
    expect(readQueue(sample("desk.queue"))).toMatchObject({ whole: true, rows: [{ owner: "waiting" }, { owner: "technician" }] });
    expect(readQueue(sample("desk.queue.change"))?.gone).toHaveLength(1);
    expect(readDeskConversation(sample("desk.conversation"))?.handoff).toMatchObject({ filled: [{ label: "Device" }, {}] });
    const note = sample("desk.note") as { note?: unknown };
    expect(readNote(note.note ?? note)?.number).toBeGreaterThan(0);
    expect(readDeskPage(sample("desk.ack.sync"))).not.toBe(null);
    expect(readAlert(sample("desk.alert"))?.text).toBeTruthy();
    expect(readTeam((sample("desk.presence") as { team: unknown }).team).length).toBeGreaterThan(0);
  });

  it("a refusal says whose it is", () => {
    const taken = readAnswer(sample("desk.ack.taken"));
    expect(taken?.ok === false && refusalOf(taken)).toMatch(/was quicker|changed hands/);
  });

  it("orders, as the list of the workshop has them", () => {
    const repair = { device: "iPhone 13", stage: "received", stage_label: "Received" };
    const order = {
      reference: "RT-7F3K2",
      starts_at: "2026-11-25T10:30:00Z",
      label: "Wed 25 Nov, 10:30",
      total: { text: "£89.00" },
      repairs: [repair],
    };
    expect(readOrders({ items: [order, {}], next_cursor: null })).toEqual([{ ...order, total: "£89.00" }]);
    expect(readOrders({ detail: "no" })).toBe(null);
  });

  it.each([null, 1, [], {}, { ok: "yes" }])("no answer: %j", (raw) => expect(readAnswer(raw)).toBe(null));
});

describe("the queue", () => {
  it("has who waits first, by rank, then one's own, then everybody else's", () => {
    const rows = [
      row("bot", { owner: "bot", technician: null }),
      row("others", { owner: "technician", technician: { id: "x", name: "Sam" } }),
      row("mine", { owner: "technician", technician: { id: ME, name: "Tess" } }),
      row("later", { owner: "waiting", technician: null, ranked_at: "2026-11-24T10:00:00Z" }),
      row("first", { owner: "waiting", technician: null, ranked_at: "2026-11-24T08:00:00Z" }),
      row("left", { owner: "technician", technician: null }),
      row("asleep", { owner: "technician", technician: { id: ME, name: "Tess" }, snoozed_until: "2026-11-24T12:00:00Z" }),
    ];
    expect(listed(rows, ME, NOW, all).map(({ name, rows: inside }) => [name, inside.map(({ conversation }) => conversation)])).toEqual([
      ["waiting", ["first", "later"]],
      ["free", ["left"]],
      ["mine", ["mine"]],
      ["others", ["others"]],
      ["bot", ["bot"]],
      ["snoozed", ["asleep"]],
    ]);
    expect(counts(rows, ME, NOW)).toMatchObject({ waiting: 2, mine: 1, snoozed: 1 });
    expect(listed(rows, ME, NOW, { ...all, filter: "mine" }).map(({ name }) => name)).toEqual(["mine"]);
    expect(groupOf(rows[6] as never, ME, Date.parse("2026-11-24T13:00:00Z"))).toBe("mine");
  });

  it("finds by name, number as people write it, and words; in any subject or one", () => {
    const rows = [row("a"), row("b", { customer: { name: "Ben", email: null, phone: null }, skill: "console", last: null })];
    const found = (search: string, skill = "") =>
      listed(rows, ME, NOW, { filter: "all", search, skill }).flatMap((group) => group.rows.map(({ conversation }) => conversation));
    expect(found("amira bath")).toEqual(["a"]);
    expect(found("07700900123")).toEqual(["a"]);
    expect(found("zebra")).toEqual([]);
    expect(found("", "console")).toEqual(["b"]);
  });

  it("ends alike in any order of the same hints, and a whole one forgets", () => {
    const hints: DeskEvent[] = [
      { type: "queue", queue: { whole: false, rows: [row("a", { epoch: 2, rev: 5 })], gone: [] } },
      { type: "queue", queue: { whole: false, rows: [row("a", { epoch: 2, rev: 6, unread: 3 })], gone: [] } },
      { type: "queue", queue: { whole: false, rows: [row("a", { epoch: 3, rev: 4, unread: 7 })], gone: [] } },
    ];
    for (const order of orders(hints)) expect(run(order).rows.map(({ unread }) => unread)).toEqual([7]);
    expect(run([...hints, { type: "queue", queue: { whole: true, rows: [], gone: [] } }])).toMatchObject({ rows: [], loaded: true });
  });

  it("says how long in words, and when it has become too long", () => {
    expect(["10:10", "09:58", "08:10"].map((at) => span(`2026-11-24T${at}:00Z`, NOW))).toEqual(["now", "12 min", "2 h"]);
    expect(["10:08", "10:01", "09:00"].map((at) => patience(`2026-11-24T${at}:00Z`, NOW))).toEqual(["calm", "long", "late"]);
  });
});

describe("a conversation", () => {
  const note = (number: number, after_seq: number) => ({
    id: `n${number}`,
    number,
    at: "2026-11-24T10:00:00Z",
    author: { id: ME, name: "Tess Okafor" },
    text: `note ${number}`,
    client_id: `c${number}`,
    after_seq,
  });

  it("belongs to whoever the newest epoch names, whatever comes late", () => {
    const events: DeskEvent[] = [2, 3, 4].map((epoch) => ({
      type: "conversation",
      conversation: deskConversation({ id: "a", epoch, technician: { id: `t${epoch}`, name: `T${epoch}` }, read_seq: epoch }),
    }));
    for (const order of orders(events))
      expect(run(order).talks.a?.conversation).toMatchObject({ epoch: 4, technician: { id: "t4" }, read_seq: 4 });
  });

  it("has notes in their places between messages, and what is one's own on the other side", () => {
    const desk = run([
      welcome(),
      {
        type: "synced",
        conversation: "a",
        page: { messages: [message(1, 1, { kind: "customer" }), message(2)], notes: [note(1, 1)], rev: 2, note: 1, more: false },
      },
    ]);
    const talk = desk.talks.a;
    if (!talk) throw new Error("no talk");
    const asides = talk.notes.map((one) => ({
      key: one.id,
      after_seq: one.after_seq,
      at: one.at,
      author: one.author.name,
      text: one.text,
    }));
    expect(days(talk.thread, 60, NOW, asides).flatMap((day) => day.groups.map(({ kind }) => kind))).toEqual(["customer", "note", "bot"]);
    expect(talk.thread.self).toEqual({ kind: "technician", name: "Tess" });
    expect(lastOwn(talk.thread)).toBe(null);
  });

  it("keeps what is on its way until the shop has it, notes too", () => {
    const entry = { client_id: "c1", written: 1, body: { client_id: "c1", note: "hm", mentions: [] }, epoch: 3, text: "hm", error: null };
    const queued = run([{ type: "thread", conversation: "a", event: { type: "queued", entry } }]);
    expect(days(queued.talks.a?.thread as never, 60, NOW)[0]?.groups[0]?.kind).toBe("note");
    expect(run([{ type: "note", conversation: "a", note: note(1, 0) }], queued).talks.a?.thread.outbox).toEqual([]);
  });

  it("shows how far the customer has read one's own words", () => {
    const desk = run([
      welcome(),
      { type: "conversation", conversation: deskConversation({ id: "a", read_seq: 1 }) },
      { type: "thread", conversation: "a", event: { type: "message", message: message(2, 2, { kind: "technician", name: "Tess" }) } },
    ]);
    const sign = (state: Desk) => days(state.talks.a?.thread as never, 60, NOW)[0]?.groups[0]?.items[0]?.delivery;
    expect(sign(desk)).toBe("sent");
    expect(sign(run([{ type: "thread", conversation: "a", event: { type: "receipt", by: "customer", seq: 2 } }], desk))).toBe("seen");
  });
});
