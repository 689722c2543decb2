/** Where the customer writes: grows with the text, Enter sends, a draft survives the page. */

import { ArrowUp } from "lucide";
import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Store } from "../storage.ts";
import { TEXT_LIMIT, words } from "../words.ts";

const NEAR = 400;

export interface ComposerProps {
  inputRef: RefObject<HTMLTextAreaElement | null>;
  drafts: Store;
  draftKey: string;
  send: (text: string) => void;
  typing: (on: boolean) => void;
}

/** As the server counts: characters, not UTF-16 units. */
export const lengthOf = (text: string): number => [...text].length;

export function Composer({ inputRef, drafts, draftKey, send, typing }: ComposerProps): JSX.Element {
  const [text, setText] = useState(() => drafts.get(draftKey) ?? "");
  const trimmed = text.trim();
  const left = TEXT_LIMIT - (text.length < TEXT_LIMIT - NEAR ? 0 : lengthOf(trimmed));
  const ready = trimmed !== "" && left >= 0;

  useLayoutEffect(() => {
    const input = inputRef.current;
    if (!input) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight}px`;
  }, [text]);

  const write = (value: string): void => {
    setText(value);
    if (value) drafts.set(draftKey, value);
    else drafts.remove(draftKey);
    typing(value.trim() !== "");
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    inputRef.current?.focus();
    if (!ready) return;
    send(trimmed);
    write("");
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter picks a word (229 is how Safari says so).
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  };

  return (
    <form class="composer" onSubmit={submit}>
      <div class="composer__box">
        <textarea
          ref={inputRef}
          class="composer__input"
          rows={1}
          value={text}
          placeholder={words.placeholder}
          aria-label={words.composer}
          aria-invalid={left < 0 ? "true" : undefined}
          aria-describedby={left <= NEAR ? "left" : undefined}
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => typing(false)}
        />
        <button type="submit" class="composer__send" aria-label={words.send} aria-disabled={!ready}>
          <span>
            <Icon of={ArrowUp} />
          </span>
        </button>
      </div>
      {left <= NEAR && (
        <p id="left" class="composer__left" data-over={left < 0} role={left < 0 ? "alert" : undefined}>
          {left < 0 ? words.tooLong(-left) : words.left(left)}
        </p>
      )}
    </form>
  );
}
