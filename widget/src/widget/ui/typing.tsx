import type { JSX } from "preact";
import type { Author } from "../protocol.ts";
import { words } from "../words.ts";
import { authorName } from "./group.tsx";
import { Avatar } from "./header.tsx";

export function TypingBubble({ author }: { author: Author }): JSX.Element {
  return (
    <div class="group group--typing" data-kind={author.kind} aria-live="off">
      <Avatar kind={author.kind} name={author.name} />
      <p class="bubble dots">
        <span class="hidden">{words.typing(authorName(author))}</span>
        <i />
        <i />
        <i />
      </p>
    </div>
  );
}
