/** Arrow keys, Home and End go round a row or a grid of buttons that is one stop for Tab; where they went to, or null. */
export function rove(event: KeyboardEvent, stops: readonly HTMLElement[]): number | null {
  const at = stops.indexOf(event.target as HTMLElement);
  // A grid has as many columns as buttons stand beside the first.
  const wide = stops.filter((stop) => stop.offsetTop === stops[0]?.offsetTop).length;
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1 + stops.length,
    ...(wide < stops.length && { ArrowDown: Math.min(at + wide, stops.length - 1), ArrowUp: Math.max(at - wide, 0) }),
    Home: 0,
    End: stops.length - 1,
  };
  const step = steps[event.key];
  if (step === undefined || at < 0) return null;
  event.preventDefault();
  const next = step % stops.length;
  stops.forEach((stop, number) => {
    stop.tabIndex = number === next ? 0 : -1;
  });
  stops[next]?.focus();
  return next;
}

export const buttonsIn = (place: HTMLElement): HTMLElement[] => [...place.querySelectorAll<HTMLElement>("button")];
