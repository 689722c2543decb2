/** The chat itself: joins state, connection and panel, and answers the loader. */

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import style from "./app.css?inline";
import { Chime } from "./chime.ts";
import { Connection } from "./connection.ts";
import { apply, type Event, initial, type State } from "./fold.ts";
import { lend, orderOn } from "./order.ts";
import { createOutbox } from "./outbox.ts";
import { Photos } from "./photos.ts";
import type { Chat, Shell } from "./shell.ts";
import { safeStore } from "./storage.ts";
import { Panel } from "./ui/panel.tsx";
import { upload } from "./upload.ts";
import { unread } from "./view.ts";
import { socketWire } from "./wire.ts";

/** Draws the closed chat into the loader's shadow root and connects it. */
export function start(shell: Shell): Chat {
  const { root, origin, launcher } = shell;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  const name = (key: string) => `revivatech:${origin}:${key}`;
  const store = safeStore(() => localStorage);
  const visit = safeStore(() => sessionStorage);
  const outbox = createOutbox(store, name("out:"));
  const state = signal({ ...initial, link: navigator.onLine ? initial.link : "offline" } satisfies State as State);
  const open = signal(false);
  const minute = signal(Date.now());
  const dispatch = (event: Event): void => {
    state.value = apply(state.value, event);
  };

  const connection = new Connection({
    open: socketWire(origin),
    store,
    outbox,
    credentialKey: name("credential"),
    state: () => state.peek(),
    dispatch,
    alone: (task) => (navigator.locks ? navigator.locks.request(name("begin"), task) : task()),
    now: Date.now,
    online: () => navigator.onLine,
  });

  const photos = new Photos({
    origin,
    proof: () => (connection.key === null ? null : { Authorization: `Bearer ${connection.key}` }),
    upload,
    store: visit,
    key: name("photos"),
  });
  effect(() => {
    if (state.value.link === "online") photos.pump();
  });

  addEventListener("storage", (event) => {
    if (event.storageArea === localStorage) connection.stored(event.key, event.newValue);
  });
  const wake = (): void => {
    if (document.visibilityState === "visible") connection.wake();
  };
  for (const sign of ["online", "focus", "pageshow"]) addEventListener(sign, wake);
  document.addEventListener("visibilitychange", wake);
  addEventListener("offline", () => connection.lost());
  let before = Date.now();
  setInterval(() => {
    const time = Date.now();
    // A clock that jumped means the machine slept: the line may look open and be dead.
    if (time - before > 15_000) wake();
    before = time;
    dispatch({ type: "tick", now: time });
    if (time - minute.peek() >= 60_000) minute.value = time;
  }, 1000);

  effect(() => shell.badge(unread(state.value)));
  effect(() => shell.opened(open.value));
  const chime = new Chime(store, name("sound"));
  effect(() => chime.follow(state.value, !open.value || document.hidden || !document.hasFocus()));
  let order = orderOn(document, origin);
  effect(() => {
    const credential = open.value && state.value.conversation ? store.get(name("credential")) : null;
    if (order === null || credential === null) return;
    void lend(origin, order, credential);
    order = null;
  });

  const chat: Chat = {
    open: () => {
      if (open.peek()) return;
      open.value = true;
      visit.set(name("open"), "1");
    },
    close: () => {
      if (!open.peek()) return;
      open.value = false;
      visit.remove(name("open"));
      launcher.focus();
    },
    toggle: () => (open.peek() ? chat.close() : chat.open()),
  };

  const place = document.createElement("div");
  place.className = "place";
  root.insertBefore(place, launcher);
  render(
    <Panel
      state={state}
      open={open}
      now={minute}
      connection={connection}
      drafts={visit}
      draftKey={name("draft")}
      photos={photos}
      chime={chime}
      close={chat.close}
    />,
    place,
  );
  void connection.start();
  return chat;
}
