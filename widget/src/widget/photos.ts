/** Photos on their way to the shop: a tray of them, two at a time, each with its progress; finished ones survive a reload. */

import { type Signal, signal } from "@preact/signals";
import { clientId } from "./outbox.ts";
import { readUpload } from "./protocol.ts";
import type { Store } from "./storage.ts";
import type { Proof, Upload, UploadAnswer } from "./upload.ts";
import { photoRefusal } from "./words.ts";

/** As the server sets it; a larger file is refused here before anybody pays for sending it. */
export const BYTES_LIMIT = 12 * 1024 * 1024;
/** Photos in the tray, and in one message. */
export const TRAY_LIMIT = 20;
export const PER_MESSAGE = 6;
const AT_ONCE = 2;
const TRIES = 4;
const PATIENCE_MS = 1000;
const LONGEST_WAIT_MS = 10_000;

export interface Photo {
  /** The client id of the upload: sent again it gives the same file. */
  readonly id: string;
  readonly state: "waiting" | "sending" | "ready" | "failed";
  readonly progress: number;
  /** Why it failed, as the server's code. */
  readonly error: string | null;
  /** What was picked; gone after a reload. */
  readonly file: File | null;
  readonly file_id: string | null;
  readonly thumbnail: string | null;
  readonly alt: string;
}

export interface Ready {
  readonly file_id: string;
  readonly alt: string;
}

export interface Surroundings {
  readonly origin: string;
  /** Null while nobody is known yet: what is picked waits. */
  readonly proof: () => Proof | null;
  readonly upload: Upload;
  readonly store: Store;
  readonly key: string;
}

interface Kept {
  readonly ready: ReadonlyArray<Pick<Photo, "id" | "file_id" | "thumbnail" | "alt">>;
  readonly unfinished: number;
}

/** Failures that another try may mend. */
const PASSING = new Set([
  "offline",
  "too_many_requests",
  "unavailable",
  "storage_full",
  "scanner_unavailable",
  "internal",
  "busy",
  "database_unreachable",
  "disk_full",
]);
const PICTURE = /^image\/(?!svg)/;
const PICTURE_NAME = /\.(?:jpe?g|png|webp|gif|hei[cf])$/i;

export const isPicture = (file: File): boolean => PICTURE.test(file.type) || (file.type === "" && PICTURE_NAME.test(file.name));

const isHopeless = (photo: Photo): boolean => photo.state === "failed" && !photoRefusal(photo.error ?? "").retry;

export class Photos {
  readonly tray: Signal<readonly Photo[]> = signal([]);
  /** Photos that were still on their way when the page went: they have to be picked again. */
  readonly lost: Signal<number> = signal(0);
  /** Photos that did not fit into the tray. */
  readonly leftOut: Signal<number> = signal(0);
  private running = new Map<string, () => void>();
  private tries = new Map<string, number>();

  constructor(private readonly at: Surroundings) {
    const kept = readKept(at.store.get(at.key));
    this.tray.value = kept.ready.map((photo) => ({ ...photo, state: "ready", progress: 1, error: null, file: null }));
    this.lost.value = kept.unfinished;
  }

  add(files: Iterable<File>): void {
    const picked = [...files];
    // What can never be sent takes nobody's place.
    const room = Math.max(0, TRAY_LIMIT - this.tray.peek().filter((photo) => !isHopeless(photo)).length);
    this.lost.value = 0;
    this.leftOut.value = Math.max(0, picked.length - room);
    this.put([...this.tray.peek(), ...picked.slice(0, room).map(begin)]);
    this.pump();
  }

  /** Takes a photo out of the tray, finished or not. */
  remove(id: string): void {
    this.running.get(id)?.();
    this.running.delete(id);
    this.leftOut.value = 0;
    this.put(this.tray.peek().filter((photo) => photo.id !== id));
    this.pump();
  }

  retry(id: string): void {
    this.tries.delete(id);
    this.change(id, { state: "waiting", error: null, progress: 0 });
    this.pump();
  }

  describe(id: string, alt: string): void {
    this.change(id, { alt });
  }

