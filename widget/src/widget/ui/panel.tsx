/** The window of the chat: header, thread, composer. Full screen on a phone, a panel elsewhere. */

import type { Signal } from "@preact/signals";
import { Volume2, VolumeX, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { Chime } from "../chime.ts";
import type { Connection } from "../connection.ts";
import type { State } from "../fold.ts";
import type { Photos } from "../photos.ts";
import type { Store } from "../storage.ts";
import { lastOwn, offers } from "../view.ts";
import { words } from "../words.ts";
import { written } from "../written.ts";
import { Composer } from "./composer.tsx";
import { useDrop } from "./drop.ts";
import { useKeptFocus } from "./focus.ts";
import { GroupView } from "./group.tsx";
import { Header } from "./header.tsx";
import { useFullScreen } from "./screen.ts";
import { Strip } from "./strip.tsx";
import { Thread } from "./thread.tsx";
import { WelcomeView } from "./welcome.tsx";

export interface PanelProps {
  state: Signal<State>;
  open: Signal<boolean>;
  now: Signal<number>;
  connection: Connection;
  drafts: Store;
  draftKey: string;
  photos: Photos;
  chime: Chime;
  close: () => void;
}

export function Panel({ state, open, now, connection, drafts, draftKey, photos, chime, close }: PanelProps): JSX.Element {
  const panel = useRef<HTMLElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [everOpen, setEverOpen] = useState(open.value);
  const full = useFullScreen(panel, open.value);
  useKeptFocus(panel, open.value);

  useEffect(() => {
    if (!open.value) return;
    setEverOpen(true);
    // On a phone the keyboard would cover the conversation the customer came to read.
    if (full) panel.current?.focus();
    else input.current?.focus();
  }, [open.value]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && full && panel.current) keepInside(event, panel.current);
  };

  const send: Connection["send"] = (content, text) => {
    // A corrected form takes the place of the one that came back.
    if ("form" in content) {
      for (const { body, client_id } of state.peek().outbox) {
        if ("form" in body && body.form.id === content.form.id) connection.remove(client_id);
      }
    }
    return connection.send(content, text);
  };
  const write = (text: string): void => {
    for (const one of written(text, photos.take())) connection.send(one.content, one.text);
  };
  const [dropping, drop] = useDrop((files) => photos.add(files));

  return (
    <section
      {...drop}
      ref={panel}
      class="panel"
      role="dialog"
      aria-label={words.shop}
      aria-modal={full ? "true" : undefined}
      data-open={open.value}
      inert={!open.value}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <Header conversation={state.value.conversation} presence={state.value.presence} now={now.value}>
        <button type="button" class="round" aria-label={chime.on.value ? words.soundOff : words.soundOn} onClick={() => chime.toggle()}>
          <Icon of={chime.on.value ? Volume2 : VolumeX} />
        </button>
        <button type="button" class="round" aria-label={words.close} onClick={close}>
          <Icon of={X} />
        </button>
      </Header>
      <Strip link={state.value.link} loaded={state.value.loaded} />
      {everOpen && (
        <Thread
          state={state}
          now={now}
          open={open.value}
          read={(seq) => connection.read(seq)}
          empty={<WelcomeView start={(text) => void send({ text }, text)} />}
          draw={(known) => {
            const [offered, own] = [offers(known), lastOwn(known)];
            return (group) => (
              <GroupView
                key={group.key}
                group={group}
                offers={offered}
                own={own}
                now={now.value}
                photos={photos}
                send={send}
                retry={(id) => connection.retry(id)}
                remove={(id) => connection.remove(id)}
              />
            );
          }}
        />
      )}
      {dropping && <p class="drop">{words.dropPhotos}</p>}
      <Composer inputRef={input} drafts={drafts} draftKey={draftKey} photos={photos} send={write} typing={(on) => connection.type(on)} />
    </section>
  );
}

/** Tab goes round inside the full-screen chat instead of behind it. */
function keepInside(event: KeyboardEvent, panel: HTMLElement): void {
  const stops = [...panel.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), input, textarea, [tabindex='0']")].filter(
    (element) => element.offsetParent !== null,
  );
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  const first = stops[0];
  const last = stops.at(-1);
  if (!first || !last) return;
  if (event.shiftKey && (active === first || active === panel)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && active === last) {
    event.preventDefault();
    first.focus();
  }
}
