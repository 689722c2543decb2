/** From what is known to what is drawn: days, groups of one author, delivery signs, open offers. Pure. */

import type { Entry, State } from "./fold.ts";
import type { Author, AuthorKind, Message, Part } from "./protocol.ts";
import { dayKey } from "./time.ts";

export type Delivery = "sending" | "failed" | "sent" | "seen";

export interface Item {
  /** The same before and after the ack, so that a bubble never blinks. */
  readonly key: string;
  readonly text: string;
  readonly at: string;
  readonly parts: readonly Part[];
  readonly entry: Entry | null;
  readonly seq: number;
  readonly delivery: Delivery | null;
}

/** Something that stands between messages without being one, such as a note among staff. */
export interface Aside {
  readonly key: string;
  readonly after_seq: number;
  readonly at: string;
  readonly author: string;
  readonly text: string;
}

export interface Group {
  readonly key: string;
  readonly kind: AuthorKind | "note";
  readonly name: string | null;
  readonly items: readonly Item[];
  /** Another voice than the last one on the shop's side: worth a name. */
  readonly introduces: boolean;
}

export interface Day {
  readonly key: string;
  readonly at: string;
  readonly groups: readonly Group[];
}

const GROUP_MS = 5 * 60_000;

interface Line {
  readonly kind: Group["kind"];
  readonly name: string | null;
  readonly item: Item;
}

/** The last `limit` messages, what stands between them, and the whole outbox. */
export function days(state: State, limit: number, now: number, asides: readonly Aside[] = []): Day[] {
  const { self } = state;
  const mark = self.kind === "customer" ? "seen_seq" : "read_seq";
  const seen = state.conversation?.[mark] ?? 0;
  const messages = state.messages.slice(-limit);
  const shown: Line[] = [];
  const first = messages.length < state.messages.length ? (messages[0]?.seq ?? 0) : 0;
  const between = asides.filter((aside) => aside.after_seq >= first);
  for (const aside of between.filter((one) => one.after_seq < (messages[0]?.seq ?? Number.POSITIVE_INFINITY))) shown.push(asideLine(aside));
  messages.forEach((message, at) => {
    shown.push({ ...message.author, item: itemOf(message, self, seen) });
    const next = messages[at + 1]?.seq ?? Number.POSITIVE_INFINITY;
    for (const aside of between) if (aside.after_seq >= message.seq && aside.after_seq < next) shown.push(asideLine(aside));
  });
  const waiting = state.outbox
    .filter((entry) => !cameBack(entry))
    .map((entry): Line => {
      const item = waitingItem(entry, now);
      return { kind: "note" in entry.body ? "note" : self.kind, name: self.name, item };
    });
  const result: Array<{ key: string; at: string; groups: Array<Group & { items: Item[] }> }> = [];
  let voice = "";
  const begin = ({ kind, name, item }: Line) => {
    const own = kind === "system" || kind === "note" || isOwn({ kind, name }, self);
    const introduces = !own && voice !== `${kind} ${name}`;
    if (!own) voice = `${kind} ${name}`;
    return { key: item.key, kind, name, items: [item], introduces };
  };
  for (const line of [...shown, ...waiting]) {
    const { kind, name, item } = line;
    const day = result.at(-1);
    const key = dayKey(item.at) ?? day?.key ?? "";
    if (!day || day.key !== key) {
      result.push({ key, at: item.at, groups: [begin(line)] });
      continue;
    }
    const group = day.groups.at(-1);
    const before = group?.items.at(-1);
    if (group && before && group.kind === kind && group.name === name && near(before.at, item.at)) group.items.push(item);
    else day.groups.push(begin(line));
  }
  return result;
}

const near = (a: string, b: string): boolean => Math.abs(Date.parse(b) - Date.parse(a)) < GROUP_MS;

function asideLine({ key, at, author, text }: Aside): Line {
  return { kind: "note", name: author, item: { key, text, at, parts: [], entry: null, seq: 0, delivery: null } };
}