  /** What can be sent now, in messages of as many as one takes; it leaves the tray. */
  take(): Ready[][] {
    const ready = this.tray.peek().flatMap(({ file_id, alt }) => (file_id ? [{ file_id, alt: alt.trim() }] : []));
    this.put(this.tray.peek().filter((photo) => photo.file_id === null));
    this.lost.value = this.leftOut.value = 0;
    return Array.from({ length: Math.ceil(ready.length / PER_MESSAGE) }, (_, at) => ready.slice(at * PER_MESSAGE, (at + 1) * PER_MESSAGE));
  }

  /** Begins what waits, as far as there is room and somebody to send it to. */
  pump(): void {
    const proof = this.at.proof();
    if (proof === null) return;
    for (const photo of this.tray.peek()) {
      if (this.running.size >= AT_ONCE) return;
      if (photo.state === "waiting" && photo.file && !this.running.has(photo.id)) this.send(photo.id, photo.file, proof);
    }
  }

  /** An address of the shop's. */
  address(path: string): string {
    return new URL(path, this.at.origin).href;
  }

  /** Fresh links to a photo whose old ones have ended; null when there are none to be had. */
  async links(file_id: string): Promise<{ url: string; thumbnail: string } | null> {
    const headers = this.at.proof() ?? {};
    // Who brings a credential is known by that alone.
    const credentials = "Authorization" in headers ? "omit" : "same-origin";
    const answer = await fetch(this.address(`/api/v1/files/${file_id}`), { headers, credentials }).catch(() => null);
    const read = answer?.ok ? readUpload(await answer.json().catch(() => null)) : null;
    return read && { url: read.url, thumbnail: read.thumbnail.url };
  }

  private send(id: string, file: File, proof: Proof): void {
    this.change(id, { state: "sending" });
    const { answer, abort } = this.at.upload({
      url: this.address(`/api/v1/files?client_id=${id}`),
      proof,
      file,
      progress: (progress) => this.change(id, { progress }),
    });
    this.running.set(id, abort);
    void answer.then((ended) => {
      // Taken out in the meantime: nobody waits for it any more.
      if (!this.running.delete(id)) return;
      this.ended(id, ended);
      this.pump();
    });
  }

  private ended(id: string, ended: UploadAnswer): void {
    if (ended.ok) {
      this.change(id, { state: "ready", progress: 1, file_id: ended.file.file_id, thumbnail: ended.file.thumbnail.url });
      return;
    }
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tries);
    const wait = ended.retry_after === null ? PATIENCE_MS * 2 ** tries : ended.retry_after * 1000;
    if (PASSING.has(ended.code) && tries < TRIES && wait <= LONGEST_WAIT_MS) {
      this.running.set(id, () => clearTimeout(timer));
      const timer = setTimeout(() => {
        this.running.delete(id);
        this.change(id, { state: "waiting", progress: 0 });
        this.pump();
      }, wait);
    } else {
      this.change(id, { state: "failed", error: ended.code });
    }
  }

  private change(id: string, more: Partial<Photo>): void {
    this.put(this.tray.peek().map((photo) => (photo.id === id ? { ...photo, ...more } : photo)));
  }

  private put(tray: readonly Photo[]): void {
    this.tray.value = tray;
    const ready = tray.flatMap(({ id, file_id, thumbnail, alt }) => (file_id ? [{ id, file_id, thumbnail, alt }] : []));
    const unfinished = tray.filter((photo) => photo.state === "waiting" || photo.state === "sending").length;
    if (ready.length || unfinished) this.at.store.set(this.at.key, JSON.stringify({ ready, unfinished } satisfies Kept));
    else this.at.store.remove(this.at.key);
  }
}

function begin(file: File): Photo {
  const error = !isPicture(file)
    ? "file_kind_unsupported"
    : file.size > BYTES_LIMIT
      ? "file_too_large"
      : file.size === 0
        ? "file_empty"
        : null;
  const state = error ? "failed" : "waiting";
  return { id: clientId(), state, progress: 0, error, file, file_id: null, thumbnail: null, alt: "" };
}

/** Nothing for anything this code has not written itself. */
function readKept(json: string | null): Kept {
  try {
    const raw = JSON.parse(json ?? "null") as Partial<Kept> | null;
    const ready = (Array.isArray(raw?.ready) ? raw.ready : []).filter(
      (photo) => typeof photo?.id === "string" && typeof photo.file_id === "string" && typeof photo.alt === "string",
    );
    return { ready, unfinished: typeof raw?.unfinished === "number" ? raw.unfinished : 0 };
  } catch {
    return { ready: [], unfinished: 0 };
  }
}
