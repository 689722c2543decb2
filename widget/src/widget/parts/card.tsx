import { ExternalLink } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { CardPart } from "../protocol.ts";
import { words } from "../words.ts";

export function LinkCard({ part }: { part: CardPart }): JSX.Element {
  return (
    <div class="card link-card">
      <h3>{part.title}</h3>
      {part.text && <p>{part.text}</p>}
      {part.url && (
        <a href={part.url} target="_blank" rel="noopener">
          {words.more}
          <Icon of={ExternalLink} size={14} />
          <span class="hidden">
            {part.title}, {words.newTab}
          </span>
        </a>
      )}
    </div>
  );
}
