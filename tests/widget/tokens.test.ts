import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const sheet = readFileSync("src/shared/tokens.css", "utf8");

type Colour = readonly [number, number, number];

function block(opening: string): Map<string, Colour> {
  const from = sheet.indexOf(opening);
  if (from < 0) throw new Error(opening);
  const body = sheet.slice(from, sheet.indexOf("}", from));
  return new Map(
    [...body.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g)].map(([, name, ...given]) => [
      name ?? "",
      given.map(Number) as unknown as Colour,
    ]),
  );
}

/** Relative luminance of an OKLCH colour (Björn Ottosson's matrices), as WCAG 2.2 wants it. */
function luminance([lightness, chroma, hue]: Colour): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  const green = clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  const blue = clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const light = block("color-scheme: light dark");
const dark = block(':root[data-theme="dark"]');
const system = block("@media (prefers-color-scheme: dark)");

const grounds = ["ground", "surface", "raised"];
const pairs: Array<[string, string, number]> = [
  ...["text", "text-soft", "accent"].flatMap((ink) =>
    [...grounds, "accent-soft"].map((ground) => [ink, ground, 4.5] as [string, string, number]),
  ),
  ...["good", "warn", "bad", "info"].flatMap((ink) =>
    [`${ink}-soft`, "surface", "ground", "raised"].map((ground) => [ink, ground, 4.5] as [string, string, number]),
  ),
  ["on-accent", "accent", 4.5],
  ["on-accent", "accent-strong", 4.5],
  ["on-own", "own", 4.5],
  ["surface", "bad", 4.5],
  ...["line-strong", "focus"].flatMap((line) => grounds.map((ground) => [line, ground, 3] as [string, string, number])),
];

it.each([
  ["light", light],
  ["dark", dark],
] as const)("every pair of colours that meets is readable in %s", (_, map) => {
  const colour = (name: string): Colour => {
    const found = map.get(name);
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const poor = pairs.flatMap(([ink, ground, least]) => {
    const [dim = 0, bright = 0] = [luminance(colour(ink)), luminance(colour(ground))].sort((a, b) => a - b);
    const contrast = (bright + 0.05) / (dim + 0.05);
    return contrast < least ? [`${ink} on ${ground}: ${contrast.toFixed(2)}`] : [];
  });
  expect(poor).toEqual([]);
});

it("light and dark are two maps of the same names, and dark is the same by system and by choice", () => {
  expect([...dark.keys()].sort()).toEqual([...light.keys()].sort());
  expect(system).toEqual(dark);
});
