/** One conversation: whose it is and what can be done, the summary, everything that was said, and the box to write in. */

import { computed } from "@preact/signals";
import {
  ArrowLeft,
  BellOff,
  Bot,
  Check,
  CircleAlert,
  Hand,
  Info,
  MessageSquareText,
  MoreHorizontal,
  PanelRight,
  StickyNote,
  Undo2,
  UserRoundPlus,
} from "lucide";
import type { JSX, RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../../shared/icon.tsx";
import { initial } from "../../../widget/fold.ts";
import { momentOf } from "../../../widget/time.ts";
import { Composer } from "../../../widget/ui/composer.tsx";
import { useDrop } from "../../../widget/ui/drop.ts";
import { Skeleton } from "../../../widget/ui/skeleton.tsx";
import { Thread } from "../../../widget/ui/thread.tsx";
import { lastOwn } from "../../../widget/view.ts";
import { words as said } from "../../../widget/words.ts";
import { written } from "../../../widget/written.ts";
import type { Controls } from "../controls.ts";
import type { DeskConversation } from "../protocol.ts";
import { isSnoozed, nameOf, span } from "../queue.ts";
import { CANNED, statusOf, words } from "../words.ts";
import { DeskGroup } from "./group.tsx";
import { Side } from "./side.tsx";

export interface ConversationProps {
  id: string;
  controls: Controls;
  input: RefObject<HTMLTextAreaElement | null>;
}

export function ConversationView({ id, controls, input }: ConversationProps): JSX.Element {
  const { desk, now } = controls;
  const talk = desk.value.talks[id];
  const conversation = talk?.conversation ?? null;
  const me = desk.value.me?.id ?? "";
  const mine = conversation?.owner === "technician" && conversation.technician?.id === me;
  const had = useRef(false);
  const [lost, setLost] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const photos = useMemo(() => controls.given.photos(id), [id]);
  const thread = useMemo(() => computed(() => desk.value.talks[id]?.thread ?? initial), [id]);
  const [dropping, drop] = useDrop((files) => mine && photos.add(files));

  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, [id]);
  useEffect(() => {
    if (mine) setLost(false);
    else if (had.current && conversation?.owner === "technician") setLost(true);
    had.current = mine;
  }, [mine, conversation?.owner, conversation?.epoch]);
  useEffect(() => {
    if (talk && desk.value.link === "online") photos.pump();
  }, [desk.value.link]);

  if (talk?.failed) {
    return (
      <section class="talk talk--none">
        <Back controls={controls} />
        <div class="none" role="alert">
          <Icon of={CircleAlert} size={32} />
          <h2>{words.cannotOpen}</h2>
          <p>{words.cannotOpenText}</p>
          <button type="button" class="button" onClick={() => controls.given.connection.open(id)}>
            {words.again}
          </button>
        </div>
      </section>
    );
  }
  if (!talk || !conversation) {
    return (
      <section class="talk" aria-label={words.opening}>
        <div class="talk__head">
          <Back controls={controls} />
        </div>
        <div class="talk__wait">
          <Skeleton />
        </div>
      </section>
    );
  }
  const name = nameOf(conversation) ?? words.visitor;
  const snoozed = isSnoozed(conversation, now.value) ? momentOf(conversation.snoozed_until ?? "") : null;
  const mode = mine ? controls.mode.value : "note";
  const asides = talk.notes.map((note) => ({
    key: note.client_id ?? note.id,
    after_seq: note.after_seq,
    at: note.at,
    author: note.author.name,
    text: note.text,
  }));
  const send = (text: string): void => {
    if (mode === "note") controls.given.connection.send(id, { note: text, mentions: [] }, text);
    else for (const one of written(text, photos.take())) controls.given.connection.send(id, one.content, one.text);
  };
  return (
    <>
      <section class="talk" aria-label={words.of(name)} {...drop}>
        <div class="talk__head">
          <Back controls={controls} />
          <div class="talk__who">
            <h2 ref={heading} tabIndex={-1}>
              {name}
            </h2>
            <p class="talk__status" role="status" data-owner={conversation.owner} data-mine={mine}>
              {statusOf(conversation, me, span(conversation.waiting_since, now.value), snoozed)}
            </p>
          </div>
          <Ways conversation={conversation} mine={mine} snoozed={snoozed !== null} controls={controls} />
          <button
            type="button"
            class="round talk__details"
            aria-label={words.details}
            aria-expanded={controls.detailed.value}
            onClick={() => controls.details(!controls.detailed.peek())}
          >
            <Icon of={PanelRight} />
          </button>
        </div>
        {lost && (
          <p class="banner" role="alert">
            <Icon of={Info} size={18} />
            <span>
              {words.lost(conversation.technician?.name ?? null)} {controls.given.drafts.get(`reply:${id}`) ? words.lostDraft : ""}
            </span>
          </p>
        )}
        <Summary conversation={conversation} />
        <Thread
          state={thread}
          now={now}
          open={true}
          asides={asides}
          read={(seq) => controls.given.connection.read(id, seq)}
          empty={<p class="talk__empty soft">{words.nothingSaid}</p>}
          draw={(known) => {
            const own = lastOwn(known);
            return (group) => (
              <DeskGroup
                key={group.key}
                group={group}
                own={own}
                customer={name}
                me={known.self.name}
                now={now.value}
                photos={photos}
                retry={(client_id) => controls.given.connection.retry(id, client_id)}
                remove={(client_id) => controls.given.connection.remove(id, client_id)}
              />
            );
          }}
        />
        {dropping && mine && <p class="drop">{said.dropPhotos}</p>}
        <div class="write" data-mode={mode}>
          <div class="write__head">
            {mine ? (
              <div class="modes" role="toolbar" aria-label={words.composeAs}>
                <button type="button" aria-pressed={mode === "reply"} onClick={() => swap(controls, "reply", input)}>
                  <Icon of={MessageSquareText} size={16} />
                  {words.reply}
                </button>
                <button type="button" aria-pressed={mode === "note"} onClick={() => swap(controls, "note", input)}>
                  <Icon of={StickyNote} size={16} />
                  {words.note}
                </button>
              </div>
            ) : (
              <p class="write__why">{whyNot(conversation, me)}</p>
            )}
            {mode === "note" && <p class="write__private">{words.notePrivate}</p>}
          </div>
          <Composer
            key={`${id}:${mode}`}
            inputRef={input}
            drafts={controls.given.drafts}
            draftKey={`${mode}:${id}`}
            photos={photos}
            plain={mode === "note"}
            label={mode === "note" ? words.notePlaceholder : words.placeholder}
            placeholder={mode === "note" ? words.notePlaceholder : words.placeholder}
            send={send}
            typing={(on) => mode === "reply" && controls.given.connection.type(id, on)}
            tools={(insert) =>
              mode === "reply" && <Canned insert={insert} name={conversation.customer.name} me={thread.peek().self.name} />
            }
          />
        </div>
      </section>
      <div class="side__place" data-open={controls.detailed.value}>
        <Side talk={talk} controls={controls} />
      </div>
    </>
  );
}

