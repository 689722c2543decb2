/** The desk's line to the shop: tickets, the queue, the conversations that are open on it, deeds, and an outbox for each. */

import { type Entry, hasGap } from "../../widget/fold.ts";
import { clientId, type Outbox } from "../../widget/outbox.ts";
import { type Content, object, readAck, readAuthor, readMessage, readPresence, text } from "../../widget/protocol.ts";
import type { OpenWire, Wire } from "../../widget/wire.ts";
import { PASSING } from "../../widget/words.ts";
import type { Http } from "./http.ts";
import {
  type Alert,
  type Answer,
  readAlert,
  readAnswer,
  readDeskConversation,
  readDeskPage,
  readDeskWelcome,
  readNote,
  readQueue,
  readTeam,
} from "./protocol.ts";
import { type Desk, type DeskEvent, lastNote, waitingOut } from "./state.ts";

export interface Surroundings {
  readonly open: OpenWire;
  readonly http: Http;
  /** The outbox of one conversation. */
  readonly outbox: (conversation: string) => Outbox;
  /** Conversations with something in their outbox, over reloads. */
  readonly unsent: () => readonly string[];
  readonly state: () => Desk;
  readonly dispatch: (event: DeskEvent) => void;
  readonly alert: (alert: Alert) => void;
  readonly now: () => number;
  readonly online: () => boolean;
}

const ACK_MS = 8000;
const PAGE = 200;
const GAP_MS = 200;
/** The shop beats every ten seconds: a line that is silent for longer is dead. */
const SILENCE_MS = 25_000;
const ORPHAN_MS = 4000;
const TRIES = 5;
const TYPING_EVERY_MS = 2500;
/** Conversations kept up to date at the same time; the site takes thirty. */
const KEPT = 12;

