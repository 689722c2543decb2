/** A hub small enough to read: it keeps the wire's promises, and breaks the line where a test asks it to. */

import type { Auth, OpenWire, Wire } from "../../widget/src/widget/wire.ts";

interface Stored {
  id: string;
  seq: number;
  rev: number;
  client_id: string | null;
  author: { kind: string; name: string | null };
  at: string;
  text: string;
  parts: unknown[];
  choice?: string;
}

interface Room {
  credential: string;
  id: string;
  rev: number;
  messages: Stored[];
  acks: Map<string, { body: string; ack: Record<string, unknown> }>;
  read: number;
}

export class FakeHub {
  readonly rooms = new Map<string, Room>();
  readonly lines = new Set<Line>();
  /** Every message that came in, duplicates included. */
  readonly heard: Array<{ client_id: string; text?: string }> = [];
  readonly typed: boolean[] = [];
  readonly read: number[] = [];
  connections = 0;
  up = true;
  /** Next so many acks are lost, after the message was stored. */
  loseAcks = 0;
  /** Messages are received and answered with this, once per code. */
  refuseWith: Array<Record<string, unknown>> = [];
  silent = false;
  pageSize = 100;
  credentials = 0;

  readonly open: OpenWire = (auth) => new Line(this, auth);

  room(credential: string): Room {
    const room = this.rooms.get(credential);
    if (!room) throw new Error("no such room");
    return room;
  }

  begin(): Room {
    const credential = `rv_${++this.credentials}`;
    const room: Room = { credential, id: `conversation-${this.credentials}`, rev: 0, messages: [], acks: new Map(), read: 0 };
    this.rooms.set(credential, room);
    return room;
  }

  /** The shop speaks. `quietly`: the hint is lost. */
  say(room: Room, text: string, { quietly = false, kind = "bot" } = {}): Stored {
    return this.add(room, { client_id: null, author: { kind, name: null }, text, parts: [] }, quietly);
  }

  add(room: Room, given: Pick<Stored, "client_id" | "author" | "text" | "parts"> & { choice?: string }, quietly = false): Stored {
    room.rev += 1;
    const seq = room.messages.length + 1;
    const stored: Stored = {
      ...given,
      id: `${room.id}-${seq}`,
      seq,
      rev: room.rev,
      at: new Date(1_764_000_000_000 + seq * 1000).toISOString(),
    };
    room.messages.push(stored);
    if (!quietly) this.show(room, "message", { ...stored });
    return stored;
  }

  change(room: Room, seq: number, text: string, quietly = false): void {
    const stored = room.messages[seq - 1];
    if (!stored) throw new Error("no such message");
    room.rev += 1;
    stored.rev = room.rev;
    stored.text = text;
    if (!quietly) this.show(room, "message", { ...stored });
  }

  show(room: Room, event: string, payload: unknown): void {
    for (const line of this.lines) if (line.room === room) line.receive(event, payload);
  }

  /** Every line breaks. */
  cut(): void {
    for (const line of [...this.lines]) line.drop();
  }

  view(room: Room): Record<string, unknown> {
    return {
      id: room.id,
      owner: "bot",
      epoch: 1,
      technician: null,
      place: null,
      opens: null,
      rev: room.rev,
      seq: room.messages.length,
      read_seq: room.read,
      seen_seq: 0,
    };
  }

