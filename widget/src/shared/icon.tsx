import { h, type JSX } from "preact";

/** A lucide drawing: `[["path", {d: "…"}], …]`. */
export type Drawing = readonly (readonly [tag: string, attributes: Readonly<Record<string, string | number | undefined>>])[];

/** Inline SVG, decoration only: the words stand beside it. */
export function Icon({ of, size = 20 }: { of: Drawing; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {of.map(([tag, attributes], at) => h(tag, { ...attributes, key: at }))}
    </svg>
  );
}
