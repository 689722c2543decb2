import { signal } from "@preact/signals";
import { describe, expect, it, vi } from "vitest";
import { Chime } from "../../widget/src/widget/chime.ts";
import type { Connection } from "../../widget/src/widget/connection.ts";
import { apply, type Event, initial, type State } from "../../widget/src/widget/fold.ts";
import { Photos } from "../../widget/src/widget/photos.ts";
import { memoryStore } from "../../widget/src/widget/storage.ts";
import { momentOf } from "../../widget/src/widget/time.ts";
import { Panel } from "../../widget/src/widget/ui/panel.tsx";
import { conversation, entry, message, own } from "./made.ts";
import { button, click, mount, press, redraw, type } from "./mount.tsx";

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));
const loaded: Event[] = [
  { type: "link", link: "online" },
  { type: "welcome", conversation: conversation(), customer: { name: null } },
  { type: "synced", page: { messages: [], rev: 0, more: false } },
];

function chat(...events: Event[]) {
  const state = signal<State>(events.reduce(apply, initial));
  const connection = { send: vi.fn(() => "id"), retry: vi.fn(), remove: vi.fn(), type: vi.fn(), read: vi.fn() };
  const open = signal(true);
  const close = vi.fn();
  const drafts = memoryStore();
  const photos = new Photos({ origin: "https://shop.example", proof: () => null, upload: vi.fn(), store: drafts, key: "photos" });
  const panel = () => (
    <Panel
      state={state}
      open={open}
      now={signal(Date.now())}
      connection={connection as unknown as Connection}
      drafts={drafts}
      draftKey="draft"
      photos={photos}
      chime={new Chime(drafts, "sound")}
      close={close}
    />
  );
  const place = mount(panel());
  const box = place.querySelector("textarea") as HTMLTextAreaElement;
  const happen = async (...more: Event[]) => {
    state.value = more.reduce(apply, state.value);
    redraw(place, panel());
    await settle();
  };
  return { place, box, connection, close, happen, drafts, panel };
}

describe("for everybody", () => {
  it("is a dialogue with a name, a log that speaks politely, and no control without a name", () => {
    const { place } = chat(...loaded, { type: "message", message: message(1) });
    expect(place.querySelector("[role=dialog]")?.getAttribute("aria-label")).toBe("RevivaTech");
    const log = place.querySelector("[role=log]");
    expect(log?.getAttribute("aria-live")).toBe("polite");
    expect(log?.getAttribute("aria-label")).toBeTruthy();
    for (const control of place.querySelectorAll("button, a, textarea, input")) {
      expect((control.getAttribute("aria-label") ?? control.textContent ?? "").trim()).not.toBe("");
    }
    for (const drawing of place.querySelectorAll("svg")) expect(drawing.getAttribute("aria-hidden")).toBe("true");
  });

  it("has emoji that go where the text stands, by keyboard too, and Escape closes only them", async () => {
    const { place, box, close } = chat(...loaded);
    type(box, "all fine");
    box.setSelectionRange(3, 3);
    click(button(place, "Add an emoji"));
    const grid = [...place.querySelectorAll<HTMLElement>(".emoji__grid button")];
    expect(document.activeElement).toBe(grid[0]);
    expect(grid.filter((one) => one.tabIndex === 0)).toEqual([grid[0]]);
    press(grid[0] as Element, "Escape");
    expect(place.querySelector(".emoji__grid")).toBe(null);
    expect(close).not.toHaveBeenCalled();
    click(button(place, "Add an emoji"));
    click(button(place, "thumbs up"));
    await settle();
    expect([box.value, document.activeElement, place.querySelector(".emoji__grid")]).toEqual(["all👍 fine", box, null]);
  });

  it("closes with Escape, but not out of an input method", () => {
    const { box, close } = chat(...loaded);
    press(box, "Escape", { isComposing: true });
    expect(close).not.toHaveBeenCalled();
    press(box, "Escape");
    expect(close).toHaveBeenCalledOnce();
  });

  it("says who said what, and when, to those who cannot see sides", () => {
    const { place } = chat(...loaded, { type: "message", message: message(1) }, { type: "message", message: own(2, "hello") });
    const names = [...place.querySelectorAll("article")].map((article) => article.getAttribute("aria-label"));
    expect(names[0]).toMatch(/^Assistant, \d\d:\d\d$/);
    expect(names[1]).toMatch(/^You, \d\d:\d\d$/);
  });
});

