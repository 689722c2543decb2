/** The few questions the desk asks back: to whom, until when, and which keys there are. */

import { X } from "lucide";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../../../shared/icon.tsx";
import type { Controls } from "../controls.ts";
import { SHORTCUTS, words } from "../words.ts";

export function Dialogs({ controls }: { controls: Controls }): JSX.Element | null {
  switch (controls.asked.value) {
    case "help":
      return <Help close={() => controls.ask(null)} />;
    case "transfer":
      return <Transfer controls={controls} />;
    case "snooze":
      return <Snooze controls={controls} />;
    default:
      return null;
  }
}

function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-label={title}
      onClose={close}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
    >
      <div class="dialog__body">
        <div class="dialog__head">
          <h2>{title}</h2>
          <button type="button" class="round" aria-label={words.close} onClick={() => dialog.current?.close()}>
            <Icon of={X} />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

function Help({ close }: { close: () => void }): JSX.Element {
  return (
    <Dialog title={words.keys} close={close}>
      <dl class="keys">
        {SHORTCUTS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.split("  ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function Transfer({ controls }: { controls: Controls }): JSX.Element {
  const { team, me } = controls.desk.value;
  const others = team.filter(({ id, status }) => id !== me?.id && status === "here");
  const [to, setTo] = useState(others[0]?.id ?? "");
  const [note, setNote] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    const whom = others.find(({ id }) => id === to);
    void controls.transfer(whom ?? null, note.trim());
  };
  return (
    <Dialog title={words.transferTitle} close={() => controls.ask(null)}>
      <form class="ask" onSubmit={submit}>
        {others.length === 0 && <p class="soft">{words.nobodyElse}</p>}
        <fieldset>
          <legend class="hidden">{words.transferTo}</legend>
          {others.map((member) => (
            <label key={member.id} class="option">
              <input type="radio" name="to" value={member.id} checked={to === member.id} onChange={() => setTo(member.id)} />
              <span>
                <strong>{member.name}</strong>
                <span class="soft">{[words.memberChats(member.chats), ...member.skills].join(" · ")}</span>
              </span>
            </label>
          ))}
          <label class="option">
            <input type="radio" name="to" value="" checked={to === ""} onChange={() => setTo("")} />
            <span>
              <strong>{words.toQueue}</strong>
            </span>
          </label>
        </fieldset>
        <label class="ask__note">
          {words.transferNote}
          <textarea rows={2} maxLength={2000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button">
          {words.transfer}
        </button>
      </form>
    </Dialog>
  );
}

function Snooze({ controls }: { controls: Controls }): JSX.Element {
  const [own, setOwn] = useState("");
  const at = (days: number, hours: number): Date => {
    const date = new Date();
    date.setDate(date.getDate() + days);
    date.setHours(hours, 0, 0, 0);
    return date;
  };
  const after = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);
  const ways: ReadonlyArray<readonly [string, () => Date]> = [
    [words.snoozes.hour, () => after(1)],
    [words.snoozes.later, () => after(3)],
    [words.snoozes.tomorrow, () => at(1, 9)],
    [words.snoozes.week, () => at(7, 9)],
  ];
  return (
    <Dialog title={words.snoozeTitle} close={() => controls.ask(null)}>
      <p class="soft">{words.snoozeText}</p>
      <div class="ask ask--rows">
        {ways.map(([label, when]) => (
          <button key={label} type="button" class="button button--quiet" onClick={() => void controls.snooze(when())}>
            {label}
          </button>
        ))}
        <form
          class="ask__own"
          onSubmit={(event) => {
            event.preventDefault();
            const when = new Date(own);
            if (!Number.isNaN(when.getTime())) void controls.snooze(when);
          }}
        >
          <label>
            {words.snoozeOwn}
            <input type="datetime-local" value={own} required onInput={(event) => setOwn(event.currentTarget.value)} />
          </label>
          <button type="submit" class="button">
            {words.snooze}
          </button>
        </form>
      </div>
    </Dialog>
  );
}
