import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { complaint } from "../../widget/src/widget/parts/form.tsx";
import { PartView } from "../../widget/src/widget/parts/part.tsx";
import { byDay } from "../../widget/src/widget/parts/slots.tsx";
import { type Field, type Part, readPart } from "../../widget/src/widget/protocol.ts";
import type { Offers } from "../../widget/src/widget/view.ts";
import { button, click, mount, press, redraw, type } from "./mount.tsx";
import { sample, sampleNames } from "./samples.ts";

const part = (name: string): Part => {
  const read = readPart(sample(`part.${name}`));
  if (!read) throw new Error(name);
  return read;
};
const nothing: Offers = { answered: new Set(), refused: new Map() };
const answered = (...ids: string[]): Offers => ({ ...nothing, answered: new Set(ids) });
const NOW = Date.parse("2025-11-24T12:00:00Z");
const draw = (shown: Part, offers = nothing, send = vi.fn(), now = NOW) => ({
  place: mount(<PartView part={shown} offers={offers} send={send} now={now} />),
  send,
});

it.each(sampleNames("part.").filter((name) => name !== "part.unknown" && name !== "part.image"))(
  "%s is drawn, and everything one can press has a name",
  (name) => {
    const { place } = draw(part(name.slice("part.".length)));
    expect(place.textContent).not.toBe("");
    for (const control of place.querySelectorAll("button, a"))
      expect((control.getAttribute("aria-label") ?? control.textContent ?? "").trim()).not.toBe("");
    for (const field of place.querySelectorAll("input")) expect(place.querySelector(`label[for="${field.id}"]`)?.textContent).toBeTruthy();
  },
);

describe("choices", () => {
  it("send the opaque id and show the title", () => {
    const { place, send } = draw(part("choices"));
    click(button(place, "Book a repair"));
    expect(send).toHaveBeenCalledWith({ choice: "c_9f2b71" }, "Book a repair");
  });

  it("are quiet once answered, with the chosen one marked for eyes and ears", () => {
    const { place } = draw(part("choices"), answered("c_9f2b72"));
    expect(place.querySelectorAll("button")).toHaveLength(0);
    expect(place.querySelector("[data-chosen=true]")?.textContent).toBe("Ask something else, chosen");
    const one: Part = { type: "choices", open: false, choices: [{ id: "c_1", title: "Carry on", chosen: false }] };
    expect(draw(one).place.textContent).toBe("");
    expect(draw(one, answered("c_1")).place.textContent).toBe("Carry on, chosen");
  });

  it("are quiet when the shop closed them", () => {
    const { place } = draw(part("choices.closed"));
    expect(place.querySelectorAll("button")).toHaveLength(0);
    expect(place.querySelector("[data-chosen=true]")?.textContent).toContain("Yes, that is right");
  });
});

