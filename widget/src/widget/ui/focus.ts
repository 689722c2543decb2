/** A button that did its work and went away must not drop the keyboard onto the page behind: the panel catches it. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export function useKeptFocus(panel: RefObject<HTMLElement | null>, open: boolean): void {
  const inside = useRef(false);

  useEffect(() => {
    const element = panel.current;
    if (!element) return;
    const enter = (): void => {
      inside.current = true;
    };
    const leave = (event: FocusEvent): void => {
      // An element that is still here was left on purpose.
      if (event.target instanceof Node && event.target.isConnected) inside.current = false;
    };
    element.addEventListener("focusin", enter);
    element.addEventListener("focusout", leave);
    return () => {
      element.removeEventListener("focusin", enter);
      element.removeEventListener("focusout", leave);
    };
  }, []);

  useLayoutEffect(() => {
    const element = panel.current;
    if (!open || !inside.current || !element) return;
    const root = element.getRootNode() as Document | ShadowRoot;
    const active = root.activeElement;
    if (active === null || active === document.body) element.focus({ preventScroll: true });
  });
}
