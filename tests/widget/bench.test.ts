import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Photos, unsent } from "../../widget/src/portal/photos.ts";

const sent: FormData[] = [];
let fails = false;

class Request {
  upload: { onprogress?: unknown } = {};
  onload = (): void => undefined;
  onerror = (): void => undefined;
  status = 200;
  responseURL = "https://shop.example/staff/orders/RT-1";
  responseXML = document.implementation.createHTMLDocument();
  open(): void {}
  send(body: FormData): void {
    sent.push(body);
    queueMicrotask(() => (fails ? this.onerror() : this.onload()));
  }
}

const page = `<section data-drop><form action="https://shop.example/staff/orders/RT-1/photos">
  <input type="hidden" name="csrf" value="token"><input type="hidden" name="upload" value="${"0".repeat(32)}"><input type="hidden" name="repair" value="r1">
  <div data-once><input name="caption" value="Inside"></div><div data-once><input type="radio" name="public" value="true" checked></div>
  <ul data-shots hidden></ul><button data-send>Add the photos</button><progress data-progress hidden></progress><p data-fault hidden></p>
</form></section>`;

const picture = (name: string, type = "image/jpeg") => new File(["x"], name, { type });
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

function begin() {
  document.body.append(document.createRange().createContextualFragment(page));
  const form = document.querySelector("form") as HTMLFormElement;
  const done = vi.fn();
  new Photos(form, done);
  const drop = (...files: File[]) => {
    const event = new Event("drop", { bubbles: true, cancelable: true });
    Object.assign(event, { dataTransfer: { types: ["Files"], files } });
    form.dispatchEvent(event);
  };
  const submit = async () => {
    form.dispatchEvent(new Event("submit", { cancelable: true }));
    await settle();
  };
  return { form, done, drop, submit, fault: () => form.querySelector("[data-fault]")?.textContent };
}

beforeEach(() => {
  vi.stubGlobal("XMLHttpRequest", Request);
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("not here")));
});
afterEach(() => {
  vi.unstubAllGlobals();
  sent.length = 0;
  fails = false;
  document.body.replaceChildren();
});

describe("photos from the bench", () => {
  it("go out each with what is said of it before it, and the page waits until they have", async () => {
    const { form, done, drop, submit } = begin();
    drop(picture("a.jpg"), picture("b.jpg"), picture("c.jpg"));
    expect(unsent()).toBe(true);
    (form.querySelectorAll(".shot button")[1] as HTMLButtonElement).click();
    const last = form.querySelectorAll<HTMLInputElement>(".shot:last-child input");
    for (const input of last) {
      if (input.type === "checkbox") input.checked = false;
      else input.value = "Serial number";
    }
    await submit();
    const fields = [...(sent[0] as FormData)].filter(([name]) => name !== "upload");
    expect(fields.map(([name, value]) => [name, value instanceof File ? value.name : value])).toEqual([
      ["csrf", "token"],
      ["repair", "r1"],
      ["caption", "Inside"],
      ["public", "true"],
      ["photos", "a.jpg"],
      ["caption", "Serial number"],
      ["public", "false"],
      ["photos", "c.jpg"],
    ]);
    expect(done).toHaveBeenCalledOnce();
    expect(unsent()).toBe(false);
  });

  it("stay when the line breaks, and go again as the same pictures", async () => {
    const { drop, submit, fault } = begin();
    drop(picture("a.jpg"));
    fails = true;
    await submit();
    expect(fault()).toContain("still here");
    expect(unsent()).toBe(true);
    fails = false;
    await submit();
    expect(sent[1]?.get("upload")).toBe(sent[0]?.get("upload"));
    expect(unsent()).toBe(false);
  });

  it("are twelve at once, and pictures", () => {
    const { form, drop, fault } = begin();
    drop(picture("a.pdf", "application/pdf"), ...Array.from({ length: 13 }, (_, at) => picture(`${at}.jpg`)));
    expect(form.querySelectorAll(".shot")).toHaveLength(12);
    expect(fault()).toBe("Up to 12 pictures at once: 2 left out.");
  });
});
