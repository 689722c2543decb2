/** /widget.js: draws the launcher at once and fetches the chat when it is wanted or a conversation exists. */

import style from "./launcher.css?inline";
import type { Chat, Shell } from "./shell.ts";

declare const __APP__: string;

declare global {
  interface Window {
    RevivaTech?: { open(): void; close(): void };
  }
}

const script = document.currentScript as HTMLScriptElement | null;

function begin(tag: HTMLScriptElement): void {
  const origin = new URL(tag.src).origin;
  const { position, theme, open } = tag.dataset;
  const host = document.createElement("revivatech-widget");
  if (position === "left") host.dataset.position = position;
  if (theme === "light" || theme === "dark") host.dataset.theme = theme;
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const draw = (name: string, attributes: Record<string, string>): SVGElement => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) node.setAttribute(key, attributes[key] ?? "");
    return node;
  };
  const icon = (name: string, path: string): SVGElement => {
    const svg = draw("svg", { viewBox: "0 0 24 24", class: name, "aria-hidden": "true" });
    svg.append(draw("path", { d: path }));
    return svg;
  };
  const launcher = document.createElement("button");
  launcher.type = "button";
  launcher.className = "launcher";
  const count = document.createElement("span");
  count.className = "launcher__count";
  count.hidden = true;
  const alas = document.createElement("span");
  alas.className = "launcher__alas";
  alas.setAttribute("role", "status");
  launcher.append(
    icon(
      "launcher__chat",
      "M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719",
    ),
    icon("launcher__down", "m6 9 6 6 6-6"),
    count,
  );
  root.append(alas, launcher);

  let news = 0;
  let shown = false;
  const label = () => {
    launcher.setAttribute(
      "aria-label",
      shown ? "Close chat" : news ? `Chat with us, ${news} new message${news > 1 ? "s" : ""}` : "Chat with us",
    );
    launcher.setAttribute("aria-expanded", String(shown));
    count.textContent = news > 9 ? "9+" : String(news);
    count.hidden = shown || !news;
  };
  label();
  const shell: Shell = {
    origin,
    host,
    root,
    launcher,
    badge: (value) => {
      news = value;
      label();
    },
    opened: (value) => {
      shown = value;
      label();
    },
  };

  let tries = 0;
  let loading: Promise<Chat> | null = null;
  // A failed import is remembered by its address, so every further try has another one.
  const load = (): Promise<Chat> => {
    loading ??= import(/* @vite-ignore */ `${origin}/static/${__APP__}${tries++ ? `?${tries}` : ""}`).then(
      (app: { start(shell: Shell): Chat }) => app.start(shell),
    );
    loading.catch(() => {
      loading = null;
    });
    return loading;
  };
  const use = (action: (chat: Chat) => void): void => {
    launcher.setAttribute("aria-busy", "true");
    alas.textContent = "";
    load()
      .then(action, () => {
        alas.textContent = "The chat could not load. Please try again.";
      })
      .finally(() => launcher.removeAttribute("aria-busy"));
  };
  launcher.addEventListener("click", () => use((chat) => chat.toggle()));
  launcher.addEventListener("pointerenter", () => void load().catch(() => {}), { once: true });
  // Any button of the page may open the chat by carrying this attribute.
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-revivatech-open]")) use((chat) => chat.open());
  });
  window.RevivaTech = {
    open: () => use((chat) => chat.open()),
    close: () => loading && use((chat) => chat.close()),
  };

  const stored = (area: () => Storage, key: string): string | null => {
    try {
      return area().getItem(`revivatech:${origin}:${key}`);
    } catch {
      return null;
    }
  };
  document.body.append(host);
  const wide = matchMedia("(min-width: 481px) and (min-height: 521px)").matches;
  if (open === "true" || (wide && stored(() => sessionStorage, "open"))) use((chat) => chat.open());
  else if (stored(() => localStorage, "credential")) {
    const quiet = () => void load().catch(() => {});
    if ("requestIdleCallback" in window) requestIdleCallback(quiet, { timeout: 4000 });
    else setTimeout(quiet, 1500);
  }
}

// A page that names the script twice gets one chat.
if (script && !window.RevivaTech) {
  if (document.body) begin(script);
  else document.addEventListener("DOMContentLoaded", () => begin(script));
}
