import { signal } from "@preact/signals";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeskConnection } from "../../widget/src/portal/desk/connection.ts";
import { Controls } from "../../widget/src/portal/desk/controls.ts";
import { readDeskWelcome } from "../../widget/src/portal/desk/protocol.ts";
import { apply, type Desk, type DeskEvent, initial } from "../../widget/src/portal/desk/state.ts";
import { App } from "../../widget/src/portal/desk/ui/app.tsx";
import { Chime } from "../../widget/src/widget/chime.ts";
import { createOutbox } from "../../widget/src/widget/outbox.ts";
import { Photos } from "../../widget/src/widget/photos.ts";
import { memoryStore } from "../../widget/src/widget/storage.ts";
import type { Auth, Wire } from "../../widget/src/widget/wire.ts";
import { deskConversation, ME, row } from "./desk_made.ts";
import { message } from "./made.ts";
import { button, click, mount, press, type } from "./mount.tsx";
import { sample } from "./samples.ts";

type Heard = readonly [event: string, payload: Record<string, unknown>];

/** A site in a few lines: answers what it is asked as the test says, and keeps what it heard. */
class FakeSite implements Wire {
  connected = false;
  readonly heard: Heard[] = [];
  answers: Record<string, (payload: Record<string, unknown>) => unknown> = {};
  restarts = 0;
  private readonly listeners = new Map<string, Array<(payload: unknown) => void>>();

  connect(): void {
    this.connected = true;
  }
  restart(): void {
    this.restarts += 1;
  }
  close(): void {
    this.connected = false;
  }
  on(event: string, listener: (payload: unknown) => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }
  send(event: string, payload: unknown): void {
    this.heard.push([event, payload as Record<string, unknown>]);
  }
  ask(event: string, payload: unknown): Promise<unknown> {
    this.send(event, payload);
    const answer = this.answers[event];
    return answer ? Promise.resolve(answer(payload as Record<string, unknown>)) : Promise.reject(new Error("no ack"));
  }
  show(event: string, payload?: unknown): void {
    for (const listener of this.listeners.get(event) ?? []) listener(payload);
  }
  all(event: string): Array<Record<string, unknown>> {
    return this.heard.flatMap(([name, payload]) => (name === event ? [payload] : []));
  }
}

const mine = deskConversation({ id: "a", technician: { id: ME, name: "Tess Okafor" } });
const settle = () => vi.advanceTimersByTimeAsync(50);

function desk({ ticket = { ticket: "st_1" } as { ticket: string } | "signed_out", store = memoryStore() } = {}) {
  const site = new FakeSite();
  const state = signal<Desk>(initial);
  const auths: Array<() => Auth | Promise<Auth>> = [];
  const prefix = "out:";
  const dispatch = (event: DeskEvent): void => {
    state.value = apply(state.value, event);
  };
  const connection = new DeskConnection({
    open: (auth) => {
      auths.push(auth);
      return site;
    },
    http: { ticket: async () => ticket, orders: async () => [] },
    outbox: (id) => createOutbox(store, `${prefix}${id}:`),
    unsent: () => [...new Set(store.keys().map((key) => key.split(":")[1] ?? ""))],
    state: () => state.peek(),
    dispatch,
    alert: (alert) => controls.hear(alert),
    now: Date.now,
    online: () => true,
  });
  const controls: Controls = new Controls({
    desk: state,
    now: signal(Date.now()),
    connection,
    chime: new Chime(memoryStore(), "sound"),
    drafts: memoryStore(),
    photos: () => new Photos({ origin: "https://shop.example", proof: () => ({}), upload: vi.fn(), store: memoryStore(), key: "p" }),
    go: (id) => controls.arrive(id),
  });
  site.answers = {
    subscribe: () => ({ ok: true, conversation: mine }),
    sync: () => ({ messages: [message(1, 1, { kind: "customer" })], notes: [], rev: 1, note: 0, more: false }),
    message: () => ({ ok: true, id: "m2", seq: 2, rev: 2, at: "2026-11-24T10:05:00Z" }),
    take: () => ({ ok: true, conversation: mine }),
  };
  connection.start();
  const begin = async (): Promise<void> => {
    site.show("connect");
    site.show("welcome", { ...(sample("desk.welcome") as object), staff: readDeskWelcome(sample("desk.welcome"))?.staff });
    site.show("queue", { whole: true, rows: [row("a", { owner: "waiting", technician: null })], gone: [] });
    await settle();
  };
  return { site, state, connection, controls, auths, begin, store };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the desk's line", () => {
  it("takes a ticket each time, answers the beat, and renews a line that fell silent", async () => {
    const { site, auths, begin } = desk();
    expect(await auths[0]?.()).toEqual({ ticket: "st_1" });
    await begin();
    site.show("beat", {});
    expect(site.all("beat")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(26_000);
    expect(site.restarts).toBe(1);
  });

  it("says when the session is over, and asks no further", async () => {
    const { site, state, auths } = desk({ ticket: "signed_out" });
    await auths[0]?.();
    site.show("refused", "ticket_unknown");
    site.connected = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([state.value.signedOut, site.connected]).toEqual([true, false]);
  });

  it("sends under the epoch it was written in, and shows a refusal without losing the words", async () => {
    const { site, state, connection, begin } = desk();
    await begin();
    connection.open("a");
    await settle();
    site.answers.message = () => ({ ok: false, error: { code: "conversation_taken", detail: "", owner: "technician", epoch: 9 } });
    site.answers.subscribe = () => ({ ok: true, conversation: { ...mine, epoch: 9, technician: { id: "x", name: "Sam Field" } } });
    connection.send("a", { text: "hello" }, "hello");
    await settle();
    expect(site.all("message")).toMatchObject([{ conversation: "a", epoch: 3, text: "hello" }]);
    expect(state.value.talks.a?.thread.outbox).toMatchObject([{ text: "hello", error: { code: "conversation_taken" } }]);
    expect(state.value.talks.a?.conversation?.technician?.name).toBe("Sam Field");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(site.all("message")).toHaveLength(1);
  });

  it("keeps what had no answer, over a reload, and sends it again with the same id", async () => {
    const first = desk();
    await first.begin();
    first.connection.open("a");
    await settle();
    delete first.site.answers.message;
    first.connection.send("a", { text: "hello" }, "hello");
    await settle();
    const again = desk({ store: first.store });
    await again.begin();
    await vi.advanceTimersByTimeAsync(5000);
    expect(again.site.all("message")[0]).toMatchObject({ client_id: first.site.all("message")[0]?.client_id, text: "hello" });
    expect(first.store.keys()).toEqual([]);
  });

  it("tells that its writer types, seldom, and reads only what is new", async () => {
    const { site, connection, begin } = desk();
    await begin();
    connection.open("a");
    await settle();
    for (const on of [true, true, false]) connection.type("a", on);
    expect(site.all("typing").map(({ on }) => on)).toEqual([true, false]);
    for (const seq of [1, 1, 2]) connection.read("a", seq);
    expect(site.all("read").map(({ seq }) => seq)).toEqual([1, 2]);
  });
});

