/** Where the customer writes: grows with the text, Enter sends, a draft survives the page. */

import { ArrowUp, Camera, ImagePlus } from "lucide";
import type { ComponentChildren, JSX, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Drawing, Icon } from "../../shared/icon.tsx";
import { isPicture, type Photos } from "../photos.ts";
import type { Store } from "../storage.ts";
import { TEXT_LIMIT, words } from "../words.ts";
import { EmojiPicker } from "./emoji.tsx";
import { Tray } from "./tray.tsx";

const NEAR = 400;

export interface ComposerProps {
  inputRef: RefObject<HTMLTextAreaElement | null>;
  drafts: Store;
  draftKey: string;
  photos: Photos;
  send: (text: string) => void;
  typing: (on: boolean) => void;
  label?: string;
  placeholder?: string;
  /** Words alone. */
  plain?: boolean;
  /** More buttons, given a way to put text where the cursor is. */
  tools?: (insert: (text: string) => void) => ComponentChildren;
}

/** As the server counts: characters, not UTF-16 units. */
export const lengthOf = (text: string): number => [...text].length;

export function Composer({
  inputRef,
  drafts,
  draftKey,
  photos,
  send,
  typing,
  label = words.composer,
  placeholder = words.placeholder,
  plain = false,
  tools,
}: ComposerProps): JSX.Element {
  const [text, setText] = useState(() => drafts.get(draftKey) ?? "");
  const trimmed = text.trim();
  const left = TEXT_LIMIT - (text.length < TEXT_LIMIT - NEAR ? 0 : lengthOf(trimmed));
  const tray = plain ? [] : photos.tray.value;
  const unfinished = tray.some(({ state }) => state === "waiting" || state === "sending");
  const ready = (trimmed !== "" || tray.some(({ file_id }) => file_id !== null)) && left >= 0 && !unfinished;

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
  const insert = (emoji: string): void => {
    const input = inputRef.current;
    if (!input) return;
    input.setRangeText(emoji, input.selectionStart, input.selectionEnd, "end");
    write(input.value);
    input.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, Enter picks a word (229 is how Safari says so).
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  };

  const onPaste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    const pictures = plain ? [] : [...(data?.files ?? [])].filter(isPicture);
    // What was copied as text, such as a table, brings a picture of itself along.
    if (!pictures.length || data?.getData("text/plain")) return;
    event.preventDefault();
    photos.add(pictures);
  };

  return (
    <form class="composer" onSubmit={submit}>
      {!plain && <Tray photos={photos} leave={() => inputRef.current?.focus()} />}
      <div class="composer__box">
        {!plain && <Pick label={words.addPhotos} icon={ImagePlus} photos={photos} multiple accept="image/*,.heic,.heif" />}
        {!plain && <Pick label={words.takePhoto} icon={Camera} photos={photos} capture="environment" accept="image/*" />}
        {tools?.(insert)}
        <textarea
          ref={inputRef}
          class="composer__input"
          rows={1}
          value={text}
          placeholder={placeholder}
          aria-label={label}
          aria-invalid={left < 0 ? "true" : undefined}
          aria-describedby={left <= NEAR ? "left" : undefined}
          enterkeyhint="send"
          autocomplete="off"
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => typing(false)}
        />
        <EmojiPicker insert={insert} leave={() => inputRef.current?.focus()} />
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

interface PickProps {
  label: string;
  icon: Drawing;
  photos: Photos;
  accept: string;
  multiple?: boolean;
  capture?: "environment";
}

/** A button that opens the browser's own picker, or the camera where there is one to hold. */
function Pick({ label, icon, photos, ...input }: PickProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const onChange = (): void => {
    if (!field.current) return;
    photos.add(field.current.files ?? []);
    // The same photo may be picked again after it was taken out.
    field.current.value = "";
  };
  return (
    <>
      <button
        type="button"
        class="pick"
        data-camera={input.capture !== undefined}
        aria-label={label}
        onClick={() => field.current?.click()}
      >
        <Icon of={icon} />
      </button>
      <input
        ref={field}
        type="file"
        class="pick__field"
        tabIndex={-1}
        aria-hidden="true"
        aria-label={label}
        onChange={onChange}
        {...input}
      />
    </>
  );
}
