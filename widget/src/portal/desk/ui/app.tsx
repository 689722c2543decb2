/** The desk: queue, conversation and details side by side, one at a time on a phone; keys, toasts and the state of the line. */

import { CheckCircle2, CircleAlert, Headset, Info, X } from "lucide";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../../shared/icon.tsx";
import { Strip } from "../../../widget/ui/strip.tsx";
import type { Controls } from "../controls.ts";
import { focused, pressed } from "../keys.ts";
import { counts, listed } from "../queue.ts";
import { words } from "../words.ts";
import { ConversationView } from "./conversation.tsx";
import { Dialogs } from "./dialogs.tsx";
import { QueueView } from "./rows.tsx";

export function App({ controls }: { controls: Controls }): JSX.Element {
  const { desk, openId } = controls;
  const place = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const id = openId.value;

  useEffect(() => {
    const root = (): Document | ShadowRoot => (place.current?.getRootNode() as Document | ShadowRoot | undefined) ?? document;
    const rowsNow = (): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const next = (step: 1 | -1): void => {
      const rows = rowsNow();
      const here = rows.findIndex(
        (row) => row === root().activeElement || (root().activeElement === null && row.dataset.row === openId.peek()),
      );
      const at = here < 0 ? rows.findIndex((row) => row.dataset.row === openId.peek()) : here;
      const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
      row?.focus();
      row?.scrollIntoView({ block: "nearest" });
      // Beside each other, the one that is reached is shown; on a phone Enter opens it.
      if (row?.dataset.row && openId.peek() && matchMedia("(min-width: 48rem)").matches) controls.open(row.dataset.row);
    };
    const write = (mode: "reply" | "note"): void => {
      controls.mode.value = mode;
      requestAnimationFrame(() => input.current?.focus());
    };
    const onKey = (event: KeyboardEvent): void => {
      const target = document.activeElement?.shadowRoot ? focused(root()) : document.activeElement;
      const search = (): void => list.current?.parentElement?.querySelector<HTMLInputElement>("input[type=search]")?.focus();
      const toList = (): void => (rowsNow().find((row) => row.tabIndex === 0) ?? rowsNow()[0])?.focus();
      if (!event.defaultPrevented && pressed(event, target, controls, { next, write, search, list: toList })) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div class="place desk" ref={place} data-open={id !== null} data-details={controls.detailed.value}>
      <div class="desk__line">
        {desk.value.signedOut ? (
          <p class="signed-out" role="alert">
            <Icon of={CircleAlert} size={18} />
            {words.signedOut} <a href="/staff/login?next=%2Fstaff%2Fdesk">{words.signIn}</a>
          </p>
        ) : (
          <Strip link={desk.value.link} loaded={desk.value.loaded} />
        )}
      </div>
      <div class="desk__columns">
        <QueueView controls={controls} list={list} />
        {id ? <ConversationView key={id} id={id} controls={controls} input={input} /> : <Nothing controls={controls} />}
      </div>
      <Dialogs controls={controls} />
      <Toasts controls={controls} />
    </div>
  );
}

function Nothing({ controls }: { controls: Controls }): JSX.Element {
  const { rows, me, loaded } = controls.desk.value;
  const { waiting } = counts(rows, me?.id ?? "", controls.now.value);
  const first = listed(rows, me?.id ?? "", controls.now.value, { filter: "all", skill: "", search: "" })[0]?.rows[0];
  return (
    <section class="talk talk--none">
      {loaded && (
        <div class="none">
          <Icon of={Headset} size={40} />
          <h2>{words.pick}</h2>
          <p>{words.pickText(waiting)}</p>
          {waiting > 0 && first && (
            <button type="button" class="button" onClick={() => controls.open(first.conversation)}>
              {words.next}
            </button>
          )}
          <p class="small">{words.helpHint}</p>
        </div>
      )}
    </section>
  );
}

function Toasts({ controls }: { controls: Controls }): JSX.Element {
  const toast = controls.toast.value;
  const icon = { good: CheckCircle2, bad: CircleAlert, info: Info };
  return (
    <div class="toasts" role={toast?.tone === "bad" ? "alert" : "status"}>
      {toast && (
        <div key={toast.key} class="toast" data-tone={toast.tone}>
          <Icon of={icon[toast.tone]} size={18} />
          <p>{toast.text}</p>
          {toast.way && (
            <button
              type="button"
              class="toast__way"
              onClick={() => {
                controls.dismiss();
                toast.way?.go();
              }}
            >
              {toast.way.label}
            </button>
          )}
          <button type="button" class="toast__out" aria-label={words.close} onClick={() => controls.dismiss()}>
            <Icon of={X} size={16} />
          </button>
        </div>
      )}
    </div>
  );
}
