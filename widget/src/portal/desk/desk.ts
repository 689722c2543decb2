/** The desk's island: joins state, line and picture inside a shadow root, where the chat's own styles are at home. */

import { effect, signal } from "@preact/signals";
import { h, render } from "preact";
import { Chime } from "../../widget/chime.ts";
import { createOutbox } from "../../widget/outbox.ts";
import { Photos } from "../../widget/photos.ts";
import { safeStore } from "../../widget/storage.ts";
import { upload } from "../../widget/upload.ts";
import { lastSeq } from "../../widget/view.ts";
import { socketWire } from "../../widget/wire.ts";
import { DeskConnection } from "./connection.ts";
import { Controls } from "./controls.ts";
import style from "./desk.css?inline";
import { siteHttp } from "./http.ts";
import { apply, type Desk, type DeskEvent, initial } from "./state.ts";
import { App } from "./ui/app.tsx";
import { words } from "./words.ts";

export function begin(host: HTMLElement): void {
  const { csrf = "", staff = "" } = host.dataset;
  const origin = location.origin;
  const store = safeStore(() => localStorage);
  const visit = safeStore(() => sessionStorage);
  // Of this person alone: at a shared computer nobody sends what somebody else wrote.
  const name = (key: string): string => `revivatech:desk:${staff}:${key}`;
  const state = signal<Desk>({ ...initial, link: navigator.onLine ? "connecting" : "offline" });
  const now = signal(Date.now());
  const chime = new Chime(store, name("sound"));
  const trays = new Map<string, Photos>();
  const outPrefix = name("out:");
  const idOf = (key: string): string | null => (key.startsWith(outPrefix) ? (key.slice(outPrefix.length).split(":")[0] ?? null) : null);

  const dispatch = (event: DeskEvent): void => {
    state.value = apply(state.value, event);
  };
  const connection = new DeskConnection({
    open: socketWire(origin, "/technician"),
    http: siteHttp(csrf),
    outbox: (id) => createOutbox(store, `${outPrefix}${id}:`),
    unsent: () => [...new Set(store.keys().flatMap((key) => idOf(key) ?? []))],
    state: () => state.peek(),
    dispatch,
    alert: (alert) => controls.hear(alert),
    now: Date.now,
    online: () => navigator.onLine,
  });
  const photosOf = (id: string): Photos => {
    const known =
      trays.get(id) ?? new Photos({ origin, proof: () => ({ "X-CSRF-Token": csrf }), upload, store: visit, key: name(`photos:${id}`) });
    trays.set(id, known);
    return known;
  };
  const drafts = {
    get: (key: string) => visit.get(name(`draft:${key}`)),
    set: (key: string, value: string) => visit.set(name(`draft:${key}`), value),
    remove: (key: string) => visit.remove(name(`draft:${key}`)),
    keys: () => [],
  };
  const hash = (): string | null => /^#([0-9a-f-]{36})$/.exec(location.hash)?.[1] ?? null;
  const go = (id: string | null): void => {
    if (id === hash()) return;
    if (id === null && history.state?.fromQueue) {
      history.back();
      return;
    }
    // From one conversation to the next is no step to go back over.
    const inside = hash() !== null && id !== null;
    const at = id === null ? location.pathname : `#${id}`;
    if (inside || id === null) history.replaceState(history.state, "", at);
    else history.pushState({ fromQueue: true }, "", at);
    controls.arrive(id);
  };
  const controls = new Controls({ desk: state, now, connection, chime, drafts, photos: photosOf, go });
  for (const sign of ["popstate", "hashchange"]) addEventListener(sign, () => controls.arrive(hash()));

  addEventListener("storage", (event) => {
    const id = event.storageArea === localStorage && event.key ? idOf(event.key) : null;
    if (id && event.key) connection.stored(id, event.key.slice(`${outPrefix}${id}:`.length));
  });
  const wake = (): void => {
    if (document.visibilityState === "visible") connection.wake();
  };
  for (const sign of ["online", "focus", "pageshow"]) addEventListener(sign, wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("offline", () => connection.lost());
  setInterval(() => {
    dispatch({ type: "tick", now: Date.now() });
    if (Date.now() - now.peek() >= 15_000) now.value = Date.now();
  }, 1000);

  const title = document.title.replace(/^Desk/, "");
  const badge = document.getElementById("desk-waiting");
  effect(() => {
    const { rows, loaded } = state.value;
    if (!loaded) return;
    const waiting = rows.filter(({ owner }) => owner === "waiting").length;
    document.title = (waiting ? words.waitingTitle(waiting) : "Desk") + title;
    if (!badge) return;
    badge.hidden = waiting === 0;
    const figure = badge.querySelector(".figure");
    if (figure) figure.textContent = String(waiting);
  });
  // A customer of one's own who writes while the desk is out of sight.
  const heard = new Map<string, number>();
  effect(() => {
    for (const [id, talk] of Object.entries(state.value.talks)) {
      const newest = lastSeq(talk.thread);
      const before = heard.get(id);
      heard.set(id, newest);
      const fresh = before !== undefined && talk.thread.messages.some(({ seq, author }) => seq > before && author.kind === "customer");
      if (fresh && (document.hidden || !document.hasFocus()) && talk.conversation?.technician?.id === staff) chime.ring();
    }
  });

  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  const inside = document.createElement("div");
  inside.className = "island";
  root.append(inside);
  render(h(App, { controls }), inside);
  connection.start();
  controls.arrive(hash());
}

const host = document.getElementById("desk");
if (host) begin(host);
