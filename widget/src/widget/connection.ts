/** Keeps one conversation in step with the shop: handshake, catching up by cursor, outbox, liveness. */

import { type Entry, type Event, hasGap, type State } from "./fold.ts";
import { clientId, type Outbox } from "./outbox.ts";
import {
  type Content,
  type Refusal,
  readAck,
  readAuthor,
  readConversation,
  readMessage,
  readPage,
  readPresence,
  readWelcome,
} from "./protocol.ts";
import type { Store } from "./storage.ts";
import type { OpenWire, Wire } from "./wire.ts";
import { PASSING } from "./words.ts";

export interface Surroundings {
  readonly open: OpenWire;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly credentialKey: string;
  readonly state: () => State;
  readonly dispatch: (event: Event) => void;
  /** Runs `task` while no other tab begins a conversation. */
  readonly alone: <T>(task: () => Promise<T>) => Promise<T>;
  readonly now: () => number;
  readonly online: () => boolean;
}

const ACK_MS = 8000;
const PROBE_MS = 4000;
const PAGE = 100;
/** Changes may overtake one another by a moment; only a gap that stays is asked about. */
const GAP_MS = 200;
/** Another tab's message is sent by that tab; after this long it is taken to be gone. */
const ORPHAN_MS = 4000;
const TRIES = 5;
const FORGET: ReadonlySet<string> = new Set(["credential_unknown", "credential_invalid", "credential_expired"]);
const TYPING_EVERY_MS = 2500;

export class Connection {
  private wire: Wire | null = null;
  private credential: string | null = null;
  private ready = false;
  /** Grows with every lost line: what an earlier line failed to answer says nothing about this one. */
  private session = 0;
  private syncing: Promise<boolean> | null = null;
  private draining = false;
  private tries = 0;
  private own = new Set<string>();
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  private lastTyping = 0;
  private typing = false;
  private announced = 0;
  private welcomeWaiters: Array<() => void> = [];

  constructor(private readonly at: Surroundings) {}

  /** Connects; the first tab of a new visitor does so alone, so that two tabs never begin two conversations. */
  async start(): Promise<void> {
    for (const entry of this.at.outbox.all()) this.at.dispatch({ type: "queued", entry });
    this.credential = this.at.store.get(this.at.credentialKey);
    if (this.credential !== null) return this.connect();
    await this.at.alone(async () => {
      this.credential = this.at.store.get(this.at.credentialKey);
      const welcomed = new Promise<void>((resolve) => this.welcomeWaiters.push(resolve));
      this.connect();
      if (this.credential === null) await Promise.race([welcomed, new Promise((resolve) => setTimeout(resolve, ACK_MS))]);
    });
  }

  /** What this browser is known by, once it is. */
  get key(): string | null {
    return this.credential;
  }

  /** Puts the message in the outbox, where it survives reloads and lost lines until the shop has it. */
  send(body: Content, text: string): string {
    const client_id = clientId();
    const last = this.at.state().outbox.at(-1)?.written ?? 0;
    const entry: Entry = { client_id, written: Math.max(this.at.now(), last + 1), body: { ...body, client_id }, text, error: null };
    this.own.add(client_id);
    this.at.outbox.put(entry);
    this.at.dispatch({ type: "queued", entry });
    this.typing = false;
    void this.drain();
    return client_id;
  }

  retry(client_id: string): void {
    const entry = this.at.state().outbox.find((candidate) => candidate.client_id === client_id);
    if (!entry) return;
    const again = { ...entry, error: null };
    this.own.add(client_id);
    this.tries = 0;
    this.at.outbox.put(again);
    this.at.dispatch({ type: "queued", entry: again });
    this.wake();
    void this.drain();
  }

  remove(client_id: string): void {
    this.at.outbox.remove(client_id);
    this.at.dispatch({ type: "dropped", client_id });
  }

  /** Tells the shop that somebody writes, at most every few seconds, and that they stopped, once. */
  type(on: boolean): void {
    const due = on ? this.at.now() - this.lastTyping >= TYPING_EVERY_MS || !this.typing : this.typing;
    if (!due || !this.ready) return;
    this.typing = on;
    this.lastTyping = this.at.now();
    this.wire?.send("typing", { on });
  }

