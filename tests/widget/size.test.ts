// @vitest-environment node
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHAT, LOADER, sizes } from "../../widget/sizes.mjs";

interface Entry {
  readonly file: string;
}

const out = mkdtempSync(join(tmpdir(), "widget-"));
let manifest: Record<string, Entry>;
const file = (name: string): string => readFileSync(join(out, name), "utf8");
const app = (): string => manifest["src/widget/app.tsx"]?.file ?? "";

beforeAll(() => {
  execFileSync(process.execPath, ["build.mjs", out], { stdio: "pipe" });
  manifest = JSON.parse(file("manifest.json"));
}, 120_000);

afterAll(() => rmSync(out, { recursive: true, force: true }));

describe("the build", () => {
  it("stays within the size bar", () => {
    const { loader, chat } = sizes(out, app());
    console.log(`loader ${loader} bytes, chat in all ${chat} bytes (gzip)`);
    expect(loader).toBeLessThanOrEqual(LOADER);
    expect(chat).toBeLessThanOrEqual(CHAT);
  });

  it("names every file by its content, except the loader", () => {
    for (const source of [
      "src/portal/pages.css",
      "src/portal/tracking.ts",
      "src/portal/staff.ts",
      "src/portal/desk/desk.ts",
      "src/widget/app.tsx",
    ]) {
      const built = manifest[source]?.file ?? "";
      expect(built).toMatch(/^assets\/[\w.-]+-[\w-]{8}\.(js|css)$/);
      expect(existsSync(join(out, built))).toBe(true);
    }
    expect(file("widget.js")).toContain(app());
  });

  it("runs under a strict policy: no eval, no markup from strings", () => {
    const scripts = [
      "widget.js",
      ...readdirSync(join(out, "assets"))
        .filter((name) => name.endsWith(".js"))
        .map((name) => `assets/${name}`),
    ];
    for (const name of scripts) {
      const code = file(name);
      expect([name, code.match(/\beval\(|document\.write|insertAdjacentHTML|\.outerHTML|process\.env|jsxDEV/)?.[0]]).toEqual([
        name,
        undefined,
      ]);
      // Preact knows `dangerouslySetInnerHTML`; that we never use it is the linter's to say.
      const drawing = [app(), manifest["src/portal/desk/desk.ts"]?.file];
      if (!drawing.includes(name)) expect([name, code.includes("innerHTML")]).toEqual([name, false]);
    }
  });

  it("passes on the licences of what it ships", () => {
    const text = file("licences.txt");
    for (const name of ["preact", "@preact/signals", "socket.io-client", "engine.io-client", "lucide", "@fontsource-variable/inter"]) {
      expect(text).toContain(`\n${name} `.trimStart());
    }
    expect(text).toContain("SIL OPEN FONT LICENSE");
    expect(text).not.toContain("vitest");
  });

  it("sets its own font from its own files", () => {
    const sheet = file(manifest["src/portal/pages.css"]?.file ?? "");
    expect(sheet).toContain("Inter Variable");
    for (const [, address] of sheet.matchAll(/url\(([^)]+)\)/g)) expect(address).toMatch(/^"?(\/static\/assets\/|\.\/)[\w.-]+\.woff2"?$/);
  });
});
