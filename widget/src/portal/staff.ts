/** The staff room, alive: lists keep themselves fresh, moves happen in place, "/" finds. Without it everything works as plain pages. */

import { type Answer, fetchPage } from "./fetch.ts";
import { morph } from "./morph.ts";
import { Photos, unsent } from "./photos.ts";
import { toast } from "./toast.ts";

const FRESH_MS = 10_000;

const content = (page: Document): HTMLElement | null => page.querySelector("main#content");
const waiting = (page: Document): HTMLElement | null => page.querySelector("#desk-waiting");
const typing = (): boolean =>
  document.activeElement instanceof HTMLElement && document.activeElement.matches("input:not([type=checkbox]), textarea, select");

/** Takes over a fetched page; one that is not this room (a sign-in, an error) is opened for real. */
function show(page: Document | null, url: string): void {
  const old = content(document);
  const next = page && content(page);
  const here = new URL(url).pathname === location.pathname;
  // A move that was refused is answered at the move's own address with this very page and what is wrong.
  if (old && next && (here || next.querySelector("form.move"))) morph(old, next);
  else if (here) location.reload();
  else location.assign(location.href);
}

/** Good news become a toast; bad news stay on the page. */
function takeOver({ url, page }: Answer, form: HTMLFormElement): void {
  const notice = page?.querySelector<HTMLElement>(".notice--good");
  if (notice) {
    toast(notice.textContent.trim());
    notice.remove();
    // The next note must not be public because the last one was, and what was opened for this is done with.
    form.reset();
    form.closest("details")?.removeAttribute("open");
  }
  show(page, url);
}

let moving = false;

export async function refresh(): Promise<void> {
  if (moving || document.visibilityState !== "visible" || typing() || unsent()) return;
  try {
    const { status, url, page } = await fetchPage(location.href);
    // Somebody may have begun to move or to type while the answer was on its way.
    if (status !== 200 || moving || typing() || unsent()) return;
    const [old, count] = [waiting(document), page && waiting(page)];
    if (old && count) morph(old, count);
    show(page, url);
  } catch {
    // The next round tries again.
  }
}

/** Sends a move in place; its good news becomes a toast, its bad news stays on the page. */
export async function move(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  const body = new FormData(form, button);
  moving = true;
  button?.setAttribute("aria-busy", "true");
  try {
    takeOver(await fetchPage(form.action, body), form);
  } catch {
    // No answer: let the browser send the form itself and show what is wrong.
    form.dataset.plain = "true";
    if (button) form.requestSubmit(button);
    else form.submit();
  } finally {
    moving = false;
    button?.removeAttribute("aria-busy");
  }
}

export function begin(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form.move") || form.dataset.plain) return;
    event.preventDefault();
    if (moving) return;
    void move(form, event.submitter).catch(() => undefined);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing()) return;
    const search = document.querySelector<HTMLInputElement>("input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  const photos = document.querySelector<HTMLFormElement>("form[data-island=photos]");
  if (photos) new Photos(photos, (answer) => takeOver(answer, photos));
  document.addEventListener("visibilitychange", () => void refresh());
  setInterval(() => void refresh(), FRESH_MS);
}

if (content(document)) begin();
