/** What the desk asks by HTTP: tickets for its socket, and the orders beside a conversation. */

import { object, textOrNull } from "../../widget/protocol.ts";
import { type Order, readOrders } from "./orders.ts";

export type Ticket = { readonly ticket: string } | "signed_out" | "unreachable";

export interface Http {
  ticket(): Promise<Ticket>;
  /** Null where they could not be had. */
  orders(conversation: string): Promise<readonly Order[] | null>;
}

export function siteHttp(csrf: string): Http {
  const asked = async (path: string, init: RequestInit = {}): Promise<{ status: number; body: unknown } | null> => {
    try {
      const answer = await fetch(path, { ...init, credentials: "same-origin", signal: AbortSignal.timeout(8000) });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    } catch {
      return null;
    }
  };
  return {
    ticket: async () => {
      const answer = await asked("/api/v1/socket-tickets", { method: "POST", headers: { "X-CSRF-Token": csrf } });
      // A token that no longer fits belongs to a session that is over.
      if (answer?.status === 401 || answer?.status === 403) return "signed_out";
      const ticket = textOrNull(object(answer?.body)?.ticket);
      return answer?.status === 201 && ticket ? { ticket } : "unreachable";
    },
    orders: async (conversation) => {
      const answer = await asked(`/api/v1/orders?conversation=${encodeURIComponent(conversation)}`);
      return answer?.status === 200 ? readOrders(answer.body) : null;
    },
  };
}
