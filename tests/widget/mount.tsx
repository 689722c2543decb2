/** Draws components into a page of their own and takes them away again. */

import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach } from "vitest";

const places: HTMLElement[] = [];

afterEach(() => {
  for (const place of places.splice(0)) {
    render(null, place);
    place.remove();
  }
});

export function mount(node: ComponentChild): HTMLElement {
  const place = document.createElement("div");
  document.body.append(place);
  places.push(place);
  void act(() => render(node, place));
  return place;
}

export const redraw = (place: HTMLElement, node: ComponentChild): void => void act(() => render(node, place));

/** Buttons by the name a screen reader would say. */
export function button(place: ParentNode, name: string): HTMLButtonElement {
  const found = [...place.querySelectorAll("button")].find(
    (candidate) => (candidate.getAttribute("aria-label") ?? candidate.textContent ?? "").trim() === name,
  );
  if (!found) throw new Error(`no button "${name}" in ${place.textContent}`);
  return found;
}

export function click(element: Element): void {
  void act(() => {
    element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }));
  });
}

export function type(element: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  void act(() => {
    element.value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

export function press(element: Element, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  void act(() => {
    element.dispatchEvent(event);
  });
  return event;
}
