import { afterEach, describe, expect, it, vi } from "vitest";
import { lend, orderOn } from "../../widget/src/widget/order.ts";

const page = (html: string): Document => {
  document.body.innerHTML = html;
  return document;
};

afterEach(() => vi.unstubAllGlobals());

describe("the order a page follows", () => {
  it("is named by the shop's own pages only", () => {
    const tracking = page('<div data-revivatech-order="abc_1-2"></div>');
    expect(orderOn(tracking, location.origin)).toBe("abc_1-2");
    expect(orderOn(tracking, "https://another.example")).toBe(null);
    expect(orderOn(page("<div></div>"), location.origin)).toBe(null);
    expect(orderOn(page('<div data-revivatech-order=""></div>'), location.origin)).toBe(null);
  });

  it("is shown to the shop in the name of the conversation", async () => {
    const sent = vi.fn(() => Promise.resolve(new Response("{}", { status: 200 })));
    vi.stubGlobal("fetch", sent);
    expect(await lend("https://shop.example", "a/b", "rv_x")).toBe(true);
    expect(sent).toHaveBeenCalledWith("https://shop.example/api/v1/tracking/a%2Fb/conversation", {
      method: "POST",
      headers: { Authorization: "Bearer rv_x" },
    });
  });

  it("may be refused or out of reach without any harm", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}", { status: 410 })));
    expect(await lend("https://shop.example", "a", "rv_x")).toBe(false);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    expect(await lend("https://shop.example", "a", "rv_x")).toBe(false);
  });
});