describe("the desk, drawn", () => {
  const draw = async (begun: ReturnType<typeof desk>): Promise<HTMLElement> => {
    const place = mount(<App controls={begun.controls} />);
    await act(() => begun.begin());
    return place;
  };
  const until = (): Promise<void> => act(() => settle().then(() => undefined)) as Promise<void>;

  it("has a name for every control, and rows that say who waits", async () => {
    const begun = desk();
    const place = await draw(begun);
    expect(place.querySelector(".row")?.textContent).toContain("Amira Haddad");
    act(() => begun.controls.open("a"));
    await until();
    for (const control of place.querySelectorAll("button, a, textarea, select")) {
      expect((control.getAttribute("aria-label") ?? control.textContent ?? "").trim()).not.toBe("");
    }
    expect(place.querySelector(".summary")?.textContent).toContain("iPhone 13, Water damage");
  });

  it("writes with Enter, and a note never as a message", async () => {
    const begun = desk();
    const place = await draw(begun);
    act(() => begun.controls.open("a"));
    await until();
    const box = (): HTMLTextAreaElement => place.querySelector("textarea") as HTMLTextAreaElement;
    type(box(), "hello");
    press(box(), "Enter");
    await until();
    expect(begun.site.all("message")).toMatchObject([{ text: "hello" }]);
    click(button(place, "Note"));
    await until();
    begun.site.answers.note = () => ({ ok: true, id: "n1", number: 1, at: "2026-11-24T10:05:00Z" });
    type(box(), "be kind");
    press(box(), "Enter");
    await until();
    expect(begun.site.all("note")).toMatchObject([{ text: "be kind", mentions: [] }]);
    expect(begun.site.all("message")).toHaveLength(1);
  });

  it("says kindly who has it now, and keeps nobody from reading along", async () => {
    const begun = desk();
    const place = await draw(begun);
    act(() => begun.controls.open("a"));
    await until();
    act(() => begun.site.show("conversation", { ...mine, epoch: 4, technician: { id: "x", name: "Sam Field" } }));
    await until();
    expect(place.querySelector(".banner")?.textContent).toContain("Sam Field has this conversation now");
    expect(place.querySelector("textarea")?.getAttribute("aria-label")).toContain("note");
    expect([...place.querySelectorAll("button")].some(({ textContent }) => textContent === "Resolve")).toBe(false);
  });

  it("goes by keys: t takes, e resolves, z takes it back, ? helps; none of them while somebody types", async () => {
    const begun = desk();
    const place = await draw(begun);
    begun.site.answers.subscribe = () => ({ ok: true, conversation: { ...mine, owner: "waiting", technician: null } });
    act(() => begun.controls.open("a"));
    await until();
    const box = place.querySelector("textarea") as HTMLTextAreaElement;
    box.focus();
    press(box, "t");
    expect(begun.site.all("take")).toHaveLength(0);
    box.blur();
    press(document.body, "t");
    await until();
    expect(begun.site.all("take")).toMatchObject([{ conversation: "a", epoch: 3 }]);
    begun.site.answers.resolve = () => ({ ok: true, conversation: { ...mine, epoch: 4, owner: "closed", technician: null } });
    press(document.body, "e");
    await until();
    expect(place.querySelector(".toast")?.textContent).toContain("Resolved.");
    press(document.body, "z");
    await until();
    expect(begun.site.all("take").at(-1)).toMatchObject({ epoch: 4 });
    press(document.body, "?");
    await until();
    expect(place.querySelector("dialog")?.textContent).toContain("Take, or take over");
  });

  it("says that nothing matches, that it is loading, and that the session is over", async () => {
    const begun = desk();
    const place = mount(<App controls={begun.controls} />);
    expect(place.querySelector(".waitings")?.textContent).toContain("Loading the queue");
    await act(() => begun.begin());
    act(() => {
      begun.controls.wanted.value = { filter: "all", skill: "", search: "zebra" };
    });
    await until();
    expect(place.querySelector(".queue .none")?.textContent).toContain("Nothing matches");
    act(() => {
      begun.state.value = apply(begun.state.value, { type: "signed_out" });
    });
    await until();
    expect(place.querySelector(".signed-out a")?.getAttribute("href")).toContain("/staff/login");
  });
});