export class DeskConnection {
  private wire: Wire | null = null;
  private ready = false;
  private session = 0;
  private tries = 0;
  /** Conversations whose events are wanted, the last opened last. */
  private wanted: string[] = [];
  private syncing = new Map<string, Promise<boolean>>();
  private draining = new Set<string>();
  private own = new Set<string>();
  private typing = "";
  private lastTyping = 0;
  private announced = new Map<string, number>();
  private timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly at: Surroundings) {}

  start(): void {
    for (const id of this.at.unsent()) {
      this.recover(id);
      this.wanted.push(id);
    }
    const wire = this.at.open(async () => {
      const answer = await this.at.http.ticket();
      if (answer === "signed_out") this.at.dispatch({ type: "signed_out" });
      return { ticket: typeof answer === "object" ? answer.ticket : "st_none" };
    });
    this.wire = wire;
    wire.on("welcome", (payload) => void this.welcomed(payload));
    wire.on("beat", () => {
      wire.send("beat", {});
      this.listen();
    });
    wire.on("queue", (payload) => {
      const queue = readQueue(payload);
      if (queue) this.at.dispatch({ type: "queue", queue });
    });
    wire.on("presence", (payload) => {
      const raw = object(payload);
      if (raw) this.at.dispatch({ type: "presence", team: readTeam(raw.team), presence: readPresence(raw.presence) });
    });
    wire.on("alert", (payload) => {
      const alert = readAlert(payload);
      if (alert) this.at.alert(alert);
    });
    wire.on("conversation", (payload) => {
      const conversation = readDeskConversation(payload);
      if (conversation) this.at.dispatch({ type: "conversation", conversation });
    });
    wire.on("message", (payload) => this.heard(object(payload)));
    wire.on("note", (payload) => {
      const raw = object(payload);
      const note = readNote(raw?.note);
      if (!raw || !note) return;
      const id = text(raw.conversation);
      this.at.dispatch({ type: "note", conversation: id, note });
      if (note.client_id) this.settled(id, note.client_id);
    });
    wire.on("typing", (payload) => {
      const raw = object(payload);
      if (!raw) return;
      const event = { type: "typing", on: raw.on === true, author: readAuthor(raw.author), now: this.at.now() } as const;
      this.at.dispatch({ type: "thread", conversation: text(raw.conversation), event });
    });
    wire.on("receipt", (payload) => {
      const raw = object(payload);
      if (!raw || typeof raw.by !== "string" || typeof raw.seq !== "number") return;
      this.at.dispatch({ type: "thread", conversation: text(raw.conversation), event: { type: "receipt", by: raw.by, seq: raw.seq } });
    });
    wire.on("connect", () => this.later("renew", ACK_MS, () => wire.restart()));
    wire.on("disconnect", () => {
      this.ready = false;
      this.session += 1;
      this.syncing.clear();
      this.cancel("renew");
      this.cancel("silence");
      if (!this.at.state().signedOut) this.at.dispatch({ type: "link", link: this.at.online() ? "connecting" : "offline" });
    });
    wire.on("refused", () => {
      if (!this.at.state().signedOut) this.later("refused", Math.min(30_000, 1000 * 2 ** this.tries++), () => wire.connect());
    });
    wire.connect();
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.wire?.close();
  }

  /** The page came back: connect at once. */
  wake(): void {
    if (!this.wire || this.wire.connected) return;
    if (!this.at.state().signedOut) this.at.dispatch({ type: "link", link: this.at.online() ? "connecting" : "offline" });
    this.wire.connect();
  }

  lost(): void {
    this.at.dispatch({ type: "link", link: "offline" });
  }

  /** Keep a conversation in step from now on. */
  open(id: string): void {
    this.at.dispatch({ type: "open", conversation: id });
    this.recover(id);
    this.wanted = [...this.wanted.filter((other) => other !== id), id];
    const spare = this.wanted.slice(0, -KEPT).filter((other) => !this.at.state().talks[other]?.thread.outbox.length);
    for (const other of spare) this.wire?.send("unsubscribe", { conversation: other });
    this.wanted = this.wanted.filter((other) => !spare.includes(other));
    if (this.ready) void this.follow(id);
    void this.orders(id);
  }

  async orders(id: string): Promise<void> {
    this.at.dispatch({ type: "orders", conversation: id, orders: await this.at.http.orders(id) });
  }

  /** Does something to a conversation under the epoch its reader saw. What the shop answers is shown; nothing is assumed. */
  async deed(event: string, id: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const epoch = this.at.state().talks[id]?.conversation?.epoch ?? this.at.state().rows.find((row) => row.conversation === id)?.epoch ?? 0;
    const answer = this.ready
      ? readAnswer(await this.wire?.ask(event, { conversation: id, epoch, ...more }, ACK_MS).catch(() => null))
      : null;
    if (!answer) {
      const error = { code: this.ready ? "no_answer" : "offline", detail: "", fields: {}, retry_after: null };
      if (this.ready) void this.follow(id);
      return { ok: false, error, technician: null };
    }
    if (answer.ok && answer.conversation) this.at.dispatch({ type: "conversation", conversation: answer.conversation });
    else if (!answer.ok) void this.follow(id);
    return answer;
  }

  async status(status: "here" | "away"): Promise<boolean> {
    const answer = this.ready ? await this.wire?.ask("status", { status }, ACK_MS).catch(() => null) : null;
    return object(answer)?.ok === true;
  }

  /** Puts a message or a note in the outbox, where it survives reloads and lost lines until the shop has it. */
  send(id: string, content: Content, words: string): void {
    const talk = this.at.state().talks[id];
    const client_id = clientId();
    const written = Math.max(this.at.now(), (talk?.thread.outbox.at(-1)?.written ?? 0) + 1);
    const epoch = talk?.conversation?.epoch ?? 0;
    this.put(id, { client_id, written, body: { ...content, client_id }, epoch, text: words, error: null });
    this.typing = "";
  }

  /** Once more, under what is believed now. */
  retry(id: string, client_id: string): void {
    const talk = this.at.state().talks[id];
    const entry = talk?.thread.outbox.find((candidate) => candidate.client_id === client_id);
    if (entry) this.put(id, { ...entry, epoch: talk?.conversation?.epoch ?? 0, error: null });
    this.wake();
  }

  remove(id: string, client_id: string): void {
    this.at.outbox(id).remove(client_id);
    this.at.dispatch({ type: "thread", conversation: id, event: { type: "dropped", client_id } });
  }

  type(id: string, on: boolean): void {
    const epoch = this.at.state().talks[id]?.conversation?.epoch;
    const due = on ? this.typing !== id || this.at.now() - this.lastTyping >= TYPING_EVERY_MS : this.typing === id;
    if (!due || !this.ready || epoch === undefined) return;
    this.typing = on ? id : "";
    this.lastTyping = this.at.now();
    this.wire?.send("typing", { conversation: id, epoch, on });
  }

  read(id: string, seq: number): void {
    const conversation = this.at.state().talks[id]?.conversation;
    if (!this.ready || !conversation || seq <= (this.announced.get(id) ?? 0)) return;
    this.announced.set(id, seq);
    this.wire?.send("read", { conversation: id, epoch: conversation.epoch, seq });
  }

  /** Another tab changed what waits to be sent. */
  stored(id: string, client_id: string): void {
    const entry = this.at
      .outbox(id)
      .all()
      .find((candidate) => candidate.client_id === client_id);
    if (entry) this.queue(id, entry);
    else
      this.later(`gone:${client_id}`, GAP_MS * 5, () =>
        this.at.dispatch({ type: "thread", conversation: id, event: { type: "dropped", client_id } }),
      );
    void this.drain(id);
  }

  private recover(id: string): void {
    for (const entry of this.at.outbox(id).all()) this.queue(id, entry);
  }

  private queue(id: string, entry: Entry): void {
    this.at.dispatch({ type: "thread", conversation: id, event: { type: "queued", entry } });
  }

  private put(id: string, entry: Entry): void {
    this.own.add(entry.client_id);
    this.at.outbox(id).put(entry);
    this.queue(id, entry);
    void this.drain(id);
  }

  private async welcomed(payload: unknown): Promise<void> {
    const welcome = readDeskWelcome(payload);
    if (!welcome) return;
    this.cancel("renew");
    this.listen();
    this.at.dispatch({ type: "welcome", welcome });
    this.ready = true;
    this.tries = 0;
    this.announced.clear();
    this.at.dispatch({ type: "link", link: "online" });
    await Promise.all(this.wanted.map((id) => this.follow(id)));
  }

  /** Subscribes and catches up; then what waited goes out. */
  private async follow(id: string): Promise<void> {
    const { session } = this;
    const answer = readAnswer(await this.wire?.ask("subscribe", { conversation: id }, ACK_MS).catch(() => null));
    if (session !== this.session) return;
    if (!answer) return void this.renew(session);
    if (!answer.ok) return void this.at.dispatch({ type: "failed", conversation: id, code: answer.error.code });
    if (answer.conversation) this.at.dispatch({ type: "conversation", conversation: answer.conversation });
    if (await this.sync(id)) void this.drain(id);
  }

  private heard(raw: ReturnType<typeof object>): void {
    const message = raw && readMessage(raw.message);
    if (!raw || !message) return;
    const id = text(raw.conversation);
    this.at.dispatch({ type: "thread", conversation: id, event: { type: "message", message } });
    if (message.client_id) this.settled(id, message.client_id);
    if (message.parts.some(({ type }) => type === "booking" || type === "repair")) this.later(`orders:${id}`, 500, () => this.orders(id));
    if (this.gap(id)) this.later(`gap:${id}`, GAP_MS, () => this.gap(id) && void this.sync(id));
  }

  private gap(id: string): boolean {
    const talk = this.at.state().talks[id];
    return talk !== undefined && hasGap(talk.thread);
  }

  private sync(id: string): Promise<boolean> {
    const running = this.syncing.get(id);
    if (running) return running;
    const syncing = this.pages(id).finally(() => this.syncing.get(id) === syncing && this.syncing.delete(id));
    this.syncing.set(id, syncing);
    return syncing;
  }

  private async pages(id: string): Promise<boolean> {
    const { session } = this;
    for (;;) {
      const talk = this.at.state().talks[id];
      const [after_rev, after_note] = [talk?.thread.rev ?? 0, talk ? lastNote(talk) : 0];
      const asked = { conversation: id, after_rev, after_note, limit: PAGE };
      const page = readDeskPage(await this.wire?.ask("sync", asked, ACK_MS).catch(() => null));
      if (session !== this.session) return false;
      if (!page) {
        this.renew(session);
        return false;
      }
      this.at.dispatch({ type: "synced", conversation: id, page });
      for (const { client_id } of [...page.messages, ...page.notes]) if (client_id) this.settled(id, client_id);
      if (!page.more || (page.rev === after_rev && page.note === after_note)) return true;
    }
  }

  private async drain(id: string): Promise<void> {
    if (this.draining.has(id) || !this.ready) return;
    this.draining.add(id);
    try {
      while (this.ready) {
        const talk = this.at.state().talks[id];
        const entry = talk && waitingOut(talk)[0];
        if (!entry) return;
        const age = this.at.now() - entry.written;
        if (!this.own.has(entry.client_id) && age < ORPHAN_MS) return void this.later(`drain:${id}`, ORPHAN_MS - age, () => this.drain(id));
        if (!(await this.deliver(id, entry))) return;
      }
    } finally {
      this.draining.delete(id);
    }
  }

  private async deliver(id: string, entry: Entry): Promise<boolean> {
    const { session } = this;
    const kind = "note" in entry.body ? "note" : "message";
    const { note: words, ...body } = { note: undefined, ...entry.body };
    const asked = { conversation: id, epoch: entry.epoch ?? 0, ...body, ...(words !== undefined && { text: words }) };
    const ack = readAck(await this.wire?.ask(kind, asked, ACK_MS).catch(() => null));
    if (!ack) {
      this.renew(session);
      return false;
    }
    if (ack.ok) {
      this.tries = 0;
      this.settled(id, entry.client_id);
      // A note's own copy follows at once; the message stands where the ack says.
      if (kind === "message")
        this.at.dispatch({ type: "thread", conversation: id, event: { type: "acked", client_id: entry.client_id, ack } });
      else await this.sync(id);
      return true;
    }
    if (PASSING.has(ack.error.code) && ++this.tries < TRIES) {
      const wait = ack.error.retry_after === null ? 1000 * 2 ** this.tries : ack.error.retry_after * 1000;
      this.later(`drain:${id}`, wait, () => this.drain(id));
      return false;
    }
    this.tries = 0;
    this.own.delete(entry.client_id);
    this.at.outbox(id).put({ ...entry, error: ack.error });
    this.at.dispatch({ type: "thread", conversation: id, event: { type: "refused", client_id: entry.client_id, error: ack.error } });
    if (ack.error.code === "conversation_taken") await this.follow(id);
    return true;
  }

  private settled(id: string, client_id: string): void {
    this.own.delete(client_id);
    this.at.outbox(id).remove(client_id);
  }

  private listen(): void {
    this.later("silence", SILENCE_MS, () => this.wire?.restart());
  }

  private renew(session: number): void {
    if (session === this.session) this.later("renew", Math.min(10_000, 300 * 2 ** this.tries++), () => this.wire?.restart());
  }

  private cancel(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }

  private later(name: string, ms: number, action: () => unknown): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(action, ms));
  }
}
