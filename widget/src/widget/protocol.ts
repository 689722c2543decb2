/** The customer wire (ARCHITECTURE §6, tests/contract/samples) as types, and the door where strangers' data becomes them. */

export type AuthorKind = "customer" | "bot" | "technician" | "system";
export type Owner = "bot" | "waiting" | "technician" | "closed";

export interface Author {
  readonly kind: AuthorKind;
  readonly name: string | null;
}

export interface Message {
  readonly id: string;
  readonly seq: number;
  /** 0 while only the ack is known: whatever the server then says about this message is newer. */
  readonly rev: number;
  readonly client_id: string | null;
  readonly author: Author;
  readonly at: string;
  readonly text: string;
  readonly parts: readonly Part[];
  readonly choice: string | null;
}

/** When the shop opens next: the moment, and the shop's own words for it in its own time. */
export interface Opens {
  readonly at: string;
  readonly title: string;
}

/** Whether technicians are there, and if the shop is shut, when it opens. */
export interface Presence {
  readonly there: boolean;
  readonly opens: Opens | null;
}

export interface Conversation {
  readonly id: string;
  readonly owner: Owner;
  readonly epoch: number;
  readonly technician: string | null;
  readonly place: number | null;
  readonly opens: Opens | null;
  readonly rev: number;
  readonly seq: number;
  readonly read_seq: number;
  readonly seen_seq: number;
}

export interface Choice {
  readonly id: string;
  readonly title: string;
  readonly chosen: boolean;
}

export interface Slot {
  readonly id: string;
  readonly starts_at: string;
  readonly title: string;
  readonly chosen: boolean;
}

export interface Line {
  readonly kind: string;
  readonly label: string;
  readonly amount: string;
}

export interface Stage {
  readonly code: string;
  readonly label: string;
  readonly state: "done" | "current" | "todo";
  readonly at: string | null;
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "email" | "tel";
  readonly required: boolean;
  readonly autocomplete: string;
  readonly value: string;
}

export type ChoicesPart = { readonly type: "choices"; readonly choices: readonly Choice[]; readonly open: boolean };
export type SlotsPart = {
  readonly type: "slots";
  /** The few that the text names too. */
  readonly slots: readonly Slot[];
  /** All of the days around them, where there are more; `later` asks for the days after those. */
  readonly week: readonly Slot[];
  readonly more: Choice | null;
  readonly later: Choice | null;
  readonly open: boolean;
};
export type QuotePart = {
  readonly type: "quote";
  readonly device: string;
  readonly services: readonly string[];
  readonly lines: readonly Line[];
  readonly total: string;
  readonly range: { readonly low: string; readonly high: string } | null;
  readonly vat_included: boolean;
  readonly urgency: string;
  readonly duration_minutes: number | null;
  readonly warranty_months: number | null;
  readonly valid_until: string | null;
  /** The order's reference once the price is booked. */
  readonly booked: string | null;
  /** Lines of the message's text that the card shows in its own way. */
  readonly says: readonly string[];
};
export interface BookedRepair {
  readonly device: string;
  readonly services: readonly string[];
  readonly total: string;
}
export type BookingPart = {
  readonly type: "booking";
  readonly reference: string;
  readonly label: string;
  readonly starts_at: string | null;
  readonly state: "confirmed" | "attended" | "cancelled";
  /** The time it was first made for, where that is another one. */
  readonly former: string | null;
  readonly device: string;
  readonly services: readonly string[];
  readonly total: string;
  /** Each device that comes along, with what is done to it. */
  readonly repairs: readonly BookedRepair[];
  readonly location: { readonly name: string; readonly address: string } | null;
  readonly tracking_url: string | null;
  readonly calendar_url: string | null;
};
export type RepairPart = {
  readonly type: "repair";
  readonly reference: string;
  readonly device: string;
  readonly stage_label: string;
  readonly stages: readonly Stage[];
};
export type FormPart = {
  readonly type: "form";
  readonly id: string;
  readonly fields: readonly Field[];
  readonly submit: string;
  readonly open: boolean;
};
export type CardPart = { readonly type: "card"; readonly title: string; readonly text: string; readonly url: string | null };
/** Addresses are on the shop's own site. */
export type ImagePart = {
  readonly type: "image";
  readonly file_id: string;
  readonly alt: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly thumbnail: { readonly url: string; readonly width: number; readonly height: number };
};
export type Part = ChoicesPart | SlotsPart | QuotePart | BookingPart | RepairPart | FormPart | CardPart | ImagePart;
export type UploadedFile = Omit<ImagePart, "type">;

export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly retry_after: number | null;
}

export type Ack =
  | { readonly ok: true; readonly id: string; readonly seq: number; readonly rev: number; readonly at: string }
  | { readonly ok: false; readonly error: Refusal };

export interface Page {
  readonly messages: readonly Message[];
  readonly rev: number;
  readonly more: boolean;
}

export interface Customer {
  readonly name: string | null;
}

export interface Welcome {
  readonly credential: string | null;
  readonly conversation: Conversation;
  readonly customer: Customer;
  /** Null from a shop that does not say. */
  readonly presence: Presence | null;
}

