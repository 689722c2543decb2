/** From rows to the list: groups in the order of what to do first, filters, search. Pure. */

import type { DeskConversation, Row } from "./protocol.ts";

export type GroupName = "waiting" | "free" | "mine" | "others" | "bot" | "snoozed";
export type Filter = "all" | GroupName;

export const GROUPS: readonly GroupName[] = ["waiting", "free", "mine", "others", "bot", "snoozed"];

export interface Listed {
  readonly name: GroupName;
  readonly rows: readonly Row[];
}

const time = (at: string | null): number => (at ? Date.parse(at) || 0 : 0);
export const isSnoozed = (row: Pick<Row | DeskConversation, "snoozed_until">, now: number): boolean => time(row.snoozed_until) > now;

export function groupOf(row: Row, me: string, now: number): GroupName {
  if (row.owner === "waiting") return "waiting";
  if (row.owner !== "technician") return "bot";
  if (row.technician === null) return "free";
  if (row.technician.id !== me) return "others";
  return isSnoozed(row, now) ? "snoozed" : "mine";
}

/** Who waits stands as the shop ranks it; one's own by who needs an answer; the rest by the last change. */
function order(name: GroupName): (a: Row, b: Row) => number {
  const later = (a: Row, b: Row): number => time(b.changed_at) - time(a.changed_at) || (a.conversation < b.conversation ? -1 : 1);
  if (name === "waiting")
    return (a, b) =>
      time(a.ranked_at ?? a.waiting_since) - time(b.ranked_at ?? b.waiting_since) || (a.conversation < b.conversation ? -1 : 1);
  if (name === "mine" || name === "free") return (a, b) => Number(b.awaiting) - Number(a.awaiting) || later(a, b);
  if (name === "snoozed") return (a, b) => time(a.snoozed_until) - time(b.snoozed_until);
  return later;
}

export function nameOf({ customer }: Pick<Row, "customer">): string | null {
  return customer.name ?? customer.email ?? customer.phone;
}

const found = (row: Row, words: readonly string[]): boolean => {
  const { name, email, phone } = row.customer;
  const text = [name, email, phone, phone?.replace(/^\+44/, "0"), row.why, row.skill, row.technician?.name, row.last?.text]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
};

export interface Wanted {
  readonly filter: Filter;
  readonly skill: string;
  readonly search: string;
}

export function listed(rows: readonly Row[], me: string, now: number, { filter, skill, search }: Wanted): Listed[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows.filter((row) => (!skill || row.skill === skill) && found(row, words));
  return GROUPS.filter((name) => filter === "all" || filter === name).flatMap((name) => {
    const inside = shown.filter((row) => groupOf(row, me, now) === name).sort(order(name));
    return inside.length ? [{ name, rows: inside }] : [];
  });
}

export function counts(rows: readonly Row[], me: string, now: number): Record<GroupName, number> {
  const count = { waiting: 0, free: 0, mine: 0, others: 0, bot: 0, snoozed: 0 };
  for (const row of rows) count[groupOf(row, me, now)] += 1;
  return count;
}

export const skillsOf = (rows: readonly Row[]): string[] => [...new Set(rows.flatMap(({ skill }) => skill ?? []))].sort();

/** "12 min", "2 h", "3 d"; how long ago something was. */
export function span(at: string | null, now: number): string {
  const minutes = Math.max(0, Math.floor((now - time(at)) / 60_000));
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  return minutes < 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

/** How urgent a wait has become, for its colour and its word. */
export function patience(at: string | null, now: number): "calm" | "long" | "late" {
  const minutes = (now - time(at)) / 60_000;
  return minutes < 5 ? "calm" : minutes < 15 ? "long" : "late";
}
