import { describe, expect, it } from "vitest";
import { clientId, createOutbox, readEntry } from "../../widget/src/widget/outbox.ts";
import { memoryStore, safeStore } from "../../widget/src/widget/storage.ts";
import { entry } from "./made.ts";

describe("the stored outbox", () => {
  it("gives back everything in the order of writing", () => {
    const store = memoryStore();
    const one = createOutbox(store, "p:");
    const two = createOutbox(store, "p:");
    one.put(entry("c", 3));
    two.put(entry("a", 1));
    one.put(entry("b", 2));
    store.set("other", "1");
    expect(two.all().map((waiting) => waiting.client_id)).toEqual(["a", "b", "c"]);
    two.remove("b");
    expect(one.all().map((waiting) => waiting.client_id)).toEqual(["a", "c"]);
  });

  it("passes over what it has not written itself", () => {
    const store = memoryStore();
    for (const [at, value] of [
      "",
      "{",
      "null",
      "[]",
      '{"client_id":1}',
      '{"client_id":"x","written":1,"text":"x","body":{"client_id":"y"}}',
    ].entries()) {
      store.set(`p:${at}`, value);
    }
    expect(createOutbox(store, "p:").all()).toEqual([]);
    expect(readEntry(JSON.stringify(entry("a", 1)))).toEqual(entry("a", 1));
  });
});

describe("storage", () => {
  const blocked = (): Storage => {
    throw new DOMException("denied", "SecurityError");
  };

  it("works in memory where the browser forbids it", () => {
    const store = safeStore(blocked);
    store.set("a", "1");
    expect(store.get("a")).toBe("1");
    expect(store.keys()).toEqual(["a"]);
    store.remove("a");
    expect(store.get("a")).toBe(null);
  });

  it("keeps in memory what no longer fits", () => {
    let full = false;
    const area = localStorage;
    area.clear();
    const store = safeStore(() => {
      if (!full) return area;
      return Object.assign(Object.create(area), {
        setItem: () => {
          throw new DOMException("full", "QuotaExceededError");
        },
      });
    });
    store.set("a", "stored");
    full = true;
    store.set("b", "kept");
    expect(store.get("b")).toBe("kept");
    full = false;
    store.set("b", "stored now");
    expect(area.getItem("b")).toBe("stored now");
    expect(store.get("b")).toBe("stored now");
  });
});

it("client ids are random UUIDs the server takes", () => {
  const ids = Array.from({ length: 200 }, clientId);
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