/** One's own words; two technicians are two voices. */
export const isOwn = (author: Author, self: Author): boolean =>
  author.kind === self.kind && (self.name === null || author.name === self.name);

function itemOf(message: Message, self: Author, seen: number): Item {
  const delivery = message.author.kind === self.kind ? (message.seq <= seen ? "seen" : "sent") : null;
  return {
    key: message.client_id ?? message.id,
    text: withoutRepeats(message.text, message.parts),
    at: message.at,
    parts: message.parts,
    entry: null,
    seq: message.seq,
    delivery,
  };
}

function waitingItem(entry: Entry, now: number): Item {
  const at = new Date(Math.min(entry.written, now)).toISOString();
  return { key: entry.client_id, text: entry.text, at, parts: [], entry, seq: 0, delivery: entry.error ? "failed" : "sending" };
}

/** The text alone says everything, line by line; a line that a card or a button beside it shows word for word is left to that one.
 *  A line that announces such lines ("These times are free:") goes with them, unless it is all there is. */
export function withoutRepeats(whole: string, parts: readonly Part[]): string {
  const pictured = parts.some((part) => part.type === "image");
  // The last line stands for the photos where they cannot be shown.
  const text = pictured ? whole.slice(0, Math.max(0, whole.lastIndexOf("\n"))) : whole;
  const shown = new Set(parts.flatMap(saidBy));
  if (shown.size === 0) return text;
  const lines = text.split("\n");
  const gone = lines.map((line) => shown.has(line.replace(/^\s*\d{1,2}[.)]\s+/, "").trim()));
  const kept = lines.filter((_, at) => !gone[at]);
  const said = lines.filter((line, at) => !gone[at] && !(gone[at + 1] && line.trimEnd().endsWith(":")));
  return said.join("\n").trim() || kept.join("\n").trim() || text;
}

function saidBy(part: Part): string[] {
  switch (part.type) {
    case "choices":
      return part.choices.map((choice) => choice.title);
    case "slots":
      return [...part.slots, ...(part.more ? [part.more] : [])].map((slot) => slot.title);
    case "quote":
      return [...part.says, ...part.lines.map((line) => `${line.label}: ${line.amount}`)];
    default:
      return [];
  }
}

export interface Offers {
  /** Choices and forms the customer has already answered, sent or still waiting to be sent. */
  readonly answered: ReadonlySet<string>;
  /** Forms the shop sent back, with its words for each wrong field and what had been typed. */
  readonly refused: ReadonlyMap<string, { readonly fields: Values; readonly values: Values }>;
}

type Values = Readonly<Record<string, string>>;

export function offers(state: State): Offers {
  const answered = new Set<string>();
  const refused = new Map<string, { fields: Values; values: Values }>();
  for (const message of state.messages) if (message.choice) answered.add(message.choice);
  for (const { body, error } of state.outbox) {
    if ("form" in body && error) refused.set(body.form.id, { fields: error.fields, values: body.form.values });
    else if ("form" in body) answered.add(body.form.id);
    else if ("choice" in body && !error) answered.add(body.choice);
  }
  return { answered, refused };
}

/** A form that came back is shown again with its complaints, not as a failed message. */
const cameBack = ({ body, error }: Entry): boolean => "form" in body && error !== null && Object.keys(error.fields).length > 0;

/** How far this side has read. */
export const readMark = ({ self, conversation }: State): number => conversation?.[self.kind === "customer" ? "read_seq" : "seen_seq"] ?? 0;

export function unread(state: State): number {
  const read = readMark(state);
  return state.messages.filter((message) => message.seq > read && message.author.kind !== state.self.kind).length;
}

/** The last message whose delivery is worth a word: signs above it are implied. */
export function lastOwn(state: State): string | null {
  const waiting = state.outbox.findLast((entry) => !cameBack(entry));
  if (waiting) return waiting.client_id;
  const message = state.messages.findLast((candidate) => candidate.author.kind === state.self.kind);
  return message ? (message.client_id ?? message.id) : null;
}

export const lastSeq = (state: State): number => state.messages.at(-1)?.seq ?? 0;