describe("slots", () => {
  it("are grouped by the shop's own day, not the browser's", () => {
    const shown = part("slots");
    if (shown.type !== "slots") throw new Error();
    expect(byDay(shown.slots).map(({ label, slots }) => [label, slots.map(({ time }) => time)])).toEqual([
      ["Tue 25 Nov", ["10:30", "11:30", "14:00"]],
      ["Wed 26 Nov", ["09:00", "16:30"]],
      ["Thu 27 Nov", ["12:00"]],
    ]);
  });

  it("change with the day, by mouse and by arrow keys", () => {
    const { place, send } = draw(part("slots"));
    const tabs = [...place.querySelectorAll("[role=tab]")];
    click(tabs[1] as Element);
    expect(place.querySelector("[data-shown=true] .slots__times")?.textContent).toBe("09:0016:30");
    press(tabs[1] as Element, "ArrowRight");
    expect(tabs.map((tab) => tab.getAttribute("aria-selected"))).toEqual(["false", "false", "true"]);
    press(tabs[2] as Element, "ArrowRight");
    expect(tabs.map((tab) => (tab as HTMLElement).tabIndex)).toEqual([0, -1, -1]);
    press(tabs[0] as Element, "End");
    expect(tabs.map((tab) => tab.getAttribute("aria-selected"))).toEqual(["false", "false", "true"]);
    press(tabs[2] as Element, "Home");
    expect(tabs.map((tab) => tab.getAttribute("aria-selected"))).toEqual(["true", "false", "false"]);
    click(button(place, "Tue 25 Nov, 10:30"));
    expect(send).toHaveBeenCalledWith({ choice: "s_00" }, "Tue 25 Nov, 10:30");
  });

  it("show the whole week where there is one, and then ask for later days", () => {
    const { place, send } = draw(part("slots.week"));
    expect([...place.querySelectorAll("[role=tab]")].map((tab) => tab.textContent)).toEqual([
      "Tue 25 Nov, 5 times",
      "Wed 26 Nov, 6 times",
      "Thu 27 Nov, 6 times",
      "Fri 28 Nov, 6 times",
    ]);
    click(button(place, "Later days"));
    expect(send).toHaveBeenCalledWith({ choice: "s_later" }, "Later days");
    expect(place.textContent).not.toContain("More times");
    expect(draw(part("slots.week"), answered("w_06")).place.textContent).toBe("Wed 26 Nov, 10:30, chosen");
    expect(draw(part("slots.week"), answered("s_02")).place.textContent).toBe("Tue 25 Nov, 14:00, chosen");
  });

  it("are one stop for Tab, with arrow keys among them", () => {
    const { place } = draw(part("slots.week"));
    const times = [...place.querySelectorAll<HTMLElement>("[data-shown=true] button")];
    expect(times.map((time) => time.tabIndex)).toEqual([0, -1, -1, -1, -1]);
    times[0]?.focus();
    press(times[0] as Element, "ArrowRight");
    press(times[1] as Element, "ArrowRight");
    expect([document.activeElement, times.map((time) => time.tabIndex)]).toEqual([times[2], [-1, -1, 0, -1, -1]]);
    press(times[2] as Element, "End");
    press(times[4] as Element, "ArrowRight");
    expect(document.activeElement).toBe(times[0]);
  });

  it("ask for more, and become one line when taken", () => {
    const { place, send } = draw(part("slots"));
    click(button(place, "More times"));
    expect(send).toHaveBeenCalledWith({ choice: "s_more" }, "More times");
    expect(draw(part("slots"), answered("s_03")).place.textContent).toBe("Wed 26 Nov, 09:00, chosen");
  });
});

