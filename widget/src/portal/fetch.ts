/** Pages as documents: the browser parses them without running anything, and no string ever becomes markup here. */

export interface Answer {
  readonly status: number;
  /** Where redirects led. */
  readonly url: string;
  readonly page: Document | null;
}

/** Rejects only when nothing was answered. `XMLHttpRequest`, because fetch cannot parse and DOMParser wants trusted HTML. */
export function fetchPage(url: string, body?: FormData): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", url);
    request.responseType = "document";
    request.timeout = 10_000;
    request.onload = () => resolve({ status: request.status, url: request.responseURL, page: request.responseXML });
    request.onerror = request.ontimeout = () => reject(new Error("no answer"));
    // Forms travel as plain forms do, files or none.
    request.send(body && new URLSearchParams([...body].map(([name, value]) => [name, String(value)])));
  });
}
