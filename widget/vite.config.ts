import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = `${here}node_modules`;

// The tests lie in /tests/widget, beside every other room's, and borrow this package's modules.
export default defineConfig({
  root: here,
  base: "/static/",
  define: { __APP__: JSON.stringify("assets/app.js") },
  resolve: {
    alias: [{ find: /^(preact|@preact\/signals|vitest|happy-dom|vite)(?=\/|$)/, replacement: `${modules}/$1` }],
  },
  server: { fs: { allow: [`${here}..`] } },
  test: {
    dir: `${here}../tests/widget`,
    include: ["**/*.test.{ts,tsx}"],
    environment: "happy-dom",
    restoreMocks: true,
    sequence: { shuffle: true },
  },
});