describe("what the customer sees", () => {
  it("a skeleton until it is known whether there is anything, then a beginning", async () => {
    const { place, happen, connection } = chat();
    expect(place.querySelector(".skeleton")?.textContent).toBe("Loading your conversation");
    expect(place.textContent).not.toContain("Hello");
    await happen(...loaded);
    expect(place.querySelector(".skeleton")).toBe(null);
    expect(place.querySelectorAll(".starter")).toHaveLength(4);
    click(button(place, "My screen is cracked"));
    expect(connection.send).toHaveBeenCalledWith({ text: "My screen is cracked" }, "My screen is cracked");
  });

  it("whether technicians are there, as it changes, and nothing once one is talking", async () => {
    const { place, happen } = chat(...loaded);
    const there = () => place.querySelector(".header__there")?.textContent;
    expect(there(), "a shop that does not say").toBe("");
    await happen({ type: "presence", presence: { there: true, opens: null } });
    expect(there()).toBe("Technicians are here");
    await happen({ type: "presence", presence: { there: false, opens: null } });
    expect(there()).toBe("Technicians are away just now");
    const tomorrow = new Date(Date.now() + 86_400_000);
    tomorrow.setHours(9, 0, 0, 0);
    const at = tomorrow.toISOString();
    await happen({ type: "presence", presence: { there: false, opens: { at, title: momentOf(at) } } });
    expect(there()).toBe("Staff back tomorrow at 09:00");
    await happen({ type: "presence", presence: { there: false, opens: { at, title: "Tue 25 Nov, 10:00" } } });
    expect(there(), "another clock than the reader's").toBe("Staff back Tue 25 Nov, 10:00");
    const opens = { at, title: momentOf(at) };
    await happen({ type: "conversation", conversation: conversation({ owner: "waiting", epoch: 2, place: 1, opens }) });
    expect(there(), "said beside it already").toBe("");
    await happen({ type: "conversation", conversation: conversation({ owner: "technician", epoch: 3, technician: "Maya" }) });
    await happen({ type: "presence", presence: { there: true, opens: null } });
    expect(there()).toBe("");
    await happen(...loaded);
    expect(there(), "what an earlier welcome said").toBe("");
  });

  it("who is answering", async () => {
    const { place, happen } = chat(...loaded);
    const who = () => place.querySelector(".header__who")?.textContent;
    expect(who()).toBe("Assistant, answers straight away");
    await happen({ type: "conversation", conversation: conversation({ owner: "waiting", epoch: 2, place: 3 }) });
    expect(who()).toBe("You are number 3 in line");
    const shut = { at: new Date(Date.now() + 3_600_000).toISOString(), title: "Tue 25 Nov, 09:00" };
    await happen({ type: "conversation", conversation: conversation({ owner: "waiting", epoch: 2, place: 3, opens: shut }) });
    expect(who()).toBe("Closed now, opens Tue 25 Nov, 09:00");
    const open = { ...shut, at: new Date(Date.now() - 1000).toISOString() };
    await happen({ type: "conversation", conversation: conversation({ owner: "waiting", epoch: 2, rev: 1, place: 3, opens: open }) });
    expect(who()).toBe("You are number 3 in line");
    await happen({ type: "conversation", conversation: conversation({ owner: "technician", epoch: 3, technician: "Maya" }) });
    expect(who()).toBe("Maya is with you");
  });

  it("that the line is down, once it matters", async () => {
    const { place, happen } = chat(...loaded);
    expect(place.querySelector(".strip")?.textContent).toBe("");
    await happen({ type: "link", link: "connecting" });
    expect(place.querySelector(".strip")?.textContent).toBe("");
    await happen({ type: "link", link: "offline" });
    expect(place.querySelector(".strip")?.textContent).toContain("You are offline");
  });

  it("why a message was not taken, with a way out", () => {
    const refused = (code: string): Event[] => [
      ...loaded,
      { type: "queued", entry: entry("a", 1) },
      { type: "refused", client_id: "a", error: { code, detail: "Reason from the shop.", fields: {}, retry_after: null } },
    ];
    const { place, connection } = chat(...refused("internal"));
    expect(place.querySelector("[role=alert]")?.textContent).toContain("Reason from the shop.");
    click(button(place, "Try again"));
    expect(connection.retry).toHaveBeenCalledWith("a");
    click(button(place, "Remove"));
    expect(connection.remove).toHaveBeenCalledWith("a");
    expect(() => button(chat(...refused("choice_closed")).place, "Try again")).toThrow();
  });

  it("text as text, and links that cannot reach back", () => {
    const text = '<img src=x onerror=alert(1)> https://revivatech.example/a "quoted"';
    const { place } = chat(...loaded, { type: "message", message: message(1, 1, { text }) });
    expect(place.querySelector("img")).toBe(null);
    expect(place.querySelector(".bubble")?.textContent).toBe(text);
    expect(place.querySelector(".bubble a")?.getAttribute("rel")).toContain("noopener");
  });

  it("that somebody writes", async () => {
    const { place, happen } = chat(...loaded);
    await happen({ type: "typing", on: true, author: { kind: "technician", name: "Maya" }, now: Date.now() });
    expect(place.querySelector(".dots")?.textContent).toBe("Maya is writing");
  });

  it("and what was seen is told to the shop", async () => {
    const { connection, happen } = chat(...loaded);
    await happen({ type: "message", message: message(1) });
    expect(connection.read).toHaveBeenCalledWith(1);
  });
});