  /** The customer has seen everything up to `seq`. */
  read(seq: number): void {
    this.at.dispatch({ type: "receipt", by: "customer", seq });
    this.announce();
  }

  /** The page came back (visible, online, thawed): connect at once, or prove that the line still answers. */
  wake(): void {
    if (!this.wire) return;
    if (!this.wire.connected) {
      if (this.at.state().link === "refused") return;
      this.at.dispatch({ type: "link", link: this.at.online() ? "connecting" : "offline" });
      this.wire.connect();
    } else if (this.ready) {
      void this.sync(PROBE_MS);
    }
  }

  lost(): void {
    this.at.dispatch({ type: "link", link: "offline" });
  }

  /** Another tab changed what is stored. */
  stored(key: string | null, value: string | null): void {
    if (key === null) return;
    if (key === this.at.credentialKey) {
      // What is stored now counts, not what the event saw: two tabs that write at once must end alike.
      const current = this.at.store.get(key);
      if (current === null || current === this.credential) return;
      this.credential = current;
      this.ready = false;
      this.wire?.restart();
    } else if (key.startsWith(this.at.outbox.prefix)) {
      const client_id = key.slice(this.at.outbox.prefix.length);
      const entry = value === null ? undefined : this.at.outbox.all().find((candidate) => candidate.client_id === client_id);
      // A removed entry was acknowledged to that tab: its message comes by the wire, the bubble stays until then.
      if (entry) this.at.dispatch({ type: "queued", entry });
      else this.later("orphans", GAP_MS * 5, () => this.reconcile());
      void this.drain();
    }
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.wire?.close();
  }

  private connect(): void {
    const wire = this.at.open(() => ({ credential: this.credential }));
    this.wire = wire;
    wire.on("welcome", (payload) => void this.welcomed(payload));
    wire.on("message", (payload) => {
      const message = readMessage(payload);
      if (!message) return;
      this.at.dispatch({ type: "message", message });
      if (message.client_id) this.settled(message.client_id);
      if (hasGap(this.at.state())) this.later("gap", GAP_MS, () => hasGap(this.at.state()) && void this.sync(ACK_MS));
    });
    wire.on("conversation", (payload) => {
      const conversation = readConversation(payload);
      if (conversation) this.at.dispatch({ type: "conversation", conversation });
    });
    wire.on("presence", (payload) => {
      const presence = readPresence(payload);
      if (presence) this.at.dispatch({ type: "presence", presence });
    });
    wire.on("receipt", (payload) => {
      const { by, seq } = (payload ?? {}) as { by?: unknown; seq?: unknown };
      if (typeof by === "string" && typeof seq === "number") this.at.dispatch({ type: "receipt", by, seq });
    });
    wire.on("typing", (payload) => {
      const { on, author } = (payload ?? {}) as { on?: unknown; author?: unknown };
      this.at.dispatch({ type: "typing", on: on === true, author: readAuthor(author), now: this.at.now() });
    });
    wire.on("connect", () => this.later("renew", ACK_MS, () => wire.restart()));
    wire.on("disconnect", () => {
      this.ready = false;
      this.session += 1;
      this.syncing = null;
      this.cancel("renew");
      this.at.dispatch({ type: "link", link: this.at.online() ? "connecting" : "offline" });
    });
    wire.on("refused", (code) => this.refused(String(code)));
    wire.connect();
  }

  private async welcomed(payload: unknown): Promise<void> {
    const welcome = readWelcome(payload);
    if (!welcome) return;
    this.cancel("renew");
    if (welcome.credential !== null && welcome.credential !== this.credential) {
      this.credential = welcome.credential;
      this.at.store.set(this.at.credentialKey, welcome.credential);
    }
    for (const resolve of this.welcomeWaiters.splice(0)) resolve();
    const { conversation, customer, presence } = welcome;
    this.at.dispatch({ type: "welcome", conversation, customer, presence });
    this.syncing = null;
    if (!(await this.sync(ACK_MS))) return;
    this.ready = true;
    this.tries = 0;
    this.announced = 0;
    this.at.dispatch({ type: "link", link: "online" });
    this.reconcile();
    this.announce();
    void this.drain();
  }

