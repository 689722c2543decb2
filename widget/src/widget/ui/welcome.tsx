/** Before the first word: who is here, what to expect, four ways to begin. */

import { ChevronRight } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import { words } from "../words.ts";

export function WelcomeView({ start }: { start: (text: string) => void }): JSX.Element {
  return (
    <div class="welcome">
      <h3>{words.greeting}</h3>
      <p>{words.greetingText}</p>
      <ul>
        {words.starters.map((text) => (
          <li key={text}>
            <button type="button" class="starter" onClick={() => start(text)}>
              {text}
              <Icon of={ChevronRight} size={16} />
            </button>
          </li>
        ))}
      </ul>
      <p class="welcome__note">{words.botNote}</p>
    </div>
  );
}
