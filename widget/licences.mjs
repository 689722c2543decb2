/** The licences of everything that travels to browsers: theirs ask to be passed on. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One text: each shipped package with its version and its own licence file. */
export function licences(here) {
  const { packages } = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== "" && !dev && existsSync(join(here, path)))
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
      const file = readdirSync(join(here, path)).find((candidate) => /^licen[cs]e/i.test(candidate));
      return `${name} ${version} (${license})\n\n${file ? readFileSync(join(here, path, file), "utf8").trim() : ""}\n`;
    })
    .join(`\n${"-".repeat(72)}\n\n`);
}
