import { describe, expect, it } from "vitest";
import { apply, type Event, initial, type State } from "../../widget/src/widget/fold.ts";
import { type Part, type QuotePart, readPart } from "../../widget/src/widget/protocol.ts";
import { days, lastOwn, offers, unread, withoutRepeats } from "../../widget/src/widget/view.ts";
import { conversation, entry, message, own, withParts } from "./made.ts";
import { sample } from "./samples.ts";

const NOW = Date.parse("2025-11-24T10:00:00Z");
const run = (...events: Event[]): State => events.reduce(apply, initial);
const live = (given: ReturnType<typeof message>): Event => ({ type: "message", message: given });
const CHOICES: Part = {
  type: "choices",
  open: true,
  choices: [
    { id: "a", title: "Yes", chosen: false },
    { id: "b", title: "No", chosen: false },
  ],
};

describe("days and groups", () => {
  it("keep one author's messages together while they follow closely", () => {
    const at = (time: string) => `2025-11-24T${time}:00Z`;
    const state = run(
      live(message(1, 1, { at: at("09:00") })),
      live(message(2, 2, { at: at("09:02") })),
      live(own(3, "x", 3, { at: at("09:03") })),
      live(message(4, 4, { at: at("09:04") })),
      live(message(5, 5, { at: at("09:30") })),
    );
    const [day] = days(state, 50, NOW);
    expect(day?.groups.map((group) => group.items.length)).toEqual([2, 1, 1, 1]);
    expect(day?.groups.map((group) => group.introduces)).toEqual([true, false, false, false]);
  });

  it("part the days", () => {
    const state = run(live(message(1, 1, { at: "2025-11-22T12:00:00Z" })), live(message(2, 2, { at: "2025-11-24T12:00:00Z" })));
    expect(days(state, 50, NOW)).toHaveLength(2);
  });

  it("name every new voice on the shop's side", () => {
    const state = run(live(message(1)), live(message(2, 2, { kind: "technician", name: "Maya" })), live(message(3)));
    expect(days(state, 50, NOW)[0]?.groups.map((group) => group.introduces)).toEqual([true, true, true]);
  });

  it("put what waits at the end and keep its key over the ack", () => {
    const queued = run(live(message(1)), { type: "queued", entry: entry("mine", NOW) });
    const key = (state: State) => days(state, 50, NOW).at(-1)?.groups.at(-1)?.items.at(-1)?.key;
    expect(key(queued)).toBe("mine");
    const acked = apply(queued, {
      type: "acked",
      client_id: "mine",
      ack: { ok: true, id: "m2", seq: 2, rev: 2, at: "2025-11-24T10:00:00Z" },
    });
    expect(key(acked)).toBe("mine");
  });

  it("show only the last messages when there are many", () => {
    const state = run({
      type: "synced",
      page: { messages: Array.from({ length: 500 }, (_, at) => message(at + 1)), rev: 500, more: false },
    });
    expect(days(state, 60, NOW).flatMap((day) => day.groups.flatMap((group) => group.items))).toHaveLength(60);
  });

  it("survive an unreadable time", () => {
    expect(days(run(live(message(1, 1, { at: "soon" }))), 50, NOW)).toHaveLength(1);
  });
});

describe("delivery", () => {
  it("goes from sending over sent to seen, and says so once", () => {
    const delivery = (state: State) => days(state, 50, NOW).at(-1)?.groups.at(-1)?.items.at(-1)?.delivery;
    const welcome: Event = { type: "welcome", conversation: conversation(), customer: { name: null } };
    let state = run(welcome, { type: "queued", entry: entry("a", NOW) });
    expect(delivery(state)).toBe("sending");
    state = apply(state, { type: "acked", client_id: "a", ack: { ok: true, id: "m1", seq: 1, rev: 1, at: "2025-11-24T10:00:00Z" } });
    expect(delivery(state)).toBe("sent");
    state = apply(state, { type: "receipt", by: "bot", seq: 1 });
    expect(delivery(state)).toBe("seen");
    expect(lastOwn(state)).toBe("a");
  });

  it("of a refused message is failed", () => {
    const error = { code: "text_too_long", detail: "", fields: {}, retry_after: null };
    const state = run({ type: "queued", entry: entry("a", NOW) }, { type: "refused", client_id: "a", error });
    expect(days(state, 50, NOW)[0]?.groups[0]?.items[0]?.delivery).toBe("failed");
  });
});

