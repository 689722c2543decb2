/** Dates as people in Britain write them, in the reader's own zone: "Tue 25 Nov", "10:30". */

import type { Opens } from "./protocol.ts";
import { words } from "./words.ts";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });

const parsed = (at: string): Date | null => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date;
};

/** en-GB puts a comma after the weekday in some browsers; ours never does. */
const plain = (format: Intl.DateTimeFormat, date: Date): string => format.format(date).replace(",", "").replace("Sept", "Sep");

export function timeOf(at: string): string {
  const date = parsed(at);
  return date ? clock.format(date) : "";
}

export function dateOf(at: string): string {
  const date = parsed(at);
  return date ? plain(day, date) : "";
}

export function momentOf(at: string): string {
  const date = parsed(at);
  return date ? `${plain(day, date)}, ${clock.format(date)}` : "";
}

const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "Today", "Yesterday", "Tue 25 Nov", and the year only when it is another one. */
export function dayLabel(at: string, now: Date): string {
  const date = parsed(at);
  if (!date) return "";
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  return plain(date.getFullYear() === now.getFullYear() ? day : dayOfYear, date);
}

/** Null for an unreadable time: such a message joins the day before it. */
export function dayKey(at: string): string | null {
  const date = parsed(at);
  return date ? `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}` : null;
}

/** A moment the shop names, as people say it when it is near; whoever lives by another clock reads the shop's own words. */
export function soonLabel({ at, title }: Opens, now: Date): string {
  const date = parsed(at);
  if (!date || momentOf(at) !== title) return title;
  const days = Math.round((midnight(date) - midnight(now)) / 86_400_000);
  return days === 0 ? words.todayAt(timeOf(at)) : days === 1 ? words.tomorrowAt(timeOf(at)) : title;
}
