/** Photos on their way: two at a time, each once, nothing forgotten that could be kept, and the truth about what could not. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BYTES_LIMIT, isPicture, Photos, TRAY_LIMIT } from "../../widget/src/widget/photos.ts";
import { readUpload } from "../../widget/src/widget/protocol.ts";
import { memoryStore, type Store } from "../../widget/src/widget/storage.ts";
import { read, type UploadAnswer, type UploadRequest } from "../../widget/src/widget/upload.ts";
import { photoRefusal, words } from "../../widget/src/widget/words.ts";
import { sample } from "./samples.ts";

interface Running extends UploadRequest {
  readonly end: (answer: UploadAnswer) => void;
  readonly abort: ReturnType<typeof vi.fn>;
}

const file = (name = "a.jpg", type = "image/jpeg", size = 10): File => {
  const made = new File(["x"], name, { type });
  Object.defineProperty(made, "size", { value: size });
  return made;
};

const stored = (file_id: string): UploadAnswer => ({
  ok: true,
  file: {
    file_id,
    alt: "",
    url: `/files/${file_id}/picture`,
    width: 1,
    height: 1,
    thumbnail: { url: `/files/${file_id}/thumbnail`, width: 1, height: 1 },
  },
});

const refused = (code: string, retry_after: number | null = null): UploadAnswer => ({ ok: false, code, retry_after });

function tray(store: Store = memoryStore(), known = true) {
  const running: Running[] = [];
  const at = { credential: known ? ("rv_1" as string | null) : null };
  const photos = new Photos({
    origin: "https://shop.example",
    proof: () => (at.credential === null ? null : { Authorization: `Bearer ${at.credential}` }),
    store,
    key: "photos",
    upload: (request) => {
      const abort = vi.fn();
      const answer = new Promise<UploadAnswer>((resolve) => running.push({ ...request, abort, end: resolve }));
      return { answer, abort };
    },
  });
  const states = () => photos.tray.value.map(({ state }) => state);
  return { photos, running, states, at, store };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("on the way", () => {
  it("sends two at a time, each to its own address with the credential", async () => {
    const { photos, running, states } = tray();
    photos.add([file(), file(), file()]);
    expect(states()).toEqual(["sending", "sending", "waiting"]);
    expect(running.map(({ url }) => url)).toEqual(
      photos.tray.value.slice(0, 2).map(({ id }) => `https://shop.example/api/v1/files?client_id=${id}`),
    );
    expect(running[0]?.proof).toEqual({ Authorization: "Bearer rv_1" });
    running[0]?.progress(0.4);
    expect(photos.tray.value[0]?.progress).toBe(0.4);
    running[0]?.end(stored("f1"));
    await settle();
    expect(states()).toEqual(["ready", "sending", "sending"]);
  });

  it("waits until the shop knows this browser", () => {
    const { photos, running, states, at } = tray(memoryStore(), false);
    photos.add([file()]);
    expect([states(), running.length]).toEqual([["waiting"], 0]);
    at.credential = "rv_1";
    photos.pump();
    expect(states()).toEqual(["sending"]);
  });

  it("cancels, and what ends afterwards is nobody's any more", async () => {
    const { photos, running, states } = tray();
    photos.add([file(), file(), file()]);
    photos.remove(photos.tray.value[0]?.id ?? "");
    expect(running[0]?.abort).toHaveBeenCalled();
    running[0]?.end(stored("f1"));
    await settle();
    expect(states()).toEqual(["sending", "sending"]);
    expect(photos.take()).toEqual([]);
  });

  it.each(["storage_full", "disk_full", "database_unreachable", "unavailable", "busy"])("tries again by itself after %s", async (code) => {
    const { photos, running, states } = tray();
    photos.add([file()]);
    running[0]?.end(refused(code));
    await settle();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(running.length).toBe(2);
    running[1]?.end(stored("f1"));
    await settle();
    expect(states()).toEqual(["ready"]);
  });

  it("tries again by itself when the line fails, with the same client id, and gives up honestly", async () => {
    const { photos, running, states } = tray();
    photos.add([file()]);
    for (let at = 0; at < 3; at++) {
      running[at]?.end(refused("offline"));
      await settle();
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(new Set(running.map(({ url }) => url)).size).toBe(1);
    running[3]?.end(refused("offline"));
    await settle();
    expect(states()).toEqual(["failed"]);
    photos.retry(photos.tray.value[0]?.id ?? "");
    expect(states()).toEqual(["sending"]);
    running[4]?.end(stored("f1"));
    await settle();
    expect(states()).toEqual(["ready"]);
  });

  it("waits as long as the shop asks, but not for ever", async () => {
    const { photos, running, states } = tray();
    photos.add([file(), file()]);
    running[0]?.end(refused("too_many_requests", 5));
    running[1]?.end(refused("too_many_files", 3600));
    await settle();
    expect(states()).toEqual(["sending", "failed"]);
    await vi.advanceTimersByTimeAsync(4_900);
    expect(running).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(200);
    expect(running).toHaveLength(3);
  });

  it("asks nothing twice that was refused for what it is", async () => {
    const { photos, running, states } = tray();
    photos.add([file()]);
    running[0]?.end(refused("file_unreadable"));
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([states(), running.length]).toEqual([["failed"], 1]);
    expect(photoRefusal("file_unreadable").retry).toBe(false);
  });
});

describe("what may go in", () => {
  it.each([
    ["a.jpg", "image/jpeg", true],
    ["a.heic", "", true],
    ["a.heic", "image/heic", true],
    ["a.svg", "image/svg+xml", false],
    ["a.pdf", "application/pdf", false],
    ["a.jpg", "application/pdf", false],
    ["a", "", false],
  ])("%s as %s", (name, type, is) => expect(isPicture(file(name, type))).toBe(is));

  it("says at once what cannot be sent", () => {
    const { photos, running } = tray();
    photos.add([file("a.pdf", "application/pdf"), file("b.jpg", "image/jpeg", BYTES_LIMIT + 1), file("c.jpg", "image/jpeg", 0)]);
    expect(photos.tray.value.map(({ error }) => error)).toEqual(["file_kind_unsupported", "file_too_large", "file_empty"]);
    expect(running).toHaveLength(0);
    expect(photos.take()).toEqual([]);
  });

  it("takes twenty and says how many were left out", () => {
    const { photos } = tray();
    photos.add(Array.from({ length: 25 }, () => file()));
    expect([photos.tray.value.length, photos.leftOut.value]).toEqual([TRAY_LIMIT, 5]);
    expect(words.photosLeftOut(5)).toContain("5");
  });

  it("gives no place to what can never be sent", async () => {
    const { photos, running } = tray();
    photos.add([file(), file()]);
    running[0]?.end(refused("file_unreadable"));
    running[1]?.end(refused("file_kind_unsupported"));
    await settle();
    photos.add(Array.from({ length: TRAY_LIMIT }, () => file()));
    expect([photos.tray.value.length, photos.leftOut.value]).toEqual([TRAY_LIMIT + 2, 0]);
  });
});

describe("sending", () => {
  it("hands out messages of six, described, and keeps what failed", async () => {
    const { photos, running, states } = tray();
    photos.add([...Array.from({ length: 8 }, () => file()), file("a.pdf", "application/pdf")]);
    for (let at = 0; at < 8; at++) {
      running[at]?.end(stored(`f${at}`));
      await settle();
    }
    photos.describe(photos.tray.value[1]?.id ?? "", "  the corner ");
    const messages = photos.take();
    expect(messages.map((message) => message.length)).toEqual([6, 2]);
    expect(messages[0]?.slice(0, 2)).toEqual([
      { file_id: "f0", alt: "" },
      { file_id: "f1", alt: "the corner" },
    ]);
    expect(states()).toEqual(["failed"]);
    expect(photos.take()).toEqual([]);
  });
});

describe("after a reload", () => {
  it("has what was uploaded, with its description, and says what was lost", async () => {
    const { photos, running, store } = tray();
    photos.add([file(), file(), file()]);
    running[0]?.end(stored("f0"));
    await settle();
    photos.describe(photos.tray.value[0]?.id ?? "", "the back");
    const again = tray(store);
    expect(again.photos.tray.value).toMatchObject([
      { state: "ready", file_id: "f0", alt: "the back", thumbnail: "/files/f0/thumbnail", file: null },
    ]);
    expect(again.photos.lost.value).toBe(2);
    expect(again.photos.take()).toEqual([[{ file_id: "f0", alt: "the back" }]]);
    expect(tray(store).photos.tray.value).toEqual([]);
  });

  it.each(["null", "{", "[]", '{"ready":"x"}', '{"ready":[{"id":1}],"unfinished":"x"}'])("passes over what is not its own: %s", (json) => {
    const store = memoryStore();
    store.set("photos", json);
    const { photos } = tray(store);
    expect([photos.tray.value, photos.lost.value]).toEqual([[], 0]);
  });
});

describe("what the shop answers", () => {
  it("is read as the sample says", () => {
    expect(readUpload(sample("upload"))).toMatchObject({ width: 1920, thumbnail: { width: 360 } });
    expect(read(201, JSON.stringify(sample("upload"))).ok).toBe(true);
  });

  it.each([
    ["https://evil.example/x.jpg"],
    ["//evil.example/x.jpg"],
    ["/\\evil.example/x.jpg"],
    ["javascript:alert(1)"],
    ["data:image/svg+xml,x"],
    [""],
    [null],
  ])("never leads elsewhere: %s", (url) => {
    const answer = sample("upload") as Record<string, unknown>;
    expect(readUpload({ ...answer, url })).toBe(null);
    expect(readUpload({ ...answer, thumbnail: { url, width: 1, height: 1 } })).toBe(null);
  });

  it.each([
    [422, '{"code":"file_unreadable"}', "file_unreadable"],
    [429, '{"code":"too_many_requests","retry_after":7}', "too_many_requests"],
    [413, "<html>too large</html>", "file_too_large"],
    [502, "<html>bad gateway</html>", "internal"],
    [201, "{}", "internal"],
    [201, '{"half', "internal"],
  ])("%s %s is %s", (status, text, code) => expect(read(status, text)).toMatchObject({ ok: false, code }));
});

describe("fresh links", () => {
  it("are asked for with the credential and without cookies", async () => {
    const fetched = vi.fn(async () => new Response(JSON.stringify(sample("upload"))));
    vi.stubGlobal("fetch", fetched);
    const { photos } = tray();
    expect(await photos.links("f1")).toMatchObject({ thumbnail: expect.stringMatching(/^\/files\//) });
    expect(fetched).toHaveBeenCalledWith("https://shop.example/api/v1/files/f1", {
      headers: { Authorization: "Bearer rv_1" },
      credentials: "omit",
    });
    fetched.mockImplementation(async () => new Response("{}", { status: 404 }));
    expect(await photos.links("f1")).toBe(null);
    vi.unstubAllGlobals();
  });
});
