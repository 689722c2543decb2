/** The size bar: loader ≤ 5 kB, the whole chat ≤ 60 kB, both gzip. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export const LOADER = 5_000;
export const CHAT = 60_000;

const gzip = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

/** Sizes in bytes as a browser downloads them. */
export function sizes(out, app) {
  const loader = gzip(join(out, "widget.js"));
  return { loader, chat: loader + gzip(join(out, app)) };
}

/** Prints the sizes; false when one is over its bar. */
export function report(out, app) {
  const { loader, chat } = sizes(out, app);
  console.log(`loader ${loader} of ${LOADER} bytes, chat in all ${chat} of ${CHAT} bytes (gzip)`);
  return loader <= LOADER && chat <= CHAT;
}
