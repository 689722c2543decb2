/** The tracking page, alive: a hint says that something changed, the page's newer self is fetched and taken over. */

import { fetchPage } from "./fetch.ts";
import { morph } from "./morph.ts";

/** After a stream was refused; also how stale a page may be without one. */
const AGAIN_MS = 30_000;
const MINUTE = 60_000;

const selector = "[data-island=tracking]";

export function follow(island: HTMLElement): void {
  const { events } = island.dataset;
  if (!events) return;
  const live = island.querySelector<HTMLElement>("[data-live]");
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  island.after(said);

  let busy = false;
  let again = false;
  const refresh = async (): Promise<void> => {
    again = busy;
    if (busy) return;
    busy = true;
    try {
      const { status, page } = await fetchPage(location.href);
      const next = page?.querySelector(selector);
      if (status === 200 && next) {
        const shown = live?.hidden;
        const before = island.querySelector("[data-stage-title]")?.textContent;
        morph(island, next);
        if (live && shown !== undefined) live.hidden = shown;
        const now = island.querySelector("[data-stage-title]")?.textContent;
        if (now && now !== before) said.textContent = now;
      }
    } catch {
      // The line is down: the stream says when it is back.
    } finally {
      busy = false;
      if (again) void refresh();
    }
  };

  const listen = (): void => {
    const stream = new EventSource(events);
    let opened = false;
    stream.addEventListener("open", () => {
      if (live) live.hidden = false;
      // What happened while the line was down sent no hint.
      if (opened) void refresh();
      opened = true;
    });
    stream.addEventListener("changed", () => void refresh());
    stream.addEventListener("error", () => {
      if (live) live.hidden = true;
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        void refresh();
        listen();
      }, AGAIN_MS);
    });
  };
  listen();
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void refresh());
  // "5 minutes ago" grows old by itself.
  setInterval(() => document.visibilityState === "visible" && void refresh(), MINUTE);
}

const island = document.querySelector<HTMLElement>(selector);
if (island) follow(island);