  private refused(code: string): void {
    if (FORGET.has(code) && this.credential !== null) {
      // The shop no longer knows this browser: begin anew; what waits in the outbox goes into the new conversation.
      if (this.at.store.get(this.at.credentialKey) === this.credential) this.at.store.remove(this.at.credentialKey);
      this.credential = this.at.store.get(this.at.credentialKey);
      this.at.dispatch({ type: "forgotten" });
      this.wire?.connect();
    } else if (code === "origin_refused" || code === "blocked") {
      this.at.dispatch({ type: "link", link: "refused" });
    } else {
      this.later("refused", Math.min(30_000, 1000 * 2 ** this.tries++), () => this.wire?.connect());
    }
  }

  /** Asks for everything after the cursor until there is no more; one at a time. False when the line failed. */
  private sync(ms: number): Promise<boolean> {
    if (this.syncing) return this.syncing;
    const syncing = this.pages(ms).finally(() => {
      if (this.syncing === syncing) this.syncing = null;
    });
    this.syncing = syncing;
    return syncing;
  }

  private async pages(ms: number): Promise<boolean> {
    const { wire, session } = this;
    for (;;) {
      const after = this.at.state().rev;
      const answer = await wire?.ask("sync", { after_rev: after, limit: PAGE }, ms).catch(() => null);
      const page = readPage(answer);
      if (!page) {
        this.renew(session, Math.min(10_000, 300 * 2 ** this.tries++));
        return false;
      }
      if (session !== this.session) return false;
      this.at.dispatch({ type: "synced", page });
      if (!page.more || this.at.state().rev === after) return true;
    }
  }

  /** Sends what waits, oldest first, one at a time, until the outbox is empty or the line fails. */
  private async drain(): Promise<void> {
    if (this.draining || !this.ready) return;
    this.draining = true;
    try {
      while (this.ready) {
        const entry = this.at.state().outbox.find((candidate) => candidate.error === null);
        if (!entry) return;
        const age = this.at.now() - entry.written;
        if (!this.own.has(entry.client_id) && age < ORPHAN_MS) {
          this.later("drain", ORPHAN_MS - age, () => void this.drain());
          return;
        }
        if (!(await this.deliver(entry))) return;
      }
    } finally {
      this.draining = false;
    }
  }

  private async deliver(entry: Entry): Promise<boolean> {
    const { wire, session } = this;
    const answer = await wire?.ask("message", entry.body, ACK_MS).catch(() => null);
    const ack = readAck(answer);
    if (!ack) {
      // Perhaps stored, perhaps not: the same client_id goes out again after the line is renewed.
      this.renew(session, Math.min(10_000, 300 * 2 ** this.tries++));
      return false;
    }
    if (ack.ok) {
      this.tries = 0;
      this.settled(entry.client_id);
      this.at.dispatch({ type: "acked", client_id: entry.client_id, ack });
      return true;
    }
    if (PASSING.has(ack.error.code) && ++this.tries < TRIES) {
      const wait = ack.error.retry_after === null ? 1000 * 2 ** this.tries : ack.error.retry_after * 1000;
      this.later("drain", wait, () => void this.drain());
      return false;
    }
    this.tries = 0;
    this.fail(entry, ack.error);
    return true;
  }

  private fail(entry: Entry, error: Refusal): void {
    this.own.delete(entry.client_id);
    this.at.outbox.put({ ...entry, error });
    this.at.dispatch({ type: "refused", client_id: entry.client_id, error });
  }

  private settled(client_id: string): void {
    this.own.delete(client_id);
    this.at.outbox.remove(client_id);
  }

  /** Storage and state agree again: what the server has is stored no longer, what another tab settled is not shown twice. */
  private reconcile(): void {
    const known = new Set(this.at.state().messages.flatMap((message) => message.client_id ?? []));
    const stored = new Map(this.at.outbox.all().map((entry) => [entry.client_id, entry]));
    for (const client_id of stored.keys()) if (known.has(client_id)) this.settled(client_id);
    for (const entry of this.at.state().outbox) {
      if (!stored.has(entry.client_id)) this.at.dispatch({ type: "dropped", client_id: entry.client_id });
    }
  }

  private announce(): void {
    const read = this.at.state().conversation?.read_seq ?? 0;
    if (!this.ready || read <= this.announced) return;
    this.announced = read;
    this.wire?.send("read", { seq: read });
  }

  private renew(session: number, ms: number): void {
    if (session === this.session) this.later("renew", ms, () => this.wire?.restart());
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