describe("offers", () => {
  const chosen = { ...entry("x", NOW), body: { client_id: "x", choice: "a" } };
  const form = { ...entry("f", NOW), body: { client_id: "f", form: { id: "form", values: { email: "sam@" } } } };
  const wrong = { code: "form_invalid", detail: "", fields: { email: "Check this." }, retry_after: null };

  it("are answered from the moment of choosing", () => {
    expect(offers(run({ type: "queued", entry: chosen })).answered.has("a")).toBe(true);
    expect(offers(run(live(own(1, "x", 1, { choice: "a" })))).answered.has("a")).toBe(true);
  });

  it("are open again when the choice was refused", () => {
    const state = run({ type: "queued", entry: chosen }, { type: "refused", client_id: "x", error: { ...wrong, code: "unavailable" } });
    expect(offers(state).answered.has("a")).toBe(false);
  });

  it("bring a refused form back with its complaints and what was typed, and no failed bubble", () => {
    const state = run({ type: "queued", entry: form }, { type: "refused", client_id: "f", error: wrong });
    expect(offers(state).refused.get("form")).toEqual({ fields: { email: "Check this." }, values: { email: "sam@" } });
    expect(offers(state).answered.has("form")).toBe(false);
    expect(days(state, 50, NOW)).toEqual([]);
    expect(lastOwn(state)).toBe(null);
  });
});

describe("text beside buttons and cards", () => {
  const QUOTE = readPart(sample("part.quote")) as Part;
  const SLOTS = readPart(sample("part.slots")) as Part;

  it("loses the lines they show word for word, numbered or not", () => {
    expect(withoutRepeats("Right?\n1. Yes\n2. No", [CHOICES])).toBe("Right?");
    expect(withoutRepeats("Right?\n\n1) Yes\n2) No\n", [CHOICES])).toBe("Right?");
    expect(withoutRepeats("These times are free:\nTue 25 Nov, 10:30\nThu 27 Nov, 12:00\nWhich suits you?", [SLOTS])).toBe(
      "Which suits you?",
    );
    const told: Part = { ...(QUOTE as QuotePart), says: ["It takes about an hour."] };
    expect(withoutRepeats("£234.00 in all.\nIt takes about an hour.\nShall I?", [told])).toBe("£234.00 in all.\nShall I?");
    expect(withoutRepeats("Which one is it:\n1. Yes\n2. No", [CHOICES])).toBe("Which one is it:");
    expect(withoutRepeats("£234.00 in all.\nOriginal display assembly: £189.00\nFitting and testing: £45.00\nShall I?", [QUOTE])).toBe(
      "£234.00 in all.\nShall I?",
    );
  });

  it("keeps everything else, and a text that would have nothing left", () => {
    expect(withoutRepeats("Do this:\n1. Back up\n2. Sign out", [CHOICES])).toBe("Do this:\n1. Back up\n2. Sign out");
    expect(withoutRepeats("Fitting and testing: £40.00", [QUOTE])).toBe("Fitting and testing: £40.00");
    expect(withoutRepeats("1. Yes\n2. No", [])).toBe("1. Yes\n2. No");
    expect(withoutRepeats("1. Yes", [CHOICES])).toBe("1. Yes");
  });
});

describe("unread", () => {
  it("counts what the shop said beyond the read mark", () => {
    const welcome: Event = { type: "welcome", conversation: conversation({ read_seq: 1 }), customer: { name: null } };
    const state = run(welcome, live(message(1)), live(own(2, "a")), live(message(3)), live(withParts(4, CHOICES)));
    expect(unread(state)).toBe(2);
    expect(unread(apply(state, { type: "receipt", by: "customer", seq: 4 }))).toBe(0);
  });
});