function swap(controls: Controls, mode: "reply" | "note", input: RefObject<HTMLTextAreaElement | null>): void {
  controls.mode.value = mode;
  requestAnimationFrame(() => input.current?.focus());
}

function whyNot(conversation: DeskConversation, me: string): string {
  if (conversation.owner !== "technician") return words.readAlong[conversation.owner];
  const { technician } = conversation;
  return technician && technician.id !== me ? words.readAlong.others(technician.name) : words.readAlong.free;
}

function Back({ controls }: { controls: Controls }): JSX.Element {
  return (
    <button type="button" class="round talk__back" aria-label={words.back} onClick={() => controls.back()}>
      <Icon of={ArrowLeft} />
    </button>
  );
}

interface WaysProps {
  conversation: DeskConversation;
  mine: boolean;
  snoozed: boolean;
  controls: Controls;
}

/** What can be done with it now; the shop has the last word on each. */
function Ways({ conversation, mine, snoozed, controls }: WaysProps): JSX.Element {
  const busy = controls.busy.value || controls.desk.value.link !== "online";
  const { owner, technician } = conversation;
  if (!mine) {
    const others = owner === "technician" && technician !== null;
    const label = owner === "bot" ? words.takeOver : owner === "closed" ? words.reopen : words.take;
    return (
      <div class="ways">
        {!others && (
          <button type="button" class="button button--small" aria-disabled={busy} onClick={() => void controls.take()}>
            <Icon of={Hand} size={18} />
            {label}
          </button>
        )}
      </div>
    );
  }
  return (
    <div class="ways">
      <button type="button" class="button button--small" aria-disabled={busy} onClick={() => void controls.resolve()}>
        <Icon of={Check} size={18} />
        {words.resolve}
      </button>
      <More>
        <button type="button" onClick={() => void controls.release()}>
          <Icon of={Bot} size={18} />
          {words.release}
          <kbd>B</kbd>
        </button>
        <button type="button" onClick={() => controls.ask("transfer")}>
          <Icon of={UserRoundPlus} size={18} />
          {words.transfer}
          <kbd>X</kbd>
        </button>
        {snoozed ? (
          <button type="button" onClick={() => void controls.wake()}>
            <Icon of={Undo2} size={18} />
            {words.wakeNow}
          </button>
        ) : (
          <button type="button" onClick={() => controls.ask("snooze")}>
            <Icon of={BellOff} size={18} />
            {words.snooze}
            <kbd>S</kbd>
          </button>
        )}
      </More>
    </div>
  );
}

