import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Chime } from "../../widget/src/widget/chime.ts";
import { apply, type Event, initial, type State } from "../../widget/src/widget/fold.ts";
import { memoryStore } from "../../widget/src/widget/storage.ts";
import { conversation, message, own } from "./made.ts";

const played = vi.fn();
const param = { value: 0, setValueAtTime: vi.fn(), exponentialRampToValueAtTime: vi.fn() };
const node = { frequency: param, gain: param, connect: (to: unknown) => to, start: played, stop: vi.fn() };

beforeEach(() => {
  played.mockClear();
  vi.stubGlobal(
    "AudioContext",
    class {
      currentTime = 0;
      destination = node;
      resume = () => Promise.resolve();
      createOscillator = () => node;
      createGain = () => node;
    },
  );
  vi.stubGlobal("navigator", { userActivation: { hasBeenActive: true } });
});
afterEach(() => vi.unstubAllGlobals());

const begin: Event[] = [
  { type: "welcome", conversation: conversation(), customer: { name: null } },
  { type: "synced", page: { messages: [message(1)], rev: 1, more: false } },
];
const after = (...events: Event[]): State => [...begin, ...events].reduce(apply, initial);
const said = (seq: number): Event => ({ type: "message", message: message(seq) });

it("is heard when an answer comes while one looks elsewhere, once for a burst", () => {
  const chime = new Chime(memoryStore(), "sound");
  chime.follow(initial, true);
  chime.follow(after(), true);
  expect(played).not.toHaveBeenCalled();
  chime.follow(after(said(2), said(3)), true);
  expect(played).toHaveBeenCalledTimes(2); // two notes
  chime.follow(after(said(2), said(3)), true);
  chime.follow(after(said(2), said(3), said(4)), false);
  expect(played).toHaveBeenCalledTimes(2);
});

it("is silent about one's own messages of another tab, and before anybody touched the page", () => {
  const chime = new Chime(memoryStore(), "sound");
  chime.follow(after(), true);
  chime.follow(after({ type: "message", message: own(2, "c2") }), true);
  expect(played).not.toHaveBeenCalled();
  vi.stubGlobal("navigator", { userActivation: { hasBeenActive: false } });
  chime.follow(after({ type: "message", message: own(2, "c2") }, said(3)), true);
  expect(played).not.toHaveBeenCalled();
});

it("stays off once it was turned off", () => {
  const store = memoryStore();
  new Chime(store, "sound").toggle();
  const chime = new Chime(store, "sound");
  expect(chime.on.value).toBe(false);
  chime.follow(after(), true);
  chime.follow(after(said(2)), true);
  expect(played).not.toHaveBeenCalled();
  chime.toggle();
  expect(played).toHaveBeenCalledTimes(2); // what it sounds like
});

it("is played by one tab of several", async () => {
  const request = vi.fn((_name: string, _options: object, work: (lock: object | null) => Promise<void>) => work(null));
  vi.stubGlobal("navigator", { userActivation: { hasBeenActive: true }, locks: { request } });
  const chime = new Chime(memoryStore(), "sound");
  chime.follow(after(), true);
  chime.follow(after(said(2)), true);
  expect(request).toHaveBeenCalledTimes(1);
  expect(played).not.toHaveBeenCalled();
});
