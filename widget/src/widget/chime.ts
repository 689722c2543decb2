/** Two soft notes for what comes while somebody looks elsewhere; one tab plays them, and a switch turns them off. */

import { type Signal, signal } from "@preact/signals";
import type { State } from "./fold.ts";
import type { Store } from "./storage.ts";
import { lastSeq } from "./view.ts";

const NOTES = [660, 880];
const LENGTH = 0.18;

export class Chime {
  readonly on: Signal<boolean>;
  #heard: number | null = null;
  #context: AudioContext | null = null;
  #store: Store;
  #key: string;

  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
    this.on = signal(store.get(key) !== "off");
  }

  toggle(): void {
    this.on.value = !this.on.peek();
    if (this.on.peek()) {
      this.#store.remove(this.#key);
      this.#play();
    } else this.#store.set(this.#key, "off");
  }

  /** Look at what is known; what was there when the page came up has been heard. */
  follow(state: State, away: boolean): void {
    if (!state.loaded) return;
    const newest = lastSeq(state);
    const heard = this.#heard;
    this.#heard = newest;
    if (heard === null || newest <= heard || !away) return;
    if (state.messages.some(({ seq, author }) => seq > heard && author.kind !== "customer")) this.ring();
  }

  /** Sounds once over all tabs, if it may. */
  ring(): void {
    if (!this.on.peek()) return;
    if (!navigator.locks) {
      this.#play();
      return;
    }
    // Whoever has the lock plays; it is kept for a moment, so that the other tabs hear of it too late.
    void navigator.locks.request(this.#key, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      this.#play();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    });
  }

  #play(): void {
    // A page nobody has touched may not make a sound.
    if (typeof AudioContext === "undefined" || !navigator.userActivation?.hasBeenActive) return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    void context.resume();
    for (const [at, pitch] of NOTES.entries()) {
      const begin = context.currentTime + at * LENGTH * 0.6;
      const note = context.createOscillator();
      const volume = context.createGain();
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.08, begin);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + LENGTH);
      note.connect(volume).connect(context.destination);
      note.start(begin);
      note.stop(begin + LENGTH);
    }
  }
}
