/** One key for each thing that is done all day; none of them while somebody types. */

import type { Controls } from "./controls.ts";

const TYPING = "input, textarea, select, [contenteditable]";

/** Whatever really has the focus, inside the island too. */
export function focused(root: Document | ShadowRoot): Element | null {
  return root.activeElement;
}

export interface Deeds {
  readonly next: (step: 1 | -1) => void;
  readonly write: (mode: "reply" | "note") => void;
  readonly search: () => void;
  readonly list: () => void;
}

/** Does what a key stands for; true when it stood for something. */
export function pressed(event: KeyboardEvent, target: Element | null, controls: Controls, deeds: Deeds): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || controls.asked.peek()) return false;
  const typing = target?.matches(TYPING) ?? false;
  const id = controls.openId.peek();
  if (event.key === "Escape") {
    if (typing) deeds.list();
    else if (controls.detailed.peek()) controls.details(false);
    else if (id) controls.back();
    else return false;
    return true;
  }
  if (typing) return false;
  const desk = controls.desk.peek();
  const conversation = (id ? desk.talks[id]?.conversation : undefined) ?? undefined;
  const mine = conversation?.owner === "technician" && conversation.technician?.id === desk.me?.id;
  const can: Record<string, (() => unknown) | false | undefined> = {
    j: () => deeds.next(1),
    ArrowDown: () => deeds.next(1),
    k: () => deeds.next(-1),
    ArrowUp: () => deeds.next(-1),
    "/": deeds.search,
    "?": () => controls.ask("help"),
    z: () => controls.undo(),
    i: conversation && (() => controls.details(!controls.detailed.peek())),
    n: conversation && (() => deeds.write("note")),
    r: mine && (() => deeds.write("reply")),
    t: conversation && !mine && (() => controls.take()),
    e: conversation && (mine || conversation.technician === null) && conversation.owner !== "closed" && (() => controls.resolve()),
    b: mine && (() => controls.release()),
    x: mine && (() => controls.ask("transfer")),
    s: mine && (() => controls.ask("snooze")),
  };
  const deed = can[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  // Arrow keys scroll what is read unless a row has the focus.
  const arrow = event.key.startsWith("Arrow");
  if (!deed || (arrow && !target?.matches(".row"))) return false;
  deed();
  return true;
}
