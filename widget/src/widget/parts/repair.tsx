import { Check } from "lucide";
import type { JSX } from "preact";
import { Icon } from "../../shared/icon.tsx";
import type { RepairPart } from "../protocol.ts";

export function RepairCard({ part }: { part: RepairPart }): JSX.Element {
  const done = part.stages.filter((stage) => stage.state !== "todo").length;
  return (
    <div class="card repair">
      <div>
        <h3>{part.stage_label}</h3>
        <p class="soft">
          {part.device} <span class="repair__reference">{part.reference}</span>
        </p>
      </div>
      {part.stages.length > 0 && (
        <>
          <div class="bar" aria-hidden="true">
            {part.stages.map((stage) => (
              <i key={stage.code} data-state={stage.state} />
            ))}
          </div>
          <ol class="steps" data-done={done}>
            {part.stages.map((stage) => (
              <li key={stage.code} data-state={stage.state} aria-current={stage.state === "current" ? "step" : undefined}>
                <span class="steps__mark">{stage.state === "done" && <Icon of={Check} size={14} />}</span>
                {stage.label}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
