/** Photos from the bench before they are sent: picked, taken, dropped or pasted, each with its own caption and who sees it. */

import { type Answer, sendForm } from "./fetch.ts";

const AT_ONCE = 12;
const EDGE = 160;

interface Shot {
  /** The same at every try, so that the shop keeps the picture once. */
  readonly upload: string;
  readonly file: File;
  readonly row: HTMLLIElement;
  readonly caption: HTMLInputElement;
  readonly seen: HTMLInputElement;
}

/** Whether pictures wait to be sent: the page must not be drawn anew under them. */
export const unsent = (): boolean => document.querySelector("[data-unsent]") !== null;

/** What a form of pictures becomes while there is a browser to help; `done` takes over the answer. */
export class Photos {
  private shots: Shot[] = [];
  private readonly list: HTMLElement;
  private readonly progress: HTMLProgressElement;
  private readonly fault: HTMLElement;
  private readonly button: HTMLButtonElement;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly done: (answer: Answer) => void,
  ) {
    this.list = part(form, "[data-shots]");
    this.progress = part(form, "[data-progress]");
    this.fault = part(form, "[data-fault]");
    this.button = part(form, "[data-send]");
    form.addEventListener("change", (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.files?.length) return;
      this.add([...input.files]);
      input.value = "";
    });
    form.addEventListener("submit", (event) => {
      if (form.dataset.plain) return;
      event.preventDefault();
      void this.send();
    });
    const place = form.closest<HTMLElement>("[data-drop]") ?? form;
    const over = (event: DragEvent, on: boolean): void => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      place.classList.toggle("dropping", on);
    };
    place.addEventListener("dragover", (event) => over(event, true));
    place.addEventListener("dragleave", (event) => over(event, place.contains(event.relatedTarget as Node | null)));
    place.addEventListener("drop", (event) => {
      over(event, false);
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
    document.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!files.length || !form.isConnected) return;
      event.preventDefault();
      this.add(files);
    });
  }

  /** Shows what was brought; the caption and the choice made so far are where each of them begins. */
  private add(files: readonly File[]): void {
    const fields = new FormData(this.form);
    const pictures = files.filter((file) => file.type === "" || file.type.startsWith("image/"));
    const taken = pictures.slice(0, AT_ONCE - this.shots.length);
    for (const file of taken) this.show(file, String(fields.get("caption") ?? ""), fields.get("public") === "true");
    this.say(taken.length < files.length ? `Up to ${AT_ONCE} pictures at once: ${files.length - taken.length} left out.` : "");
    this.settle();
  }

  private show(file: File, words: string, public_: boolean): void {
    const row = document.createElement("li");
    row.className = "shot";
    const picture = document.createElement("canvas");
    picture.width = picture.height = EDGE;
    picture.setAttribute("aria-hidden", "true");
    void draw(picture, file);
    const number = this.shots.length + 1;
    const caption = document.createElement("input");
    caption.className = "input";
    caption.maxLength = 300;
    caption.value = words;
    caption.placeholder = "Caption";
    caption.setAttribute("aria-label", `Caption of picture ${number}`);
    const seen = document.createElement("input");
    seen.type = "checkbox";
    seen.checked = public_;
    const label = document.createElement("label");
    label.className = "check";
    label.append(seen, "Customer sees it");
    const away = document.createElement("button");
    away.type = "button";
    away.className = "button button--plain button--small";
    away.textContent = "Leave out";
    away.setAttribute("aria-label", `Leave out picture ${number}`);
    const shot: Shot = { upload: hex(), file, row, caption, seen };
    away.addEventListener("click", () => {
      this.shots = this.shots.filter((other) => other !== shot);
      row.remove();
      this.settle();
      this.button.focus();
    });
    const beside = document.createElement("div");
    beside.append(caption, label, away);
    row.append(picture, beside);
    this.list.append(row);
    this.shots.push(shot);
  }

  private settle(): void {
    const count = this.shots.length;
    this.list.hidden = count === 0;
    for (const once of this.form.querySelectorAll<HTMLElement>("[data-once]")) once.hidden = count > 0;
    this.button.textContent = count === 0 ? "Add the photos" : count === 1 ? "Add 1 photo" : `Add ${count} photos`;
    if (count) this.form.dataset.unsent = String(count);
    else delete this.form.dataset.unsent;
  }

  private say(words: string): void {
    this.fault.textContent = words;
    this.fault.hidden = words === "";
  }

  /** Field by field in the order the shop reads them: what is said of a picture goes before it. */
  private body(): FormData {
    const fields = new FormData(this.form);
    const body = new FormData();
    for (const name of ["csrf", "repair"]) body.append(name, String(fields.get(name) ?? ""));
    for (const { upload, file, caption, seen } of this.shots) {
      body.append("upload", upload);
      body.append("caption", caption.value);
      body.append("public", String(seen.checked));
      body.append("photos", file);
    }
    return body;
  }

  private async send(): Promise<void> {
    if (!this.shots.length) return this.say("Choose one or more pictures first.");
    if (this.button.disabled) return;
    this.button.disabled = true;
    this.progress.hidden = false;
    this.say("");
    try {
      const answer = await sendForm(this.form.action, this.body(), (share) => {
        this.progress.value = share;
      });
      if (!answer.page) throw new Error("no page");
      for (const { row } of this.shots) row.remove();
      this.shots = [];
      this.settle();
      this.form.reset();
      this.done(answer);
    } catch {
      // The same form again is the same upload: nothing is kept twice.
      this.say("The connection was lost. The pictures are still here: try again.");
    } finally {
      this.button.disabled = false;
      this.progress.hidden = true;
      this.progress.value = 0;
    }
  }
}

const hex = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function part<T extends HTMLElement>(form: HTMLElement, selector: string): T {
  const found = form.querySelector<T>(selector);
  if (!found) throw new Error(`${selector} is missing`);
  return found;
}

/** A small square of the picture; a kind this browser cannot read keeps an empty one. */
async function draw(canvas: HTMLCanvasElement, file: File): Promise<void> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return;
  const side = Math.min(picture.width, picture.height);
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, EDGE, EDGE);
  picture.close();
}
