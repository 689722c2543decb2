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
  for (const text of [
    "a https://a.example b",
    "<img src=x onerror=alert(1)> https://a.example/<b>",
    "",
    "\n\n https://a.example,\n",
    "RT-5AS9L 9:00–18:00",
  ]) {
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  }
});

it.each([
  ["Your repair is RT-5AS9L: booked.", ["RT-5AS9L"]],
  ["Monday to Friday 09:00–18:00, Saturday 10:00–16:00", ["09:00–18:00", "10:00–16:00"]],
  ["https://a.example/RT-5AS9L and 3-4 days", []],
])("keeps together what belongs together in %j", (text, expected) => {
  expect(linkify(text).flatMap((piece) => (piece.whole ? [piece.text] : []))).toEqual(expected);
});