/** A small menu that closes by a choice, by Escape and by going elsewhere. */
function More({
  children,
  label = words.more,
  icon = MoreHorizontal,
}: {
  children: JSX.Element | JSX.Element[];
  label?: string;
  icon?: typeof Check;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    place.current?.querySelector<HTMLElement>(".menu__list button")?.focus();
    const outside = (event: PointerEvent): void => {
      if (place.current && !event.composedPath().includes(place.current)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!open) return;
    const stops = [...(place.current?.querySelectorAll<HTMLElement>(".menu__list button") ?? [])];
    const at = stops.indexOf(event.target as HTMLElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (step) stops[(at + step + stops.length) % stops.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" ref={place}>
      <button ref={button} type="button" class="pick" aria-label={label} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon of={icon} />
      </button>
      {open && (
        <div class="menu__list" role="toolbar" aria-label={label} onClick={() => setOpen(false)} onKeyDown={onKeyDown}>
          {children}
        </div>
      )}
    </div>
  );
}

function Canned({ insert, name, me }: { insert: (text: string) => void; name: string | null; me: string | null }): JSX.Element {
  const first = name?.split(/\s+/)[0] ?? null;
  return (
    <More label={words.canned} icon={MessageSquareText}>
      {CANNED.map(({ title, text }) => (
        <button key={title} type="button" onClick={() => insert(text(first, me))}>
          {title}
        </button>
      ))}
    </More>
  );
}

function Summary({ conversation }: { conversation: DeskConversation }): JSX.Element | null {
  const { handoff } = conversation;
  if (!handoff || !(handoff.why || handoff.wanted || handoff.filled.length || handoff.tried.length)) return null;
  return (
    <details class="summary" open>
      <summary>
        <strong>{words.summary}</strong>
        {handoff.why && <span>{handoff.why}</span>}
      </summary>
      <dl>
        {handoff.wanted && (
          <div>
            <dt>{words.wanted}</dt>
            <dd>{handoff.wanted}</dd>
          </div>
        )}
        {handoff.filled.length > 0 && (
          <div>
            <dt>{words.known}</dt>
            <dd>{handoff.filled.map(({ label, value }) => `${label}: ${value}`).join(" · ")}</dd>
          </div>
        )}
        {handoff.tried.length > 0 && (
          <div>
            <dt>{words.tried}</dt>
            <dd>{handoff.tried.join(" ")}</dd>
          </div>
        )}
      </dl>
    </details>
  );
}
