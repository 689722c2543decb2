import { expect, it } from "vitest";
import { linkify } from "../../widget/src/widget/linkify.ts";

const links = (text: string): string[] => linkify(text).flatMap((piece) => (piece.href ? [piece.text] : []));

it.each([
  ["see https://revivatech.example/help.", ["https://revivatech.example/help"]],
  ["(https://a.example/x) and http://b.example/?q=1&r=2!", ["https://a.example/x", "http://b.example/?q=1&r=2"]],
  ["https://en.wikipedia.org/wiki/Screen_(display)", ["https://en.wikipedia.org/wiki/Screen_(display)"]],
  ["https://a.example/ä/ß?x=1#y, then", ["https://a.example/ä/ß?x=1#y"]],
  ["HTTPS://A.EXAMPLE/X", ["HTTPS://A.EXAMPLE/X"]],
])("finds the links of %j", (text, expected) => expect(links(text)).toEqual(expected));

it.each([
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "https://bank.example@evil.example/",
  "https://user:pass@evil.example/",
  "https://",
  "file:///etc/passwd",
  "xhttps://evil.example",
  "https:/one-slash.example",
  "ftp://a.example",
])("makes no link of %j", (text) => expect(links(text)).toEqual([]));

it("never loses or changes a character", () => {
  for (const text of ["a https://a.example b", "<img src=x onerror=alert(1)> https://a.example/<b>", "", "\n\n https://a.example,\n"]) {
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  }
});
