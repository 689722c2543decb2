/** A customer's bookings and repairs, as the list of the workshop has them. */

import { list, object, present, text, textOrNull } from "../../widget/protocol.ts";

export interface Order {
  readonly reference: string;
  readonly starts_at: string | null;
  readonly label: string;
  readonly total: string;
  readonly repairs: readonly { readonly device: string; readonly stage: string; readonly stage_label: string }[];
}

const amount = (value: unknown): string => text(object(value)?.text) || text(value);

export function readOrders(value: unknown): Order[] | null {
  const raw = object(value);
  return Array.isArray(raw?.items) ? raw.items.map(readOrder).filter(present) : null;
}

function readOrder(value: unknown): Order | null {
  const raw = object(value);
  const reference = textOrNull(raw?.reference);
  if (!raw || !reference) return null;
  return {
    reference,
    starts_at: textOrNull(raw.starts_at),
    label: text(raw.label),
    total: amount(raw.total),
    repairs: list(raw.repairs).flatMap((entry) => {
      const repair = object(entry);
      const device = text(repair?.device);
      return repair && device ? [{ device, stage: text(repair.stage), stage_label: text(repair.stage_label) }] : [];
    }),
  };
}
