/** The queue: who waits first, then one's own, then everybody else's; live, and gone through with the arrow keys. */

import { BellOff, Clock, Inbox, Keyboard, PhoneCall, Search, Volume2, VolumeX } from "lucide";
import type { JSX, RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../../shared/icon.tsx";
import { momentOf } from "../../../widget/time.ts";
import type { Controls } from "../controls.ts";
import type { Row } from "../protocol.ts";
import { counts, type Filter, GROUPS, isSnoozed, listed, nameOf, patience, skillsOf, span } from "../queue.ts";
import { words } from "../words.ts";

const SLOW_MS = 5000;
const ALWAYS: ReadonlySet<string> = new Set(["waiting", "mine"]);

export function QueueView({ controls, list }: { controls: Controls; list: RefObject<HTMLDivElement | null> }): JSX.Element {
  const { desk, now, wanted, openId } = controls;
  const { rows, me, loaded } = desk.value;
  const mine = me?.id ?? "";
  const groups = listed(rows, mine, now.value, wanted.value);
  const count = counts(rows, mine, now.value);
  const filters: Filter[] = ["all", ...GROUPS.filter((name) => ALWAYS.has(name) || count[name] > 0 || wanted.value.filter === name)];
  const skills = skillsOf(rows);
  const narrowed = wanted.value.filter !== "all" || wanted.value.search !== "" || wanted.value.skill !== "";
  const first = groups[0]?.rows[0]?.conversation;
  const stop = groups.some((group) => group.rows.some(({ conversation }) => conversation === openId.value)) ? openId.value : first;
  const want = (more: Partial<typeof wanted.value>): void => {
    wanted.value = { ...wanted.peek(), ...more };
  };
  return (
    <section class="queue" aria-label={words.queue}>
      <div class="queue__head">
        <label class="finder">
          <Icon of={Search} size={18} />
          <span class="hidden">{words.search}</span>
          <input
            type="search"
            id="desk-search"
            placeholder={words.searchHint}
            autocomplete="off"
            value={wanted.value.search}
            onInput={(event) => want({ search: event.currentTarget.value })}
          />
        </label>
        <div class="queue__tools">
          <StatusSwitch controls={controls} />
          <button
            type="button"
            class="round"
            aria-label={controls.chime.on.value ? words.soundOff : words.soundOn}
            onClick={() => controls.chime.toggle()}
          >
            <Icon of={controls.chime.on.value ? Volume2 : VolumeX} />
          </button>
          <button type="button" class="round queue__keys" aria-label={words.keys} onClick={() => controls.ask("help")}>
            <Icon of={Keyboard} />
          </button>
        </div>
      </div>
      <div class="filters" role="toolbar" aria-label={words.filter}>
        {filters.map((name) => (
          <button
            key={name}
            type="button"
            class="filter"
            aria-pressed={wanted.value.filter === name}
            onClick={() => want({ filter: name })}
          >
            {words.filters[name]}
            {name !== "all" && count[name] > 0 && (
              <span class="filter__count" data-loud={name === "waiting"}>
                {count[name]}
              </span>
            )}
          </button>
        ))}
      </div>
      {(skills.length > 1 || wanted.value.skill) && (
        <label class="queue__skill">
          <span class="hidden">{words.skill}</span>
          <select value={wanted.value.skill} onChange={(event) => want({ skill: event.currentTarget.value })}>
            <option value="">{words.anySkill}</option>
            {skills.map((skill) => (
              <option key={skill} value={skill}>
                {named(skill)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="queue__list" ref={list}>
        {!loaded && <QueueSkeleton />}
        {groups.map((group) => (
          <section key={group.name} class="rows" aria-labelledby={`group-${group.name}`}>
            <h2 class="rows__title" id={`group-${group.name}`}>
              {words.groups[group.name]} <span>{group.rows.length}</span>
            </h2>
            <ul>
              {group.rows.map((row) => (
                <RowView
                  key={row.conversation}
                  row={row}
                  now={now.value}
                  current={row.conversation === openId.value}
                  stop={row.conversation === stop}
                  open={() => controls.open(row.conversation)}
                />
              ))}
            </ul>
          </section>
        ))}
        {loaded && groups.length === 0 && (
          <div class="none">
            <Icon of={Inbox} size={32} />
            <h2>{narrowed ? words.noMatch : words.nobody}</h2>
            <p>{narrowed ? words.noMatchText : words.nobodyText}</p>
            {narrowed && (
              <button type="button" class="quiet" onClick={() => want({ filter: "all", search: "", skill: "" })}>
                {words.showAll}
              </button>
            )}
          </div>
        )}
      </div>
    </section>
  );
}

export const named = (skill: string): string => skill.charAt(0).toUpperCase() + skill.slice(1).replace(/[_-]/g, " ");

function StatusSwitch({ controls }: { controls: Controls }): JSX.Element {
  const here = controls.desk.value.me?.status !== "away";
  return (
    <button
      type="button"
      class="presence"
      role="switch"
      aria-checked={here}
      aria-label={words.statusLabel}
      data-here={here}
      onClick={() => void controls.turn(here ? "away" : "here")}
    >
      {here ? words.here : words.away}
    </button>
  );
}

interface RowProps {
  row: Row;
  now: number;
  current: boolean;
  stop: boolean;
  open: () => void;
}

function RowView({ row, now, current, stop, open }: RowProps): JSX.Element {
  const waits = row.owner === "waiting";
  const since = waits ? row.waiting_since : (row.last?.at ?? row.changed_at);
  const worry = waits ? patience(row.waiting_since, now) : "calm";
  const snoozed = isSnoozed(row, now);
  const who = nameOf(row);
  return (
    <li>
      <button
        type="button"
        class="row"
        data-row={row.conversation}
        aria-current={current ? "true" : undefined}
        data-unread={row.unread > 0}
        tabIndex={stop ? 0 : -1}
        onClick={open}
      >
        <span class="row__top">
          <span class="row__name">{who ?? words.visitor}</span>
          {snoozed ? (
            <span class="row__time">
              <Icon of={BellOff} size={14} />
              {momentOf(row.snoozed_until ?? "")}
            </span>
          ) : (
            <time class="row__time" dateTime={since ?? undefined} title={momentOf(since ?? "")} data-worry={worry}>
              {waits && <Icon of={Clock} size={14} />}
              {waits ? <span class="hidden">{words.waitingFor(span(since, now))}</span> : null}
              <span aria-hidden={waits ? "true" : undefined}>{span(since, now)}</span>
              {worry === "late" && <span class="hidden">, {words.late}</span>}
            </time>
          )}
        </span>
        <span class="row__text">
          <span class="row__said">
            {row.last ? (words.preview[row.last.kind] ?? "") + (row.last.text || words.photo) : (row.why ?? "")}
          </span>
          {row.unread > 0 && (
            <span class="row__unread">
              <span aria-hidden="true">{row.unread > 99 ? "99+" : row.unread}</span>
              <span class="hidden">{words.unread(row.unread)}</span>
            </span>
          )}
        </span>
        <span class="row__marks">
          {row.priority > 0 && (
            <span class="mark" data-priority={row.priority}>
              {words.priority[row.priority] ?? ""}
            </span>
          )}
          {row.why && <span class="mark">{row.why.replace(/\.$/, "")}</span>}
          {row.skill && <span class="mark">{named(row.skill)}</span>}
          {row.call_back && (
            <span class="mark">
              <Icon of={PhoneCall} size={14} />
              {words.callBack}
            </span>
          )}
          {row.owner === "technician" && row.technician && !current && <span class="row__with">{row.technician.name.split(" ")[0]}</span>}
        </span>
      </button>
    </li>
  );
}

function QueueSkeleton(): JSX.Element {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="waitings" role="status">
      <span class="hidden">{words.loadingQueue}</span>
      {[0, 1, 2, 3].map((at) => (
        <i key={at} />
      ))}
      {slow && <p>{words.slow}</p>}
    </div>
  );
}