  answer(line: Line, event: string, payload: Record<string, unknown>): unknown {
    const { room } = line;
    if (!room) throw new Error("no room");
    if (event === "sync") {
      const after = payload.after_rev as number;
      const changed = room.messages.filter((stored) => stored.rev > after).sort((a, b) => a.rev - b.rev);
      const messages = changed.slice(0, this.pageSize).map((stored) => ({ ...stored }));
      const more = changed.length > messages.length;
      return { messages, rev: more ? messages.at(-1)?.rev : room.rev, more };
    }
    const client_id = payload.client_id as string;
    this.heard.push({ client_id, text: payload.text as string });
    const refusal = this.refuseWith.shift();
    if (refusal) return { ok: false, error: refusal };
    const body = JSON.stringify(payload);
    const known = room.acks.get(client_id);
    if (known) return known.body === body ? known.ack : { ok: false, error: { code: "client_id_reused", detail: "" } };
    const choice = payload.choice as string | undefined;
    const text = (payload.text as string | undefined) ?? `chose ${choice}`;
    const stored = this.add(room, { client_id, author: { kind: "customer", name: null }, text, parts: [], ...(choice ? { choice } : {}) });
    const ack = { ok: true, id: stored.id, seq: stored.seq, rev: stored.rev, at: stored.at };
    room.acks.set(client_id, { body, ack });
    return ack;
  }
}

/** One tab's socket: reconnects after a while, like the real one. */
export class Line implements Wire {
  connected = false;
  room: Room | null = null;
  private readonly listeners = new Map<string, Array<(payload: unknown) => void>>();
  private readonly waiting = new Set<() => void>();
  private retry: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  private deaf = false;

  constructor(
    private readonly hub: FakeHub,
    private readonly auth: () => Auth | Promise<Auth>,
  ) {}

  connect(): void {
    clearTimeout(this.retry);
    this.closed = false;
    if (!this.connected) this.retry = setTimeout(() => this.attempt(), 10);
  }

  restart(): void {
    this.drop(false);
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.drop(false);
  }

  on(event: string, listener: (payload: unknown) => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  send(event: string, payload: unknown): void {
    if (event === "typing") this.hub.typed.push((payload as { on: boolean }).on);
    if (event === "read" && this.room) {
      const { seq } = payload as { seq: number };
      this.hub.read.push(seq);
      this.room.read = Math.max(this.room.read, seq);
    }
  }

  ask(event: string, payload: unknown, ms: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        this.waiting.delete(fail);
        clearTimeout(timer);
        reject(new Error("no ack"));
      };
      const timer = setTimeout(fail, ms);
      this.waiting.add(fail);
      if (!this.connected || this.hub.silent) return;
      setTimeout(() => {
        if (!this.waiting.has(fail) || !this.connected) return;
        const lost = event === "message" && this.hub.loseAcks > 0;
        this.deaf = lost;
        const answer = this.hub.answer(this, event, payload as Record<string, unknown>);
        this.deaf = false;
        if (lost) {
          this.hub.loseAcks -= 1;
          return this.drop();
        }
        this.waiting.delete(fail);
        clearTimeout(timer);
        resolve(structuredClone(answer));
      }, 5);
    });
  }

  receive(event: string, payload: unknown): void {
    if (this.connected && !this.deaf) for (const listener of this.listeners.get(event) ?? []) listener(structuredClone(payload));
  }

  drop(again = true): void {
    clearTimeout(this.retry);
    const was = this.connected;
    this.connected = false;
    this.room = null;
    this.hub.lines.delete(this);
    for (const fail of [...this.waiting]) fail();
    if (was) for (const listener of this.listeners.get("disconnect") ?? []) listener("transport close");
    if (again && !this.closed) this.retry = setTimeout(() => this.attempt(), 500);
  }

  private attempt(): void {
    if (!this.hub.up) {
      this.retry = setTimeout(() => this.attempt(), 500);
      return;
    }
    const { credential = null } = this.auth() as Auth;
    const room = credential === null ? this.hub.begin() : this.hub.rooms.get(credential);
    if (!room) {
      for (const listener of this.listeners.get("refused") ?? []) listener("credential_unknown");
      return;
    }
    this.connected = true;
    this.room = room;
    this.hub.connections += 1;
    this.hub.lines.add(this);
    for (const listener of this.listeners.get("connect") ?? []) listener(undefined);
    if (!this.hub.silent)
      this.receive("welcome", { credential: room.credential, conversation: this.hub.view(room), customer: { name: null } });
  }
}