export type Content =
  | { readonly text: string }
  | { readonly text?: string; readonly file_ids: readonly string[]; readonly alts?: Readonly<Record<string, string>> }
  | { readonly choice: string }
  /** Staff among themselves. */
  | { readonly note: string; readonly mentions: readonly string[] }
  | { readonly form: { readonly id: string; readonly values: Readonly<Record<string, string>> } };
export type Body = Content & { readonly client_id: string };

export type Raw = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Raw | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Raw) : null;
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const textOrNull = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
export const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
export const numberOrNull = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
/** A name is sent bare or inside {name|label|text}. */
const named = (value: unknown): string => {
  const raw = object(value);
  return raw ? text(raw.name) || text(raw.label) || text(raw.text) : text(value);
};

/** Only http(s) addresses become links; anything else is no link at all. */
export function readUrl(value: unknown): string | null {
  if (typeof value !== "string") return null;
  try {
    const url = new URL(value);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A path on the shop's own site, never an address elsewhere. */
const pathOrNull = (value: unknown): string | null => (typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : null);

/** A photo as an upload is answered and as a message shows it. */
export function readUpload(value: unknown): UploadedFile | null {
  const raw = object(value);
  const small = raw && object(raw.thumbnail);
  const file_id = raw && textOrNull(raw.file_id);
  const url = raw && pathOrNull(raw.url);
  const thumbnail = small && pathOrNull(small.url);
  if (!raw || !small || !file_id || !url || !thumbnail) return null;
  return {
    file_id,
    alt: text(raw.alt),
    url,
    width: number(raw.width),
    height: number(raw.height),
    thumbnail: { url: thumbnail, width: number(small.width), height: number(small.height) },
  };
}

function readChoice(value: unknown): Choice | null {
  const raw = object(value);
  const id = raw && textOrNull(raw.id);
  const title = raw && textOrNull(raw.title);
  return raw && id && title ? { id, title, chosen: raw.chosen === true } : null;
}

const readSlots = (value: unknown): Slot[] =>
  list(value).flatMap((entry) => {
    const choice = readChoice(entry);
    return choice ? [{ ...choice, starts_at: text(object(entry)?.starts_at) }] : [];
  });

function readStages(value: unknown): Stage[] {
  return list(value).flatMap((entry) => {
    const raw = object(entry);
    const label = raw && textOrNull(raw.label);
    if (!raw || !label) return [];
    const state = raw.state === "done" || raw.state === "current" ? raw.state : "todo";
    return [{ code: text(raw.code), label, state, at: textOrNull(raw.at) }];
  });
}

function readField(value: unknown): Field | null {
  const raw = object(value);
  const name = raw && textOrNull(raw.name);
  if (!raw || !name) return null;
  const type = raw.type === "email" || raw.type === "tel" ? raw.type : "text";
  return {
    name,
    label: text(raw.label) || name,
    type,
    required: raw.required !== false,
    autocomplete: text(raw.autocomplete) || "off",
    value: text(raw.value),
  };
}

export const present = <T>(value: T | null): value is T => value !== null;

const PARTS: Readonly<Record<string, (raw: Raw) => Part | null>> = {
  choices: (raw) => {
    const choices = list(raw.choices).map(readChoice).filter(present);
    return choices.length ? { type: "choices", choices, open: raw.open !== false } : null;
  },
  slots: (raw) => {
    const slots = readSlots(raw.slots);
    if (!slots.length) return null;
    const [more, later] = [readChoice(raw.more), readChoice(raw.later)];
    return { type: "slots", slots, week: readSlots(raw.week), more, later, open: raw.open !== false };
  },
  quote: (raw) => {
    const total = named(raw.total);
    const range = object(raw.range);
    if (!total && !range) return null;
    return {
      type: "quote",
      device: named(raw.device),
      services: list(raw.services).map(named).filter(Boolean),
      lines: list(raw.lines).flatMap((entry) => {
        const line = object(entry);
        return line ? [{ kind: text(line.kind), label: text(line.label), amount: named(line.amount) }] : [];
      }),
      total,
      range: range ? { low: named(range.low), high: named(range.high) } : null,
      vat_included: raw.vat_included !== false,
      urgency: text(raw.urgency),
      duration_minutes: numberOrNull(raw.duration_minutes),
      warranty_months: numberOrNull(raw.warranty_months),
      valid_until: textOrNull(raw.valid_until),
      booked: textOrNull(raw.booked),
      says: list(raw.says).map(text).filter(Boolean),
    };
  },
  booking: (raw) => {
    const reference = textOrNull(raw.reference);
    if (!reference) return null;
    const place = object(raw.location);
    return {
      type: "booking",
      reference,
      label: text(raw.label),
      starts_at: textOrNull(raw.starts_at),
      state: raw.state === "attended" || raw.state === "cancelled" ? raw.state : "confirmed",
      former: textOrNull(raw.former),
      device: named(raw.device),
      services: list(raw.services).map(named).filter(Boolean),
      total: named(raw.total),
      repairs: list(raw.repairs).flatMap((entry) => {
        const repair = object(entry);
        const device = named(repair?.device);
        return device ? [{ device, services: list(repair?.services).map(named).filter(Boolean), total: named(repair?.total) }] : [];
      }),
      location: place
        ? { name: text(place.name), address: text(place.address) }
        : text(raw.location)
          ? { name: "", address: text(raw.location) }
          : null,
      tracking_url: readUrl(raw.tracking_url),
      calendar_url: readUrl(raw.calendar_url),
    };
  },
  repair: (raw) => {
    const label = textOrNull(raw.stage_label);
    return label
      ? { type: "repair", reference: text(raw.reference), device: named(raw.device), stage_label: label, stages: readStages(raw.stages) }
      : null;
  },
  form: (raw) => {
    const id = textOrNull(raw.id);
    const fields = list(raw.fields).map(readField).filter(present);
    return id && fields.length ? { type: "form", id, fields, submit: text(raw.submit) || "Continue", open: raw.open !== false } : null;
  },
  image: (raw) => {
    const file = readUpload(raw);
    return file && { type: "image", ...file };
  },
  card: (raw) => {
    const title = textOrNull(raw.title);
    return title ? { type: "card", title, text: text(raw.text), url: readUrl(raw.url) } : null;
  },
};

/** A part this version does not know, or cannot trust, is null: the message's text says everything. */
export function readPart(value: unknown): Part | null {
  const raw = object(value);
  const reader = raw && Object.hasOwn(PARTS, text(raw.type)) ? PARTS[text(raw.type)] : undefined;
  return raw && reader ? reader(raw) : null;
}

const KINDS: readonly string[] = ["customer", "bot", "technician", "system"];
const OWNERS: readonly string[] = ["bot", "waiting", "technician", "closed"];

export function readAuthor(value: unknown): Author {
  const raw = object(value);
  const kind = raw && KINDS.includes(text(raw.kind)) ? (raw.kind as AuthorKind) : "system";
  return { kind, name: raw ? textOrNull(raw.name) : null };
}

export function readMessage(value: unknown): Message | null {
  const raw = object(value);
  const id = raw && textOrNull(raw.id);
  if (!raw || !id || number(raw.seq) < 1 || number(raw.rev) < 1) return null;
  return {
    id,
    seq: number(raw.seq),
    rev: number(raw.rev),
    client_id: textOrNull(raw.client_id),
    author: readAuthor(raw.author),
    at: text(raw.at),
    text: text(raw.text),
    parts: list(raw.parts).map(readPart).filter(present),
    choice: textOrNull(raw.choice),
  };
}

export function readOpens(value: unknown): Opens | null {
  const raw = object(value);
  const at = raw && textOrNull(raw.at);
  const title = raw && textOrNull(raw.title);
  return at && title && Number.isFinite(Date.parse(at)) ? { at, title } : null;
}

export function readPresence(value: unknown): Presence | null {
  const raw = object(value);
  return raw && typeof raw.there === "boolean" ? { there: raw.there, opens: readOpens(raw.opens) } : null;
}

export const readOwner = (value: unknown): Owner => (OWNERS.includes(text(value)) ? (value as Owner) : "bot");

export function readConversation(value: unknown): Conversation | null {
  const raw = object(value);
  const id = raw && textOrNull(raw.id);
  if (!raw || !id) return null;
  return {
    id,
    owner: readOwner(raw.owner),
    epoch: number(raw.epoch),
    technician: named(raw.technician) || null,
    place: numberOrNull(raw.place),
    opens: readOpens(raw.opens),
    rev: number(raw.rev),
    seq: number(raw.seq),
    read_seq: number(raw.read_seq),
    seen_seq: number(raw.seen_seq),
  };
}

export function readWelcome(value: unknown): Welcome | null {
  const raw = object(value);
  const conversation = raw && readConversation(raw.conversation);
  if (!raw || !conversation) return null;
  return {
    credential: textOrNull(raw.credential),
    conversation,
    customer: { name: textOrNull(object(raw.customer)?.name) },
    presence: readPresence(raw.presence),
  };
}

export function readPage(value: unknown): Page | null {
  const raw = object(value);
  if (!raw || !Array.isArray(raw.messages)) return null;
  return { messages: raw.messages.map(readMessage).filter(present), rev: number(raw.rev), more: raw.more === true };
}

export function readAck(value: unknown): Ack | null {
  const raw = object(value);
  if (raw?.ok === true) {
    const id = textOrNull(raw.id);
    return id ? { ok: true, id, seq: number(raw.seq), rev: number(raw.rev), at: text(raw.at) } : null;
  }
  const error = raw && readRefusal(raw.error);
  return error ? { ok: false, error } : null;
}

export function readRefusal(value: unknown): Refusal | null {
  const error = object(value);
  if (!error) return null;
  const fields = Object.entries(object(error.fields) ?? {}).flatMap(([name, words]) =>
    typeof words === "string" ? [[name, words] as const] : [],
  );
  return {
    code: text(error.code) || "internal",
    detail: text(error.detail),
    fields: Object.fromEntries(fields),
    retry_after: numberOrNull(error.retry_after),
  };
}