describe("the form", () => {
  const open = (offers = nothing) => draw(part("form"), offers);
  const input = (place: ParentNode, name: string) => place.querySelector<HTMLInputElement>(`[name=${name}]`) as HTMLInputElement;
  const submit = (place: ParentNode) => {
    void act(() => {
      place.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

  it("helps to fill itself in", () => {
    const { place } = open();
    expect(input(place, "name").autocomplete).toBe("name");
    expect(input(place, "email")).toMatchObject({ type: "email", value: "sam@example.com" });
    expect(input(place, "phone").required).toBe(false);
  });

  it("names every wrong field beside it and sends nothing", async () => {
    const { place, send } = open();
    type(input(place, "email"), "sam@");
    submit(place);
    await settle();
    expect(send).not.toHaveBeenCalled();
    for (const name of ["name", "email"]) {
      const field = input(place, name);
      expect(field.getAttribute("aria-invalid")).toBe("true");
      expect(place.querySelector(`#${field.getAttribute("aria-describedby")}`)?.textContent).toMatch(/^Please/);
    }
    expect(document.activeElement).toBe(input(place, "name"));
  });

  it("takes a complaint back once it is met, and sends what was typed without its edges", async () => {
    const { place, send } = open();
    submit(place);
    await settle();
    type(input(place, "name"), " Sam Carter ");
    await settle();
    expect(input(place, "name").getAttribute("aria-invalid")).toBe(null);
    submit(place);
    await settle();
    expect(send).toHaveBeenCalledWith(
      { form: { id: "f_51d0aa", values: { name: "Sam Carter", email: "sam@example.com", phone: "" } } },
      "Your name: Sam Carter\nE-mail: sam@example.com",
    );
  });

  it("shows the shop's own complaint and keeps what was typed", async () => {
    const { place } = open();
    type(input(place, "name"), "Sam");
    redraw(place, <PartView part={part("form")} offers={answered("f_51d0aa")} send={vi.fn()} now={NOW} />);
    expect(place.querySelector("form")).toBe(null);
    const back: Offers = { ...nothing, refused: new Map([["f_51d0aa", { fields: { email: "No mail arrives there." }, values: {} }]]) };
    redraw(place, <PartView part={part("form")} offers={back} send={vi.fn()} now={NOW} />);
    await settle();
    expect(place.textContent).toContain("No mail arrives there.");
    expect(input(place, "name").value).toBe("Sam");
  });

  it("after a reload brings back what was typed when it was refused", () => {
    const back: Offers = {
      ...nothing,
      refused: new Map([["f_51d0aa", { fields: { email: "x" }, values: { name: "Sam", email: "sam@x" } }]]),
    };
    expect(input(open(back).place, "email").value).toBe("sam@x");
  });

  const field = (more: Partial<Field>): Field => ({
    name: "x",
    label: "X",
    type: "text",
    required: true,
    autocomplete: "off",
    value: "",
    ...more,
  });
  it.each([
    [field({}), "", false],
    [field({ required: false }), "", true],
    [field({ type: "email" }), "sam@example.com", true],
    [field({ type: "email" }), "sam+tag@mail.example.co.uk", true],
    [field({ type: "email" }), "sam@localhost", false],
    [field({ type: "email" }), "sam example.com", false],
    [field({ type: "tel" }), "+44 7700 900 123", true],
    [field({ type: "tel" }), "(0113) 496-0000", true],
    [field({ type: "tel" }), "call me", false],
  ])("judges %o given %j: fine is %s", (asked, value, fine) => expect(complaint(asked, value) === null).toBe(fine));
});

describe("cards", () => {
  it("a quote shows every line, the total and that VAT is in it", () => {
    const { place } = draw(part("quote"));
    for (const words of [
      "Screen replacement",
      "£189.00",
      "£45.00",
      "Total including VAT",
      "£234.00",
      "£39.00",
      "about 90 minutes",
      "12 months’ warranty",
    ]) {
      expect(place.textContent).toContain(words);
    }
  });

  it("a quote that ran out says so, and one that is booked never does", () => {
    const later = Date.parse("2025-12-20T12:00:00Z");
    expect(draw(part("quote")).place.textContent).toContain("Price held until Mon 8 Dec");
    expect(draw(part("quote"), nothing, vi.fn(), later).place.textContent).toContain("Just ask for today’s.");
    const booked = draw(part("quote.booked"), nothing, vi.fn(), later).place;
    expect(booked.textContent).toContain("Booked, RT-7F3K2");
    expect(booked.textContent).not.toContain("held until");
  });

  it("a booking that was moved shows all its devices and where it was moved from", () => {
    const { place } = draw(part("booking.moved"));
    expect(place.querySelector("h3")?.textContent).toBe("Thu 27 Nov, 09:00");
    expect(place.textContent).toContain("Moved from Tue 25 Nov, 10:30");
    expect([...place.querySelectorAll("li")].map((device) => device.textContent)).toEqual([
      "Samsung Galaxy S23 UltraScreen replacement£234.00",
      "iPad Air (5th generation)Battery replacement£99.00",
    ]);
  });

  it("a cancelled booking is crossed out and offers no calendar", () => {
    const { place } = draw(part("booking.cancelled"));
    expect(place.querySelector(".booking__done")?.textContent).toBe("CancelledReference RT-7F3K2");
    expect(place.querySelector("h3 s")?.textContent).toBe("Tue 25 Nov, 10:30");
    expect([...place.querySelectorAll("a")].map((link) => link.textContent)).toEqual(["Track repair, opens in a new tab"]);
  });

  it("a booking offers the calendar and the tracking page", () => {
    const { place } = draw(part("booking"));
    const links = [...place.querySelectorAll("a")].map((link) => link.href);
    expect(links).toHaveLength(2);
    expect(place.textContent).toContain("RT-7F3K2");
    expect(place.querySelector("a[target=_blank]")?.getAttribute("rel")).toBe("noopener");
  });

  it("a repair marks its current step for screen readers too", () => {
    expect(draw(part("repair")).place.querySelector("[aria-current=step]")?.textContent).toBe("Repairing");
  });

  it("text from the shop is text", () => {
    const evil = '<img src=x onerror="alert(1)">';
    const shown = readPart({ type: "card", title: evil, text: evil, url: "javascript:alert(1)" });
    if (!shown) throw new Error();
    const { place } = draw(shown);
    expect(place.querySelector("img, a")).toBe(null);
    expect(place.textContent).toContain(evil);
  });
});
