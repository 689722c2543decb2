/** Full screen on a phone: the panel follows the visible part of the page, keyboard included, and the page behind stays put. */

import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

const PHONE = "(max-width: 480px), (max-height: 520px)";

export function useFullScreen(panel: RefObject<HTMLElement | null>, open: boolean): boolean {
  const [full, setFull] = useState(() => matchMedia(PHONE).matches);

  useEffect(() => {
    const query = matchMedia(PHONE);
    const change = (): void => setFull(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);

  useEffect(() => {
    if (!full || !open) return;
    const page = document.documentElement.style;
    const before = page.overflow;
    page.overflow = "hidden";
    const view = window.visualViewport;
    const follow = (): void => {
      panel.current?.style.setProperty("--view-height", view ? `${view.height}px` : "100dvh");
      panel.current?.style.setProperty("--view-top", view ? `${view.offsetTop}px` : "0px");
    };
    follow();
    view?.addEventListener("resize", follow);
    view?.addEventListener("scroll", follow);
    return () => {
      page.overflow = before;
      view?.removeEventListener("resize", follow);
      view?.removeEventListener("scroll", follow);
    };
  }, [full, open]);

  return full;
}
