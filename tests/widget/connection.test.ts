import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection } from "../../widget/src/widget/connection.ts";
import { apply, type Event, initial, type State } from "../../widget/src/widget/fold.ts";
import { createOutbox } from "../../widget/src/widget/outbox.ts";
import { memoryStore, type Store } from "../../widget/src/widget/storage.ts";
import { FakeHub } from "./hub.ts";

let hub: FakeHub;
let store: Store;
let tabs: Connection[];
let lock: Promise<unknown>;

/** One browser tab over the shared storage. */
function tab(online = { now: true }) {
  const seen: { state: State } = { state: initial };
  const connection = new Connection({
    open: hub.open,
    store,
    outbox: createOutbox(store, "out:"),
    credentialKey: "credential",
    state: () => seen.state,
    dispatch: (event: Event) => {
      seen.state = apply(seen.state, event);
    },
    alone: (task) => {
      const turn = lock.then(task, task);
      lock = turn.catch(() => undefined);
      return turn;
    },
    now: Date.now,
    online: () => online.now,
  });
  tabs.push(connection);
  return { connection, seen, texts: () => seen.state.messages.map((shown) => shown.text) };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const only = () => [...hub.rooms.values()][0] ?? hub.begin();
const stored = () => store.keys().filter((key) => key.startsWith("out:"));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_764_000_000_000 });
  hub = new FakeHub();
  store = memoryStore();
  tabs = [];
  lock = Promise.resolve();
});

afterEach(() => {
  for (const connection of tabs) connection.stop();
  vi.useRealTimers();
});

describe("beginning", () => {
  it("gets a credential, keeps it and comes back with it", async () => {
    const first = tab();
    void first.connection.start();
    await pass(100);
    expect(first.seen.state).toMatchObject({ link: "online", loaded: true });
    expect(store.get("credential")).toBe("rv_1");
    first.connection.stop();
    const second = tab();
    void second.connection.start();
    await pass(100);
    expect(hub.rooms.size).toBe(1);
    expect(second.seen.state.conversation?.id).toBe("conversation-1");
  });

  it("in two tabs at once is one conversation", async () => {
    const one = tab();
    const two = tab();
    void one.connection.start();
    void two.connection.start();
    await pass(200);
    expect(hub.rooms.size).toBe(1);
    expect(two.seen.state.conversation?.id).toBe(one.seen.state.conversation?.id);
  });

  it("reads the whole history page by page", async () => {
    hub.pageSize = 7;
    const room = hub.begin();
    for (let at = 0; at < 30; at++) hub.say(room, `${at}`);
    store.set("credential", room.credential);
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(200);
    expect(texts()).toEqual(Array.from({ length: 30 }, (_, at) => `${at}`));
    expect(seen.state.rev).toBe(30);
  });

  it("forgets a credential the shop does not know, and sends into the new conversation what waited", async () => {
    store.set("credential", "rv_gone");
    const { connection, seen, texts } = tab();
    connection.send({ text: "kept" }, "kept");
    void connection.start();
    await pass(200);
    expect(store.get("credential")).toBe("rv_1");
    expect(texts()).toEqual(["kept"]);
    expect(seen.state.link).toBe("online");
  });
});

