/** Text and photos as messages: as many photos in each as one takes, the words with the first. */

import type { Ready } from "./photos.ts";
import type { Content } from "./protocol.ts";
import { words } from "./words.ts";

export interface Written {
  readonly content: Content;
  /** What the sender sees until the shop's own words arrive. */
  readonly text: string;
}

export function written(text: string, photos: readonly (readonly Ready[])[]): Written[] {
  if (!photos.length) return [{ content: { text }, text }];
  return photos.map((ready, at) => withPhotos(ready, at === 0 ? text : ""));
}

function withPhotos(ready: readonly Ready[], text: string): Written {
  const described = ready.filter(({ alt }) => alt !== "");
  const line = words.photos(
    ready.length,
    described.map(({ alt }) => alt),
  );
  const alts = Object.fromEntries(described.map(({ file_id, alt }) => [file_id, alt]));
  const file_ids = ready.map(({ file_id }) => file_id);
  return { content: { ...(text && { text }), file_ids, ...(described.length > 0 && { alts }) }, text: text ? `${text}\n${line}` : line };
}
