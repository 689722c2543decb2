/** Cuts text into words and links. Only http and https, and nothing that could be mistaken for another address. */

export type Piece = {
  readonly text: string;
  readonly href: string | null;
  /** A reference or a span of hours: a line that ends within it is read wrong. */
  readonly whole?: boolean;
};

const LINK = /\bhttps?:\/\/[^\s<>"'`{}|\\^[\]]+/gi;
const WHOLE = /\bRT-[0-9A-Z]{4,8}\b|\b\d{1,2}:\d{2}–\d{1,2}:\d{2}\b/g;
const TAIL = /[.,:;!?)\u2019\u201d…]+$/;

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = trimmed(match[0]);
    const href = safe(address);
    if (!href) continue;
    pieces.push(...plain(text.slice(from, match.index)));
    pieces.push({ text: address, href });
    from = match.index + address.length;
  }
  pieces.push(...plain(text.slice(from)));
  return pieces;
}

function plain(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(WHOLE)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), href: null });
    pieces.push({ text: match[0], href: null, whole: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), href: null });
  return pieces;
}

/** Punctuation that ends the sentence is no part of the link, except a bracket the link itself opened. */
function trimmed(address: string): string {
  let link = address;
  for (;;) {
    const tail = TAIL.exec(link)?.[0];
    if (!tail) return link;
    const opened = link.split("(").length - link.split(")").length;
    if (tail.startsWith(")") && opened >= 0 && tail.length === 1) return link;
    link = link.slice(0, -1);
  }
}

/** A user name before the host makes https://bank.example@evil.example look like the bank: no link then. */
function safe(address: string): string | null {
  try {
    const url = new URL(address);
    return (url.protocol === "https:" || url.protocol === "http:") && !url.username && !url.password && url.hostname ? url.href : null;
  } catch {
    return null;
  }
}
