/** Builds everything into dist: hashed assets with manifest.json, and widget.js (the loader) at a stable name. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, env, exit } from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { licences } from "./licences.mjs";
import { report } from "./sizes.mjs";

// A build is for people, whoever starts it: a test's NODE_ENV would put development code and file paths in.
env.NODE_ENV = "production";

const here = dirname(fileURLToPath(import.meta.url));
const out = argv[2] ?? join(here, "dist");
rmSync(out, { recursive: true, force: true });

const common = {
  root: here,
  base: "/static/",
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  // No polyfill that guesses: every browser with constructable style sheets has the rest.
  build: {
    outDir: out,
    emptyOutDir: false,
    target: "es2022",
    cssTarget: "safari16.4",
    modulePreload: false,
    assetsInlineLimit: 0,
    sourcemap: false,
  },
};

/** Drops the design tokens a sheet never reads, so that the loader carries the ones it draws with and no more. */
const onlyUsedTokens = {
  name: "only-used-tokens",
  enforce: "post",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      for (;;) {
        const used = new Set([...chunk.code.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1]));
        const slim = chunk.code.replace(/(--[\w-]+):[^;{}]+(;|(?=}))/g, (all, token) => (used.has(token) ? all : ""));
        if (slim === chunk.code) break;
        chunk.code = slim;
      }
    }
  },
};

async function pages() {
  await build({
    ...common,
    build: {
      ...common.build,
      manifest: "manifest.json",
      rollupOptions: {
        input: ["src/portal/pages.css", "src/portal/tracking.ts", "src/portal/staff.ts", "src/portal/desk/desk.ts"].map((file) =>
          join(here, file),
        ),
      },
    },
  });
}

/** One file with everything in it. Library mode, because it leaves the loader's import() as it is written. */
async function script(entry, format, fileName, options = {}) {
  const result = await build({
    ...common,
    ...options,
    build: {
      ...common.build,
      lib: { entry: join(here, entry), formats: [format], name: "revivatech" },
      rollupOptions: { output: { entryFileNames: fileName, codeSplitting: false, minify: true } },
    },
  });
  return [result].flat()[0].output[0].fileName;
}

await pages();
const app = await script("src/widget/app.tsx", "es", "assets/app-[hash].js");
await script("src/widget/loader.ts", "iife", "widget.js", { define: { __APP__: JSON.stringify(app) }, plugins: [onlyUsedTokens] });

const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
manifest["src/widget/app.tsx"] = { file: app, src: "src/widget/app.tsx", isEntry: true };
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(out, "licences.txt"), licences(here));

if (!report(out, app)) exit(1);
