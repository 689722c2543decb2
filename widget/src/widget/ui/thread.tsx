/** The conversation itself: days, groups, bubbles; keeps its place while things arrive above and below. */

import type { Signal } from "@preact/signals";
import { ArrowDown } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { State } from "../fold.ts";
import { dayLabel } from "../time.ts";
import { type Aside, days, type Group, lastSeq, readMark } from "../view.ts";
import { words } from "../words.ts";
import { Skeleton } from "./skeleton.tsx";
import { TypingBubble } from "./typing.tsx";

/** A thousand bubbles cost the phone more than anybody reads; earlier ones come when the customer scrolls up. */
const PAGE = 60;
const NEAR_END = 60;

export interface ThreadProps {
  state: Signal<State>;
  now: Signal<number>;
  open: boolean;
  read: (seq: number) => void;
  /** What is shown of a conversation in which nothing has been said. */
  empty: ComponentChildren;
  asides?: readonly Aside[];
  draw: (known: State) => (group: Group) => JSX.Element;
}

const calm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function Thread({ state, now, open, read, empty: welcome, asides = [], draw }: ThreadProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const bottomGap = useRef<number | null>(null);
  const [limit, setLimit] = useState(PAGE);
  const [away, setAway] = useState(false);
  const [visible, setVisible] = useState(() => document.visibilityState === "visible");
  const seenAtLeave = useRef(0);
  const known = state.value;
  const newest = lastSeq(known);

  const sized = useRef("");
  const sizeOf = (element: HTMLElement): string => `${element.clientHeight} ${element.scrollHeight}`;
  const toEnd = (): void => {
    const element = box.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    sized.current = sizeOf(element);
  };
  /** Only the last stretch is shown moving: nobody wants to see a year of messages fly by. */
  const glideToEnd = (): void => {
    const element = box.current;
    if (!element) return;
    const near = element.scrollHeight - 2 * element.clientHeight;
    if (element.scrollTop < near) element.scrollTop = near;
    element.focus({ preventScroll: true });
    element.scrollTo({ top: element.scrollHeight, behavior: calm() ? "instant" : "smooth" });
  };

  useEffect(() => {
    const change = (): void => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", change);
    return () => document.removeEventListener("visibilitychange", change);
  }, []);

  // Whatever changes height (a card, the keyboard, the composer): who was at the end stays at the end.
  useEffect(() => {
    if (typeof ResizeObserver === "undefined" || !box.current || !list.current) return;
    const observer = new ResizeObserver(() => atEnd.current && toEnd());
    observer.observe(box.current);
    observer.observe(list.current);
    return () => observer.disconnect();
  }, []);

  const outboxSize = useRef(known.outbox.length);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    // One's own new message always brings the end into view.
    if (known.outbox.length > outboxSize.current) atEnd.current = true;
    outboxSize.current = known.outbox.length;
    if (bottomGap.current !== null) {
      element.scrollTop = element.scrollHeight - bottomGap.current;
      bottomGap.current = null;
    } else if (atEnd.current) toEnd();
  });

  const mark = readMark(known);
  const reading = open && visible && !away && known.loaded;
  useEffect(() => {
    if (reading && newest > mark) read(newest);
  }, [reading, newest, mark]);

  const onScroll = (): void => {
    const element = box.current;
    if (!element) return;
    const grown = sized.current !== sizeOf(element);
    sized.current = sizeOf(element);
    // A turned phone or its keyboard moves what is seen as well: nobody has scrolled away by that.
    if (grown && atEnd.current) {
      toEnd();
      return;
    }
    const gap = element.scrollHeight - element.scrollTop - element.clientHeight;
    atEnd.current = gap < NEAR_END;
    if (!atEnd.current && !away) seenAtLeave.current = newest;
    setAway(!atEnd.current);
    if (element.scrollTop < 200 && limit < known.messages.length) earlier();
  };
  const earlier = (): void => {
    if (box.current) bottomGap.current = box.current.scrollHeight - box.current.scrollTop;
    setLimit((value) => value + PAGE);
  };

  const fresh = away
    ? known.messages.filter((message) => message.seq > seenAtLeave.current && message.author.kind !== known.self.kind).length
    : 0;
  const empty = known.loaded && known.messages.length === 0 && known.outbox.length === 0 && asides.length === 0;
  const loading = !known.loaded && known.messages.length === 0 && known.outbox.length === 0;
  const drawn = draw(known);
  const today = new Date(now.value);

  return (
    <div class="thread">
      <div
        class="thread__box"
        ref={box}
        onScroll={onScroll}
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={words.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: without it Safari cannot scroll here by keyboard
        tabIndex={0}
      >
        {loading && <Skeleton />}
        {empty && welcome}
        <div class="thread__list" ref={list}>
          {limit < known.messages.length && (
            <button type="button" class="quiet thread__earlier" onClick={earlier}>
              {words.earlier}
            </button>
          )}
          {days(known, limit, Date.now(), asides).map((day) => (
            <div class="day" key={day.key}>
              <p class="day__label">
                <time dateTime={day.at}>{dayLabel(day.at, today)}</time>
              </p>
              {day.groups.map(drawn)}
            </div>
          ))}
          {known.typing && <TypingBubble author={known.typing.author} />}
        </div>
      </div>
      {away && (
        <button type="button" class="pill" data-fresh={fresh > 0} aria-label={fresh ? undefined : words.latest} onClick={glideToEnd}>
          {fresh > 0 && words.newMessages(fresh)}
          <Icon of={ArrowDown} size={16} />
        </button>
      )}
    </div>
  );
}
