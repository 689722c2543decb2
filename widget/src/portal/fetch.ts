/** Pages as documents: the browser parses them without running anything, and no string ever becomes markup here. */

export interface Answer {
  readonly status: number;
  /** Where redirects led. */
  readonly url: string;
  readonly page: Document | null;
}

/** Sends a form with files in it and tells how far that is, as a share of the whole; rejects when nothing was answered. */
export function sendForm(url: string, body: FormData, told: (share: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "document";
    request.upload.onprogress = ({ loaded, total }) => told(total ? loaded / total : 0);
    request.onload = () => resolve({ status: request.status, url: request.responseURL, page: request.responseXML });
    request.onerror = () => reject(new Error("no answer"));
    request.send(body);
  });
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