describe("sending", () => {
  it("shows at once, stores until acknowledged, arrives once and in order", async () => {
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(100);
    for (const text of ["a", "b", "c"]) connection.send({ text }, text);
    expect(seen.state.outbox.map((waiting) => waiting.text)).toEqual(["a", "b", "c"]);
    expect(stored()).toHaveLength(3);
    await pass(100);
    expect(texts()).toEqual(["a", "b", "c"]);
    expect(seen.state.outbox).toEqual([]);
    expect(stored()).toEqual([]);
    expect(hub.heard.map((heard) => heard.text)).toEqual(["a", "b", "c"]);
  });

  it("goes one at a time: the second waits for the first one's ack", async () => {
    const { connection } = tab();
    void connection.start();
    await pass(100);
    hub.silent = true;
    connection.send({ text: "a" }, "a");
    connection.send({ text: "b" }, "b");
    await pass(4000);
    expect(hub.heard).toEqual([]);
    hub.silent = false;
    await pass(20_000);
    expect(only().messages.map((shown) => shown.text)).toEqual(["a", "b"]);
  });

  it("repeats the same id and body when acks are lost, and nothing is doubled", async () => {
    const { connection, texts } = tab();
    void connection.start();
    await pass(100);
    hub.loseAcks = 3;
    connection.send({ text: "a" }, "a");
    connection.send({ text: "b" }, "b");
    await pass(20_000);
    expect(texts()).toEqual(["a", "b"]);
    expect(only().messages).toHaveLength(2);
    expect(stored()).toEqual([]);
  });

  it("survives the page: what was written offline is sent by the next one", async () => {
    const first = tab();
    void first.connection.start();
    await pass(100);
    hub.up = false;
    hub.cut();
    first.connection.send({ text: "before the reload" }, "before the reload");
    first.connection.send({ choice: "offer" }, "Yes");
    first.connection.stop();
    hub.up = true;
    const second = tab();
    void second.connection.start();
    expect(second.seen.state.outbox.map((waiting) => waiting.text)).toEqual(["before the reload", "Yes"]);
    await pass(10_000);
    expect(second.texts()).toEqual(["before the reload", "chose offer"]);
    expect(stored()).toEqual([]);
  });

  it("does not send again what the shop already had before the reload", async () => {
    const first = tab();
    void first.connection.start();
    await pass(100);
    hub.loseAcks = 1;
    first.connection.send({ text: "a" }, "a");
    await pass(8);
    first.connection.stop();
    expect(stored()).toHaveLength(1);
    const second = tab();
    void second.connection.start();
    await pass(6000);
    expect(second.texts()).toEqual(["a"]);
    expect(stored()).toEqual([]);
    expect(hub.heard).toHaveLength(1);
  });

  it("says why a message was refused, goes on with the next, and retries on demand", async () => {
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(100);
    hub.refuseWith = [{ code: "choice_closed", detail: "" }];
    const first = connection.send({ text: "a" }, "a");
    connection.send({ text: "b" }, "b");
    await pass(100);
    expect(seen.state.outbox.map(({ text, error }) => [text, error?.code])).toEqual([["a", "choice_closed"]]);
    expect(texts()).toEqual(["b"]);
    expect(stored()).toHaveLength(1);
    connection.retry(first);
    await pass(100);
    expect(texts()).toEqual(["b", "a"]);
    expect(stored()).toEqual([]);
  });

  it("a removed message is gone from here and from storage", async () => {
    const { connection, seen } = tab();
    void connection.start();
    await pass(100);
    hub.refuseWith = [{ code: "text_too_long" }];
    const id = connection.send({ text: "a" }, "a");
    await pass(100);
    connection.remove(id);
    expect(seen.state.outbox).toEqual([]);
    expect(stored()).toEqual([]);
  });

  it("waits by itself when the shop asks for a pause, and keeps the order", async () => {
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(100);
    hub.refuseWith = [
      { code: "too_many_messages", detail: "", retry_after: 3 },
      { code: "unavailable", detail: "" },
    ];
    connection.send({ text: "a" }, "a");
    connection.send({ text: "b" }, "b");
    await pass(2000);
    expect(texts()).toEqual([]);
    expect(seen.state.outbox.every((waiting) => waiting.error === null)).toBe(true);
    await pass(30_000);
    expect(texts()).toEqual(["a", "b"]);
  });

  it("gives up on a message the shop keeps failing on, and lets the others through", async () => {
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(100);
    hub.refuseWith = Array.from({ length: 5 }, () => ({ code: "internal", detail: "" }));
    connection.send({ text: "poison" }, "poison");
    connection.send({ text: "fine" }, "fine");
    await pass(120_000);
    expect(texts()).toEqual(["fine"]);
    expect(seen.state.outbox[0]?.error?.code).toBe("internal");
  });
});

describe("catching up", () => {
  it("after a lost line, everything said and changed meanwhile", async () => {
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(100);
    const room = only();
    hub.say(room, "one");
    hub.cut();
    expect(seen.state.link).toBe("connecting");
    hub.change(room, 1, "one, changed");
    hub.say(room, "two");
    await pass(2000);
    expect(texts()).toEqual(["one, changed", "two"]);
    expect(seen.state.link).toBe("online");
  });

  it("when a hint was lost and the next one shows the gap", async () => {
    const { connection, seen, texts } = tab();
    void connection.start();
    await pass(100);
    const room = only();
    hub.say(room, "one");
    hub.say(room, "two", { quietly: true });
    hub.say(room, "three");
    expect(texts()).toEqual(["one", "three"]);
    await pass(500);
    expect(texts()).toEqual(["one", "two", "three"]);
    expect(seen.state.ahead).toEqual([]);
  });

  it("renews a line that looks open and answers nothing", async () => {
    const { connection, texts } = tab();
    void connection.start();
    await pass(100);
    const before = hub.connections;
    hub.silent = true;
    connection.wake();
    await pass(5000);
    hub.silent = false;
    await pass(20_000);
    expect(hub.connections).toBeGreaterThan(before);
    hub.say(only(), "after");
    expect(texts()).toEqual(["after"]);
  });

  it("renews a line on which no welcome comes", async () => {
    hub.silent = true;
    const { connection, seen } = tab();
    void connection.start();
    await pass(7000);
    expect(seen.state.link).toBe("connecting");
    hub.silent = false;
    await pass(10_000);
    expect(seen.state.link).toBe("online");
  });

  it("says offline while the browser is, and comes back at once when it is not", async () => {
    const online = { now: true };
    const { connection, seen } = tab(online);
    void connection.start();
    await pass(100);
    online.now = false;
    hub.up = false;
    hub.cut();
    expect(seen.state.link).toBe("offline");
    online.now = true;
    hub.up = true;
    connection.wake();
    await pass(50);
    expect(seen.state.link).toBe("online");
  });

  it("survives a line that breaks again and again", async () => {
    const { connection, texts } = tab();
    void connection.start();
    await pass(100);
    const room = only();
    for (let at = 0; at < 12; at++) {
      connection.send({ text: `c${at}` }, `c${at}`);
      hub.loseAcks = at % 2;
      hub.say(room, `s${at}`, { quietly: at % 3 === 0 });
      if (at % 2) hub.cut();
      await pass(300 + 97 * at);
    }
    await pass(60_000);
    expect(texts()).toEqual(room.messages.map((shown) => shown.text));
    expect(room.messages.filter((shown) => shown.client_id).map((shown) => shown.text)).toEqual(
      Array.from({ length: 12 }, (_, at) => `c${at}`),
    );
  });
});

