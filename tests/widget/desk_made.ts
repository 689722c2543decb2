/** Rows, conversations and samples of the technician's wire, as short as they are said. */

import { type DeskConversation, type Row, readDeskConversation, readQueue } from "../../widget/src/portal/desk/protocol.ts";
import { sample } from "./samples.ts";

export const ME = "0192f3a0-0000-7000-8000-00000000000a";
export const NOW = Date.parse("2026-11-24T10:10:00Z");

export function row(conversation: string, more: Partial<Row> = {}): Row {
  const [first] = readQueue(sample("desk.queue"))?.rows ?? [];
  if (!first) throw new Error("no sample");
  return { ...first, conversation, ...more };
}

export function deskConversation(more: Partial<DeskConversation> = {}): DeskConversation {
  const made = readDeskConversation(sample("desk.conversation"));
  if (!made) throw new Error("no sample");
  return { ...made, ...more };
}
