import type { JSX } from "preact";
import { words } from "../words.ts";

export function Skeleton(): JSX.Element {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{words.loading}</span>
      <i />
      <i />
      <i />
      <i />
    </div>
  );
}
