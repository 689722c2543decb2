/** One upload on the wire, with progress and a way to stop it: the one thing fetch cannot do yet. */

import { readUpload, type UploadedFile } from "./protocol.ts";

export type UploadAnswer =
  | { readonly ok: true; readonly file: UploadedFile }
  | { readonly ok: false; readonly code: string; readonly retry_after: number | null };

/** Headers by which a request shows whose it is: a customer's credential, or the token of a member of staff's session. */
export type Proof = Readonly<Record<string, string>>;

export interface UploadRequest {
  readonly url: string;
  /** Headers by which the sender is known. */
  readonly proof: Proof;
  readonly file: File;
  readonly progress: (share: number) => void;
}

export type Upload = (request: UploadRequest) => { readonly answer: Promise<UploadAnswer>; readonly abort: () => void };

export const upload: Upload = ({ url, proof, file, progress }) => {
  const request = new XMLHttpRequest();
  const answer = new Promise<UploadAnswer>((resolve) => {
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => resolve(read(request.status, request.responseText));
    request.onerror = request.onabort = request.ontimeout = () => resolve({ ok: false, code: "offline", retry_after: null });
  });
  request.open("POST", url);
  request.timeout = 300_000;
  for (const [name, value] of Object.entries(proof)) request.setRequestHeader(name, value);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(file);
  return { answer, abort: () => request.abort() };
};

/** Anything that is not one of our answers is as good as none. */
export function read(status: number, text: string): UploadAnswer {
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page, or half an answer.
  }
  const file = status === 201 ? readUpload(body) : null;
  if (file) return { ok: true, file };
  const { code, retry_after } = (body ?? {}) as { code?: unknown; retry_after?: unknown };
  return {
    ok: false,
    code: typeof code === "string" ? code : status === 413 ? "file_too_large" : "internal",
    retry_after: typeof retry_after === "number" ? retry_after : null,
  };
}
