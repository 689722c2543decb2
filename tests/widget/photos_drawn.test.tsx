/** Photos as people meet them: picked, pasted, dropped, described, cancelled, sent, looked at; by keyboard and by ear. */

import { signal } from "@preact/signals";
import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { Chime } from "../../widget/src/widget/chime.ts";
import type { Connection } from "../../widget/src/widget/connection.ts";
import { apply, type Event, initial, type State } from "../../widget/src/widget/fold.ts";
import { Photos } from "../../widget/src/widget/photos.ts";
import { type ImagePart, readMessage, readPart } from "../../widget/src/widget/protocol.ts";
import { memoryStore } from "../../widget/src/widget/storage.ts";
import { Panel } from "../../widget/src/widget/ui/panel.tsx";
import type { UploadAnswer, UploadRequest } from "../../widget/src/widget/upload.ts";
import { withoutRepeats } from "../../widget/src/widget/view.ts";
import { conversation } from "./made.ts";
import { button, click, mount, press, redraw, type } from "./mount.tsx";
import { sample } from "./samples.ts";

const settle = () => act(() => new Promise((resolve) => setTimeout(resolve, 10)));
const picture = (name = "a.jpg") => new File(["xyz"], name, { type: "image/jpeg" });
const loaded: Event[] = [
  { type: "link", link: "online" },
  { type: "welcome", conversation: conversation(), customer: { name: null } },
  { type: "synced", page: { messages: [], rev: 0, more: false } },
];

function chat(...events: Event[]) {
  const running: Array<UploadRequest & { end: (answer: UploadAnswer) => void }> = [];
  const state = signal<State>([...loaded, ...events].reduce(apply, initial));
  const connection = { send: vi.fn(() => "id"), retry: vi.fn(), remove: vi.fn(), type: vi.fn(), read: vi.fn() };
  const close = vi.fn();
  const photos = new Photos({
    origin: "https://shop.example",
    proof: () => ({ Authorization: "Bearer rv_1" }),
    store: memoryStore(),
    key: "photos",
    upload: (request) => ({ answer: new Promise((end) => running.push({ ...request, end })), abort: () => undefined }),
  });
  const panel = () => (
    <Panel
      state={state}
      open={signal(true)}
      now={signal(Date.now())}
      connection={connection as unknown as Connection}
      drafts={memoryStore()}
      draftKey="draft"
      photos={photos}
      chime={new Chime(memoryStore(), "sound")}
      close={close}
    />
  );
  const place = mount(panel());
  const box = place.querySelector("textarea.composer__input") as HTMLTextAreaElement;
  const upload = async (...names: string[]) => {
    await act(() => photos.add(names.map(picture)));
    for (const name of names) {
      running.at(-1 - (names.length - 1 - names.indexOf(name)))?.end(stored(name));
      await settle();
    }
  };
  return { place, box, connection, close, photos, running, upload, draw: () => redraw(place, panel()) };
}

const stored = (file_id: string): UploadAnswer => ({
  ok: true,
  file: {
    file_id,
    alt: "",
    url: `/files/${file_id}/picture`,
    width: 4,
    height: 3,
    thumbnail: { url: `/files/${file_id}/thumbnail`, width: 4, height: 3 },
  },
});

function fire(element: Element, name: string, more: object): globalThis.Event {
  const event = Object.assign(new globalThis.Event(name, { bubbles: true, cancelable: true }), more);
  void act(() => void element.dispatchEvent(event));
  return event;
}

const transfer = (files: File[], types = ["Files"], text = "") => ({ files, types, getData: () => text });

describe("bringing photos", () => {
  it("has a picker for several and a camera", () => {
    const { place } = chat();
    const [picker, camera] = place.querySelectorAll<HTMLInputElement>("input[type=file]");
    expect([picker?.multiple, picker?.accept.includes("heic"), camera?.getAttribute("capture")]).toEqual([true, true, "environment"]);
    const opened = vi.spyOn(picker as HTMLInputElement, "click").mockImplementation(() => undefined);
    click(button(place, "Add photos"));
    expect(opened).toHaveBeenCalled();
    expect(button(place, "Take a photo")).toBeTruthy();
  });

  it("takes what is pasted, and leaves text to the text", () => {
    const { box, photos } = chat();
    const text = fire(box, "paste", { clipboardData: transfer([picture()], ["text/plain", "Files"], "a table") });
    expect([text.defaultPrevented, photos.tray.value.length]).toEqual([false, 0]);
    const pasted = fire(box, "paste", { clipboardData: transfer([picture()]) });
    expect([pasted.defaultPrevented, photos.tray.value.length]).toEqual([true, 1]);
  });

  it("takes what is dropped, and leaves other things to the page", () => {
    const { place, photos } = chat();
    const panel = place.querySelector(".panel") as HTMLElement;
    expect(fire(panel, "dragover", { dataTransfer: transfer([], ["text/plain"]) }).defaultPrevented).toBe(false);
    fire(panel, "dragenter", { dataTransfer: transfer([]) });
    expect(fire(panel, "dragover", { dataTransfer: transfer([]) }).defaultPrevented).toBe(true);
    expect(place.textContent).toContain("Drop photos here");
    fire(panel, "drop", { dataTransfer: transfer([picture(), new File(["x"], "a.pdf", { type: "application/pdf" })]) });
    expect(photos.tray.value).toHaveLength(1);
    expect(place.textContent).not.toContain("Drop photos here");
  });
});

