/** Messages not yet acknowledged, each under a key of its own so that tabs never overwrite one another's. */

import type { Entry } from "./fold.ts";
import type { Body, Refusal } from "./protocol.ts";
import type { Store } from "./storage.ts";

export interface Outbox {
  readonly prefix: string;
  all(): Entry[];
  put(entry: Entry): void;
  remove(client_id: string): void;
}

export function createOutbox(store: Store, prefix: string): Outbox {
  return {
    prefix,
    all: () =>
      store
        .keys()
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => readEntry(store.get(key)) ?? [])
        .sort((a, b) => a.written - b.written || (a.client_id < b.client_id ? -1 : 1)),
    put: (entry) => store.set(prefix + entry.client_id, JSON.stringify(entry)),
    remove: (client_id) => store.remove(prefix + client_id),
  };
}

/** Null for anything this code has not written itself. */
export function readEntry(json: string | null): Entry | null {
  if (json === null) return null;
  try {
    const raw = JSON.parse(json) as Partial<Entry> | null;
    if (typeof raw?.client_id !== "string" || typeof raw.written !== "number" || typeof raw.text !== "string") return null;
    const body = raw.body as Body | undefined;
    if (typeof body !== "object" || body === null || body.client_id !== raw.client_id) return null;
    const error = (raw.error as Refusal | null) ?? null;
    const epoch = typeof raw.epoch === "number" ? { epoch: raw.epoch } : {};
    return { client_id: raw.client_id, written: raw.written, body, ...epoch, text: raw.text, error };
  } catch {
    return null;
  }
}

/** Random in pages without a secure context too, where `crypto.randomUUID` does not exist. */
export function clientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
