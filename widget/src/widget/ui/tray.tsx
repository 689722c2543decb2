/** The photos about to be sent: each with a picture, its progress, a way out, and a description for who cannot see it. */

import { CircleAlert, Image as ImageSign, RotateCw, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Photo, Photos } from "../photos.ts";
import { photoRefusal, words } from "../words.ts";

const EDGE = 128;

export interface TrayProps {
  photos: Photos;
  /** Where the keyboard goes when the photo it was on is gone. */
  leave: () => void;
}

export function Tray({ photos, leave }: TrayProps): JSX.Element {
  const [chosen, choose] = useState<string | null>(null);
  const tray = photos.tray.value;
  const at = tray.findIndex(({ id }) => id === chosen);
  const open = tray[at];
  const remove = (id: string): void => {
    photos.remove(id);
    leave();
  };
  return (
    <>
      {tray.length > 0 && (
        <ul class="tray" aria-label={words.trayOf}>
          {tray.map((photo, index) => (
            <Tile
              key={photo.id}
              photo={photo}
              number={index + 1}
              photos={photos}
              chosen={photo.id === chosen}
              choose={() => choose(photo.id === chosen ? null : photo.id)}
              remove={() => remove(photo.id)}
            />
          ))}
        </ul>
      )}
      {open && open.state !== "failed" && (
        <input
          key={open.id}
          class="tray__alt"
          aria-label={words.describe(at + 1)}
          placeholder={words.describeHint}
          maxLength={300}
          value={open.alt}
          autocomplete="off"
          onInput={(event) => photos.describe(open.id, event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.isComposing) return;
            event.preventDefault();
            choose(null);
            leave();
          }}
        />
      )}
      <Said photos={photos} />
    </>
  );
}

interface TileProps {
  photo: Photo;
  number: number;
  photos: Photos;
  chosen: boolean;
  choose: () => void;
  remove: () => void;
}

function Tile({ photo, number, photos, chosen, choose, remove }: TileProps): JSX.Element {
  const { state, progress } = photo;
  const busy = state === "waiting" || state === "sending";
  const told = {
    waiting: words.photoWaiting,
    sending: words.photoSending(progress),
    ready: words.photoReady,
    failed: words.photoFailed,
  }[state];
  const retry = photo.error !== null && photoRefusal(photo.error).retry;
  return (
    <li class="tray__photo" data-state={state}>
      {retry ? (
        <button type="button" class="tray__face" aria-label={words.retryPhoto(number)} onClick={() => photos.retry(photo.id)}>
          <Preview photo={photo} photos={photos} />
          <span class="tray__sign">
            <Icon of={RotateCw} size={18} />
          </span>
        </button>
      ) : (
        <button
          type="button"
          class="tray__face"
          aria-label={`${words.photoOf(number, photo.alt)}, ${told}. ${words.describe(number)}`}
          aria-expanded={chosen}
          onClick={choose}
        >
          <Preview photo={photo} photos={photos} />
          {state === "failed" && (
            <span class="tray__sign">
              <Icon of={CircleAlert} size={18} />
            </span>
          )}
        </button>
      )}
      {busy && (
        <span
          class="tray__bar"
          role="progressbar"
          aria-label={words.photo(number)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(progress * 100)}
        >
          <i style={{ inlineSize: `${Math.max(4, progress * 100)}%` }} />
        </span>
      )}
      <button type="button" class="tray__out" aria-label={busy ? words.cancelPhoto(number) : words.removePhoto(number)} onClick={remove}>
        <span>
          <Icon of={X} size={14} />
        </span>
      </button>
    </li>
  );
}

/** Drawn on a canvas, which no page's content security policy forbids; a photo the browser cannot read has a sign instead. */
function Preview({ photo, photos }: { photo: Photo; photos: Photos }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    if (!photo.file || photo.error === "file_kind_unsupported" || typeof createImageBitmap === "undefined") return;
    let wanted = true;
    createImageBitmap(photo.file, { resizeHeight: EDGE, resizeQuality: "medium" }).then(
      (bitmap) => {
        const element = canvas.current;
        if (wanted && element) {
          const edge = Math.min(bitmap.width, bitmap.height);
          element.getContext("2d")?.drawImage(bitmap, (bitmap.width - edge) / 2, (bitmap.height - edge) / 2, edge, edge, 0, 0, EDGE, EDGE);
          setDrawn(true);
        }
        bitmap.close();
      },
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [photo.file]);

  if (!photo.file && photo.thumbnail) return <img class="tray__image" src={photos.address(photo.thumbnail)} alt="" />;
  return (
    <>
      <canvas ref={canvas} class="tray__image" width={EDGE} height={EDGE} hidden={!drawn} />
      {!drawn && (
        <span class="tray__image tray__blank">
          <Icon of={ImageSign} />
        </span>
      )}
    </>
  );
}

/** What a screen reader hears and everybody may read: how far all are, and what went wrong. */
function Said({ photos }: { photos: Photos }): JSX.Element {
  const tray = photos.tray.value;
  const going = tray.filter(({ state }) => state === "waiting" || state === "sending").length;
  const ready = tray.filter(({ file_id }) => file_id !== null).length;
  const wrong = [...new Set(tray.flatMap(({ error }) => (error ? [photoRefusal(error).text] : [])))];
  if (photos.lost.value) wrong.push(words.photosLost(photos.lost.value));
  if (photos.leftOut.value) wrong.push(words.photosLeftOut(photos.leftOut.value));
  return (
    <>
      <p class="tray__said" role="status">
        {going > 0 ? words.uploading(going) : ready > 0 ? words.readyPhotos(ready) : ""}
      </p>
      <div class="tray__wrong" role="alert">
        {wrong.map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
    </>
  );
}