describe("the tray", () => {
  it("says how far each photo and all of them are", async () => {
    const { place, photos, running, connection, box } = chat();
    await act(() => photos.add([picture()]));
    await act(() => running[0]?.progress(0.42));
    expect(place.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")).toBe("42");
    expect(place.querySelector(".tray__said[role=status]")?.textContent).toBe("Uploading 1 photo");
    press(box, "Enter");
    expect(connection.send).not.toHaveBeenCalled();
    running[0]?.end(stored("f1"));
    await settle();
    expect(place.querySelector(".tray__said")?.textContent).toBe("1 photo ready to send");
    expect(place.querySelector("[role=progressbar]")).toBe(null);
  });

  it("gives every control a name", async () => {
    const { place, upload } = chat();
    await upload("f1", "f2");
    for (const control of place.querySelectorAll("button, a, textarea, input")) {
      expect((control.getAttribute("aria-label") ?? control.textContent ?? "").trim()).not.toBe("");
    }
    const names = [...place.querySelectorAll(".tray button")].map((control) => control.getAttribute("aria-label"));
    expect(new Set(names).size).toBe(names.length);
  });

  it("cancels one, and the keyboard goes back to the message", async () => {
    const { place, photos, box } = chat();
    await act(() => photos.add([picture()]));
    click(button(place, "Cancel photo 1"));
    expect(photos.tray.value).toEqual([]);
    expect(document.activeElement).toBe(box);
  });

  it("says why a photo failed, and offers another try only where it helps", async () => {
    const { place, photos, running } = chat();
    await act(() => photos.add([picture(), picture()]));
    running[0]?.end({ ok: false, code: "file_unreadable", retry_after: null });
    running[1]?.end({ ok: false, code: "too_strange_to_know", retry_after: null });
    await settle();
    expect(place.querySelector("[role=alert]")?.textContent).toContain("damaged or not complete");
    expect(() => button(place, "Try photo 1 again")).toThrow();
    click(button(place, "Try photo 2 again"));
    expect(running).toHaveLength(3);
  });
});

describe("sending photos", () => {
  it("sends words and photos together, with what they show", async () => {
    const { place, box, connection, upload, photos } = chat();
    await upload("f1", "f2");
    click(place.querySelector(".tray__face") as HTMLElement);
    const alt = place.querySelector(".tray__alt") as HTMLInputElement;
    type(alt, "the corner");
    expect(press(alt, "Enter").defaultPrevented).toBe(true);
    type(box, "look");
    press(box, "Enter");
    expect(connection.send).toHaveBeenCalledExactlyOnceWith(
      { text: "look", file_ids: ["f1", "f2"], alts: { f1: "the corner" } },
      "look\n2 photos: the corner",
    );
    expect([photos.tray.value, box.value]).toEqual([[], ""]);
  });

  it("sends photos without a word", async () => {
    const { box, connection, upload } = chat();
    await upload("f1");
    press(box, "Enter");
    expect(connection.send).toHaveBeenCalledExactlyOnceWith({ file_ids: ["f1"] }, "1 photo");
  });
});

describe("photos in the conversation", () => {
  const received = readMessage(sample("message.photos")) as NonNullable<ReturnType<typeof readMessage>>;

  it("are drawn with their description, and the line that stands for them is not", () => {
    const { place } = chat({ type: "message", message: received });
    expect(place.querySelector(".bubble")?.textContent).toBe("this is what it looks like");
    const image = place.querySelector(".shot img") as HTMLImageElement;
    expect(image.getAttribute("src")).toMatch(/^https:\/\/shop\.example\/files\/.*thumbnail/);
    expect([image.getAttribute("width"), image.getAttribute("height"), image.getAttribute("loading")]).toEqual(["360", "480", "lazy"]);
    expect(button(place, "Photo 1: the cracked corner, open full size")).toBeTruthy();
  });

  it("without a word have no bubble", () => {
    const part = readPart(sample("part.image")) as ImagePart;
    expect(withoutRepeats("3 photos", [part, part, part])).toBe("");
    expect(withoutRepeats("look\nhere\n1 photo: x", [part])).toBe("look\nhere");
  });

  it("open full size and close with Escape, which leaves the chat open", async () => {
    const { place, close, draw } = chat({ type: "message", message: received });
    click(button(place, "Photo 1: the cracked corner, open full size"));
    const viewer = place.querySelector("dialog") as HTMLDialogElement;
    expect(viewer.getAttribute("aria-label")).toBe("Photo 1: the cracked corner");
    expect(viewer.querySelector("img")?.getAttribute("src")).toMatch(/\/picture\?/);
    press(viewer, "Escape");
    expect(close).not.toHaveBeenCalled();
    click(button(place, "Close photo"));
    await settle();
    draw();
    expect(place.querySelector("dialog")).toBe(null);
  });

  it("whose link has ended get another, once", async () => {
    const { place, photos } = chat({ type: "message", message: received });
    const links = vi.spyOn(photos, "links").mockResolvedValue({ url: "/files/new/picture", thumbnail: "/files/new/thumbnail" });
    const image = () => place.querySelector(".shot img");
    fire(image() as Element, "error", {});
    await settle();
    expect(image()?.getAttribute("src")).toBe("https://shop.example/files/new/thumbnail");
    fire(image() as Element, "error", {});
    await settle();
    expect(links).toHaveBeenCalledTimes(1);
    expect(place.textContent).toContain("cannot be shown");
  });
});
