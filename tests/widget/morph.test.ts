import { beforeEach, describe, expect, it } from "vitest";
import { morph } from "../../widget/src/portal/morph.ts";

const made = (html: string): HTMLElement => {
  const place = document.createElement("div");
  place.innerHTML = html;
  document.body.append(place);
  return place;
};

beforeEach(() => document.body.replaceChildren());

const moment = (time: string, words: string, ago: string) => `<li><p>${words}</p><time datetime="${time}">${ago}</time></li>`;

describe("a page turned into its newer self", () => {
  it("ends up the same as the newer one", () => {
    const pairs: Array<[string, string]> = [
      ["<p>a</p>", "<p>b</p>"],
      ["<p>a</p><p>b</p>", "<p>b</p>"],
      ["", "text <b>x</b>"],
      ["<ol><li data-state='todo'>x</li></ol>", "<ol><li data-state='done' aria-current='step'>x</li></ol>"],
      [
        "<table><tr><td><a href='/1'>1</a></td></tr></table>",
        "<table><tr><td><a href='/2'>2</a></td></tr><tr><td><a href='/1'>one</a></td></tr></table>",
      ],
      ["<h1>x</h1><p>y</p>", "<p>y</p><h1>x</h1>"],
    ];
    for (const [before, after] of pairs) {
      const old = made(before);
      const next = made(after);
      morph(old, next);
      for (const fresh of old.querySelectorAll(".fresh")) {
        fresh.classList.remove("fresh");
        if (!fresh.className) fresh.removeAttribute("class");
      }
      expect(old.innerHTML).toBe(next.innerHTML);
    }
  });

  it("keeps the moments it knows and lets only the new one arrive", () => {
    const old = made(`<ol>${moment("2", "Received", "just now")}${moment("1", "Booked", "1 hour ago")}</ol>`);
    const kept = [...old.querySelectorAll("li")];
    morph(
      old,
      made(
        `<ol>${moment("3", "Repairing", "just now")}${moment("2", "Received", "1 minute ago")}${moment("1", "Booked", "1 hour ago")}</ol>`,
      ),
    );
    const now = [...old.querySelectorAll("li")];
    expect(now.slice(1)).toEqual(kept);
    expect(now.map((item) => item.classList.contains("fresh"))).toEqual([true, false, false]);
    expect(now[1]?.textContent).toContain("1 minute ago");
  });

  it("leaves alone what a person typed, opened and focused", () => {
    const old = made(
      "<details><summary>x</summary></details><form><input id='q' value=''><input type='hidden' name='version' value='1'></form><p>1</p>",
    );
    const input = old.querySelector("input") as HTMLInputElement;
    const details = old.querySelector("details") as HTMLDetailsElement;
    details.setAttribute("open", "");
    input.value = "typed";
    input.focus();
    morph(
      old,
      made(
        "<details><summary>x</summary></details><form><input id='q' value='other'><input type='hidden' name='version' value='2'></form><p>2</p>",
      ),
    );
    expect(input.value).toBe("typed");
    expect(details.hasAttribute("open")).toBe(true);
    expect(document.activeElement).toBe(input);
    expect(old.querySelector("[name=version]")?.getAttribute("value")).toBe("2");
    expect(old.querySelector("p")?.textContent).toBe("2");
  });
});
