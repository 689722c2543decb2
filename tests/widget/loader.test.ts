import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const later = vi.waitFor;
const root = (): ShadowRoot => {
  const found = document.querySelector("revivatech-widget")?.shadowRoot;
  if (!found) throw new Error("no widget");
  return found;
};
const launcher = (): HTMLButtonElement => root().querySelector(".launcher") as HTMLButtonElement;

async function embed(attributes: Record<string, string> = {}): Promise<void> {
  const script = document.createElement("script");
  Object.assign(script.dataset, attributes);
  Object.defineProperty(script, "src", { value: "https://shop.example/widget.js" });
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  vi.resetModules();
  await import("../../widget/src/widget/loader.ts");
}

beforeEach(() => {
  document.body.replaceChildren();
  delete window.RevivaTech;
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(() => Reflect.deleteProperty(document, "currentScript"));

describe("the loader", () => {
  it("draws a launcher that says what it does and whether it is open", async () => {
    await embed();
    expect(launcher().getAttribute("aria-label")).toBe("Chat with us");
    expect(launcher().getAttribute("aria-expanded")).toBe("false");
    expect(launcher().type).toBe("button");
    expect(root().adoptedStyleSheets.length).toBe(1);
  });

  it("takes position and theme from its tag, and nothing it does not know", async () => {
    await embed({ position: "left", theme: "dark" });
    const host = document.querySelector("revivatech-widget") as HTMLElement;
    expect(host.dataset).toMatchObject({ position: "left", theme: "dark" });
    document.body.replaceChildren();
    delete window.RevivaTech;
    await embed({ position: "top", theme: "pink" });
    expect({ ...(document.querySelector("revivatech-widget") as HTMLElement).dataset }).toEqual({});
  });

  it("draws one chat when the page names it twice", async () => {
    await embed();
    await embed();
    expect(document.querySelectorAll("revivatech-widget")).toHaveLength(1);
  });

  it("says so when the chat cannot be loaded, and can be asked again", async () => {
    await embed();
    for (let tries = 0; tries < 2; tries++) {
      launcher().click();
      expect(launcher().hasAttribute("aria-busy")).toBe(true);
      await later(() => expect(root().querySelector("[role=status]")?.textContent).toContain("could not load"));
      await later(() => expect(launcher().hasAttribute("aria-busy")).toBe(false));
    }
  });

  it("opens from any element of the page that asks for it", async () => {
    await embed();
    const link = document.createElement("button");
    link.dataset.revivatechOpen = "";
    link.append(document.createElement("span"));
    document.body.append(link);
    (link.firstElementChild as HTMLElement).click();
    expect(launcher().hasAttribute("aria-busy")).toBe(true);
    await later(() => expect(launcher().hasAttribute("aria-busy")).toBe(false));
  });
});
