import { describe, expect, it } from "vitest";
import {
  readAck,
  readConversation,
  readMessage,
  readPage,
  readPart,
  readPresence,
  readUrl,
  readWelcome,
} from "../../widget/src/widget/protocol.ts";
import { PASSING, refusal } from "../../widget/src/widget/words.ts";
import { sample, sampleNames } from "./samples.ts";

describe("samples of the wire are understood", () => {
  it.each(sampleNames("part.").filter((name) => name !== "part.unknown"))("%s", (name) => {
    const raw = sample(name) as { type: string };
    expect(readPart(raw)?.type).toBe(raw.type);
  });

  it.each(sampleNames("message."))("%s", (name) => {
    const raw = sample(name) as { text: string; seq: number };
    expect(readMessage(raw)).toMatchObject({ text: raw.text, seq: raw.seq });
  });

  it.each(sampleNames("welcome"))("%s", (name) => expect(readWelcome(sample(name))?.credential).toMatch(/^rv_/));
  it.each(sampleNames("conversation"))("%s", (name) => expect(readConversation(sample(name))).not.toBe(null));

  it("conversation in a technician's hands", () => {
    expect(readConversation(sample("conversation"))).toMatchObject({ owner: "technician", technician: "Maya", place: null });
    expect(readConversation(sample("conversation.waiting"))).toMatchObject({ owner: "waiting", technician: null, place: 2, opens: null });
    expect(readConversation(sample("conversation.closed_shop"))).toMatchObject({
      owner: "waiting",
      opens: { at: "2025-11-25T09:00:00Z", title: "Tue 25 Nov, 09:00" },
    });
  });

  it("whether technicians are there", () => {
    const shut = { there: false, opens: { at: "2025-11-25T09:00:00Z", title: "Tue 25 Nov, 09:00" } };
    expect(readPresence(sample("presence"))).toEqual({ there: true, opens: null });
    expect(readPresence(sample("presence.closed_shop"))).toEqual(shut);
    expect(readWelcome(sample("welcome.new"))?.presence).toEqual(shut);
    for (const odd of [null, {}, { there: "yes" }, []]) expect(readPresence(odd)).toBe(null);
  });

  it("sync and acks", () => {
    const page = readPage(sample("ack.sync"));
    expect(page).toMatchObject({ rev: 4, more: false });
    expect(page?.messages).toHaveLength(3);
    expect(readAck(sample("ack.message"))).toMatchObject({ ok: true, seq: 1 });
    expect(readAck(sample("ack.refused"))).toMatchObject({ ok: false, error: { code: "choice_closed" } });
    const form = readAck(sample("ack.form_refused"));
    expect(form?.ok === false && form.error.fields).toHaveProperty("email");
  });

  it("a quote says its money in the backend's words", () => {
    expect(readPart(sample("part.quote"))).toMatchObject({
      device: "Samsung Galaxy S23 Ultra",
      services: ["Screen replacement"],
      total: "£234.00",
      lines: [{ amount: "£189.00" }, { amount: "£45.00" }, { kind: "vat", amount: "£39.00" }],
    });
  });

  it("every code has its treatment", () => {
    const codes = sample("codes") as Record<string, string>;
    for (const [code, treatment] of Object.entries(codes).filter(([key]) => key !== "_")) {
      expect([code, PASSING.has(code)]).toEqual([code, treatment === "wait"]);
      expect(refusal({ code, detail: "", fields: {}, retry_after: null }).text).not.toBe("");
    }
  });
});

describe("what is not understood does no harm", () => {
  it("an unknown part leaves the text", () => {
    expect(readPart(sample("part.unknown"))).toBe(null);
    expect(readMessage(sample("message.unknown_part"))).toMatchObject({ text: "Here is everything in words.", parts: [] });
  });

  it.each([
    null,
    1,
    "x",
    [],
    {},
    { type: "__proto__" },
    { type: "constructor" },
    { type: "choices" },
    { type: "choices", choices: [{ id: 1 }] },
  ])("no part: %j", (raw) => expect(readPart(raw)).toBe(null));

  it.each([null, {}, { id: "a", seq: 0, rev: 1 }, { id: "a", seq: 1, rev: Number.NaN }, { id: "", seq: 1, rev: 1 }])(
    "no message: %j",
    (raw) => expect(readMessage(raw)).toBe(null),
  );

  it.each(["javascript:alert(1)", "data:text/html,x", "//x", "", null, "vbscript:x"])("no address: %j", (raw) =>
    expect(readUrl(raw)).toBe(null),
  );

  it("an author of an unknown kind speaks as nobody", () => {
    expect(readMessage({ ...(sample("message.bot") as object), author: { kind: "admin", name: "Boss" } })?.author.kind).toBe("system");
  });
});
