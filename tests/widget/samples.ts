import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

// Tests run in widget/.
const folder = resolve(process.cwd(), "../tests/contract/samples");

/** One sample of the wire, as it travels. */
export const sample = (name: string): unknown => JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8"));

export const sampleNames = (prefix: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
