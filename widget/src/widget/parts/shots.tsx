/** The photos of a message: small ones beside each other, each opening full size; a link that has ended is renewed once. */

import { ImageOff, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Photos } from "../photos.ts";
import type { ImagePart, Part } from "../protocol.ts";
import { words } from "../words.ts";

export const isShot = (part: Part): part is ImagePart => part.type === "image";

export function Shots({ shots, photos }: { shots: readonly ImagePart[]; photos: Photos }): JSX.Element {
  const [open, setOpen] = useState<number | null>(null);
  const shown = open === null ? undefined : shots[open];
  return (
    <>
      <ul class="shots" data-count={Math.min(shots.length, 3)}>
        {shots.map((part, at) => (
          <li key={part.file_id}>
            <button type="button" class="shot" aria-label={words.openPhoto(words.photoOf(at + 1, part.alt))} onClick={() => setOpen(at)}>
              <Picture part={part} variant="thumbnail" alt="" photos={photos} />
            </button>
          </li>
        ))}
      </ul>
      {shown && open !== null && (
        <Viewer name={words.photoOf(open + 1, shown.alt)} close={() => setOpen(null)}>
          <Picture part={shown} variant="url" alt={words.photoOf(open + 1, shown.alt)} photos={photos} />
          {shown.alt && <p>{shown.alt}</p>}
        </Viewer>
      )}
    </>
  );
}

interface PictureProps {
  part: ImagePart;
  variant: "url" | "thumbnail";
  alt: string;
  photos: Photos;
}

function Picture({ part, variant, alt, photos }: PictureProps): JSX.Element {
  const [fresh, setFresh] = useState<string | null>(null);
  const [gone, setGone] = useState(false);
  const small = variant === "thumbnail";
  const { width, height } = small ? part.thumbnail : part;
  const renew = async (): Promise<void> => {
    const links = fresh === null ? await photos.links(part.file_id) : null;
    if (links) setFresh(links[variant]);
    else setGone(true);
  };
  if (gone) {
    return (
      <span class="shot__gone">
        <Icon of={ImageOff} />
        <span class={small ? "hidden" : undefined}>{words.photoGone}</span>
      </span>
    );
  }
  const src = photos.address(fresh ?? (small ? part.thumbnail.url : part.url));
  return <img src={src} width={width} height={height} alt={alt} loading={small ? "lazy" : undefined} onError={() => void renew()} />;
}

function Viewer({ name, close, children }: { name: string; close: () => void; children: JSX.Element | unknown }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-label={name}
      onClose={close}
      // Escape closes the photo and not the chat behind it.
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
    >
      <button type="button" class="viewer__close" aria-label={words.closePhoto} onClick={() => dialog.current?.close()}>
        <Icon of={X} />
      </button>
      <div class="viewer__photo">{children as JSX.Element}</div>
    </dialog>
  );
}
