import { Check } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { ChoicesPart } from "../protocol.ts";
import { words } from "../words.ts";
import type { PartProps } from "./part.tsx";

/** Buttons while the question is open; afterwards a quiet line that still shows what was chosen. One way out that nobody took is gone. */
export function Choices({ part, offers, send }: PartProps<ChoicesPart>): JSX.Element | null {
  const taken = part.choices.some((choice) => choice.chosen || offers.answered.has(choice.id));
  const open = part.open && !taken;
  if (!open && !taken && part.choices.length === 1) return null;
  return (
    <ul class="choices" data-open={open}>
      {part.choices.map((choice) => {
        const chosen = choice.chosen || offers.answered.has(choice.id);
        return (
          <li key={choice.id}>
            {open ? (
              <button type="button" class="choice" onClick={() => send({ choice: choice.id }, choice.title)}>
                {choice.title}
              </button>
            ) : (
              <span class="choice" data-chosen={chosen}>
                {chosen && <Icon of={Check} size={16} />}
                {choice.title}
                {chosen && <span class="hidden">, {words.chosen}</span>}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