describe("writing", () => {
  it("Enter sends, Shift and Enter does not, an input method's Enter neither", async () => {
    const { box, connection } = chat(...loaded);
    type(box, "  hello there ");
    press(box, "Enter", { shiftKey: true });
    press(box, "Enter", { isComposing: true });
    press(box, "Enter", { keyCode: 229 } as KeyboardEventInit);
    expect(connection.send).not.toHaveBeenCalled();
    press(box, "Enter");
    await settle();
    expect(connection.send).toHaveBeenCalledWith({ text: "hello there" }, "hello there");
    expect(box.value).toBe("");
  });

  it("blank text is not sent", () => {
    const { box, connection } = chat(...loaded);
    type(box, " \n ");
    press(box, "Enter");
    expect(connection.send).not.toHaveBeenCalled();
  });

  it("counts characters as the shop does, warns near the limit and keeps what is too much", async () => {
    const { place, box, connection } = chat(...loaded);
    type(box, "😀".repeat(3990));
    expect(place.querySelector(".composer__left")?.textContent).toBe("10 left");
    type(box, "😀".repeat(4002));
    expect(place.querySelector(".composer__left[role=alert]")?.textContent).toBe("2 characters too many");
    press(box, "Enter");
    expect(connection.send).not.toHaveBeenCalled();
    expect([...box.value]).toHaveLength(4002);
    type(box, "😀".repeat(4000));
    press(box, "Enter");
    expect(connection.send).toHaveBeenCalledOnce();
  });

  it("keeps a draft until it is sent", async () => {
    const { box, drafts } = chat(...loaded);
    type(box, "half a thou");
    expect(drafts.get("draft")).toBe("half a thou");
    press(box, "Enter");
    expect(drafts.get("draft")).toBe(null);
  });

  it("tells that somebody types, and that they stopped", () => {
    const { box, connection } = chat(...loaded);
    type(box, "h");
    expect(connection.type).toHaveBeenLastCalledWith(true);
    type(box, "");
    expect(connection.type).toHaveBeenLastCalledWith(false);
  });
});
