/** A page that follows an order lends its link to the conversation: whoever asks there need not say which order they mean. */

/** The order's link, if the page shows one and is the shop's own: other sites' pages have nothing to lend. */
export function orderOn(page: Document, origin: string): string | null {
  const shown = page.querySelector<HTMLElement>("[data-revivatech-order]")?.dataset.revivatechOrder;
  return shown && page.location.origin === origin ? shown : null;
}

/** Shows the link to the shop in the name of this conversation; without an answer the customer is asked for the reference as ever. */
export async function lend(origin: string, link: string, credential: string): Promise<boolean> {
  try {
    const headers = { Authorization: `Bearer ${credential}` };
    const answer = await fetch(`${origin}/api/v1/tracking/${encodeURIComponent(link)}/conversation`, { method: "POST", headers });
    return answer.ok;
  } catch {
    return false;
  }
}
