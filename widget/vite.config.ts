import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));
const tests = fileURLToPath(new URL("../tests/widget", import.meta.url));

/** The tests lie in /tests/widget, beside every other room's, and borrow this package's modules. */
const borrowed: Plugin = {
  name: "borrowed-modules",
  enforce: "pre",
  resolveId(source, importer) {
    const bare = /^[@\w]/.test(source);
    return bare && importer?.startsWith(tests) ? this.resolve(source, `${here}vite.config.ts`, { skipSelf: true }) : null;
  },
};

export default defineConfig({
  root: here,
  plugins: [borrowed],
  define: { __APP__: JSON.stringify("assets/app-not-built.js") },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { fs: { allow: [`${here}..`] } },
  test: {
    dir: tests,
    include: ["**/*.test.{ts,tsx}"],
    environment: "happy-dom",
    restoreMocks: true,
    sequence: { shuffle: true },
  },
});
