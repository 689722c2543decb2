/** What the parts of the desk share: what is open, what is wanted, what is asked, and the deeds with their words and their undo. */

import { type Signal, signal } from "@preact/signals";
import type { Chime } from "../../widget/chime.ts";
import type { Photos } from "../../widget/photos.ts";
import type { Store } from "../../widget/storage.ts";
import { momentOf } from "../../widget/time.ts";
import type { DeskConnection } from "./connection.ts";
import type { Alert, Member } from "./protocol.ts";
import type { Wanted } from "./queue.ts";
import type { Desk } from "./state.ts";
import { refusalOf, words } from "./words.ts";

export type Question = "help" | "transfer" | "snooze";

export interface Toast {
  readonly key: number;
  readonly text: string;
  readonly tone: "good" | "bad" | "info";
  readonly way: { readonly label: string; readonly go: () => void } | null;
}

export interface Given {
  readonly desk: Signal<Desk>;
  readonly now: Signal<number>;
  readonly connection: DeskConnection;
  readonly chime: Chime;
  readonly drafts: Store;
  /** The tray of photos of one conversation. */
  readonly photos: (conversation: string) => Photos;
  /** Where the browser stands: its back button leads out of a conversation. */
  readonly go: (conversation: string | null) => void;
}

const SHOWN_MS = 8000;

export class Controls {
  readonly desk: Signal<Desk>;
  readonly now: Signal<number>;
  readonly chime: Chime;
  readonly openId: Signal<string | null> = signal(null);
  readonly wanted: Signal<Wanted> = signal({ filter: "all", skill: "", search: "" });
  readonly asked: Signal<Question | null> = signal(null);
  readonly detailed: Signal<boolean> = signal(false);
  readonly mode: Signal<"reply" | "note"> = signal("reply");
  readonly toast: Signal<Toast | null> = signal(null);
  /** A deed under way: its buttons wait. */
  readonly busy: Signal<boolean> = signal(false);
  private shown = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly given: Given) {
    this.desk = given.desk;
    this.now = given.now;
    this.chime = given.chime;
  }

  open(id: string): void {
    this.given.go(id);
  }

  back(): void {
    this.given.go(null);
  }

  /** The browser has gone there. */
  arrive(id: string | null): void {
    if (id === this.openId.peek()) return;
    this.openId.value = id;
    this.asked.value = null;
    this.detailed.value = false;
    this.mode.value = "reply";
    if (this.toast.peek()?.tone === "info") this.dismiss();
    if (id) this.given.connection.open(id);
  }

  ask(question: Question | null): void {
    this.asked.value = question;
  }

  details(on: boolean): void {
    this.detailed.value = on;
  }

  refreshOrders(id: string): void {
    void this.given.connection.orders(id);
  }

  async turn(status: "here" | "away"): Promise<void> {
    if (!(await this.given.connection.status(status))) this.say(refusalOf(failed("offline")), "bad");
  }

  /** Whoever takes a conversation means to write to its customer. */
  async take(id = this.openId.peek()): Promise<boolean> {
    this.mode.value = "reply";
    return this.deed("take", id, {}, words.done.take);
  }

  release(): Promise<boolean> {
    const id = this.openId.peek();
    return this.deed("release", id, {}, words.done.release, () => void this.take(id));
  }

  resolve(): Promise<boolean> {
    const id = this.openId.peek();
    return this.deed("resolve", id, {}, words.done.resolve, () => void this.take(id));
  }

  async snooze(until: Date): Promise<boolean> {
    const id = this.openId.peek();
    this.ask(null);
    const at = until.toISOString();
    return this.deed("snooze", id, { until: at }, words.done.snooze(momentOf(at)), () => void this.wake(id));
  }

  wake(id = this.openId.peek()): Promise<boolean> {
    return this.deed("snooze", id, { until: null }, words.done.wake);
  }

  async transfer(to: Member | null, note: string): Promise<boolean> {
    const id = this.openId.peek();
    const talk = id ? this.desk.peek().talks[id] : undefined;
    this.ask(null);
    const more = { ...(to ? { to: to.id } : { skill: talk?.conversation?.skill ?? null }), ...(note && { note }) };
    const undo = to ? null : () => void this.take(id);
    return this.deed("transfer", id, more, to ? words.done.transfer(to.name) : words.done.queue, undo);
  }

  undo(): void {
    const way = this.toast.peek()?.way;
    if (way?.label === words.undo) way.go();
  }

  hear(alert: Alert): void {
    const id = alert.conversation;
    const way = id && id !== this.openId.peek() ? { label: words.show, go: () => this.open(id) } : null;
    this.show({ text: alert.text, tone: "info", way });
    this.chime.ring();
  }

  say(text: string, tone: Toast["tone"] = "good"): void {
    this.show({ text, tone, way: null });
  }

  dismiss(): void {
    clearTimeout(this.timer);
    this.toast.value = null;
  }

  private async deed(
    event: string,
    id: string | null,
    more: Readonly<Record<string, unknown>>,
    done: string,
    undo: (() => void) | null = null,
  ): Promise<boolean> {
    if (!id || this.busy.peek()) return false;
    this.busy.value = true;
    const answer = await this.given.connection.deed(event, id, more).finally(() => {
      this.busy.value = false;
    });
    if (answer.ok) this.show({ text: done, tone: "good", way: undo && { label: words.undo, go: undo } });
    else this.say(refusalOf(answer), "bad");
    return answer.ok;
  }

  private show(toast: Omit<Toast, "key">): void {
    clearTimeout(this.timer);
    this.toast.value = { ...toast, key: ++this.shown };
    // What went wrong stays until it is read.
    if (toast.tone !== "bad") this.timer = setTimeout(() => this.dismiss(), SHOWN_MS);
  }
}

const failed = (code: string) => ({ ok: false, error: { code, detail: "", fields: {}, retry_after: null }, technician: null }) as const;