describe("several tabs", () => {
  it("show the same, and one sends what the other can no longer send", async () => {
    const one = tab();
    void one.connection.start();
    await pass(100);
    const two = tab();
    void two.connection.start();
    await pass(100);
    hub.silent = true;
    one.connection.send({ text: "from the closed tab" }, "from the closed tab");
    const [key] = stored();
    two.connection.stored(key ?? "", store.get(key ?? ""));
    expect(two.seen.state.outbox).toHaveLength(1);
    one.connection.stop();
    hub.silent = false;
    await pass(10_000);
    expect(two.texts()).toEqual(["from the closed tab"]);
    expect(only().messages).toHaveLength(1);
    expect(stored()).toEqual([]);
  });

  it("drop what another tab removed", async () => {
    const one = tab();
    const two = tab();
    void one.connection.start();
    await pass(100);
    void two.connection.start();
    await pass(100);
    hub.refuseWith = [{ code: "text_too_long" }];
    const id = one.connection.send({ text: "a" }, "a");
    await pass(100);
    two.connection.stored(`out:${id}`, store.get(`out:${id}`));
    expect(two.seen.state.outbox[0]?.error?.code).toBe("text_too_long");
    one.connection.remove(id);
    two.connection.stored(`out:${id}`, null);
    await pass(2000);
    expect(two.seen.state.outbox).toEqual([]);
  });

  it("follow one another into a new conversation", async () => {
    const one = tab();
    void one.connection.start();
    await pass(100);
    const fresh = hub.begin();
    hub.say(fresh, "hello");
    store.set("credential", fresh.credential);
    one.connection.stored("credential", fresh.credential);
    await pass(500);
    expect(one.texts()).toEqual(["hello"]);
  });
});

describe("two tabs that began at once", () => {
  it("end in the conversation that is stored, whatever order the signs come in", async () => {
    hub.up = false;
    const one = tab();
    const two = tab();
    void one.connection.start();
    void two.connection.start();
    await pass(20_000);
    hub.up = true;
    await pass(2000);
    expect(hub.rooms.size).toBe(2);
    for (const told of ["rv_1", "rv_2", "rv_1"]) for (const { connection } of [one, two]) connection.stored("credential", told);
    await pass(2000);
    const ends = [one, two].map(({ seen }) => seen.state.conversation?.id);
    expect(ends).toEqual([hub.room(store.get("credential") ?? "").id, ends[0]]);
  });
});

describe("small signs", () => {
  it("typing is sent now and then, and its end once", async () => {
    const { connection } = tab();
    void connection.start();
    await pass(100);
    for (let at = 0; at < 60; at++) {
      connection.type(true);
      await pass(100);
    }
    connection.type(false);
    connection.type(false);
    expect(hub.typed.filter((on) => on).length).toBeLessThanOrEqual(3);
    expect(hub.typed.filter((on) => !on)).toHaveLength(1);
  });

  it("reading is told once, and again after a lost line only if the shop does not know it", async () => {
    const { connection, seen } = tab();
    void connection.start();
    await pass(100);
    hub.say(only(), "one");
    connection.read(1);
    connection.read(1);
    expect(hub.read).toEqual([1]);
    expect(seen.state.conversation?.read_seq).toBe(1);
    hub.cut();
    connection.read(1);
    await pass(2000);
    expect(only().read).toBe(1);
  });

  it("what cannot be understood is passed over", async () => {
    const { connection, seen } = tab();
    void connection.start();
    await pass(100);
    for (const event of ["message", "conversation", "receipt", "typing", "welcome"]) {
      for (const payload of [null, 1, "x", [], {}, { id: 1 }]) hub.show(only(), event, payload);
    }
    await pass(100);
    expect(seen.state.messages).toEqual([]);
    expect(seen.state.link).toBe("online");
  });
});
