/** A few emoji for who has a keyboard without them: one button, and a grid above the composer while it is open. */

import { Smile } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import { words } from "../words.ts";
import { buttonsIn, rove } from "./rove.ts";

const EMOJI: ReadonlyArray<readonly [string, string]> = Object.entries(words.emoji);

export function EmojiPicker({ insert, leave }: { insert: (emoji: string) => void; leave: () => void }): JSX.Element {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!open) return;
    grid.current?.querySelector("button")?.focus();
    const outside = (event: PointerEvent): void => {
      if (place.current && !event.composedPath().includes(place.current)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      // The chat itself stays open.
      event.stopPropagation();
      setOpen(false);
      leave();
    } else if (event.key === "Tab") setOpen(false);
    else if (grid.current) rove(event, buttonsIn(grid.current));
  };
  return (
    <div class="emoji" ref={place}>
      <button
        type="button"
        class="pick"
        aria-label={words.addEmoji}
        aria-expanded={open}
        aria-haspopup="true"
        onClick={() => setOpen(!open)}
      >
        <Icon of={Smile} />
      </button>
      {open && (
        <div class="emoji__grid" role="toolbar" aria-label={words.addEmoji} ref={grid} onKeyDown={onKeyDown}>
          {EMOJI.map(([emoji, name], at) => (
            <button
              key={emoji}
              type="button"
              aria-label={name}
              tabIndex={at === 0 ? 0 : -1}
              onClick={() => {
                insert(emoji);
                setOpen(false);
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
