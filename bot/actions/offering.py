"""Which free times to show for a wish, whoever asks for them: a booking being made, or one that is to be moved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.actions import opening, times, words
from bot.actions.quote import payload
from bot.actions.talk import Talk

AHEAD = 21  # days searched for the next free time
#: Asks the shop for times from a day on, for some days.
Fetch = Callable[[str, int], Awaitable[list[times.Slot]]]


@dataclass
class Offer:
    """What the shop has for a wish."""

    slots: list[times.Slot] = field(default_factory=list)
    #: All that is free around them, for whoever can leaf through days.
    week: list[times.Slot] = field(default_factory=list)
    #: The one free time that was wished for to the minute.
    exact: times.Slot | None = None
    #: The response that says why it is not what was wished; None when it is.
    note: str | None = None
    #: Why the shop is closed on the wished day.
    closed: str = ""


async def find(talk: Talk, fetch: Fetch, wish: dict[str, Any], shown: list[str], note: str | None = None) -> Offer:
    """Up to six real times that fit the wish, or come closest; with `note` there is a reason already, and nothing is taken for exact."""
    now = talk.turn.now
    wish = _later(talk, wish)
    if times.past(wish, now):
        note, wish = "utter_slot_past", {}
    first, days = times.window(wish, now.date())
    free = await fetch(first.isoformat(), max(days, times.WEEK))
    found = [slot for slot in free if times.day(slot) < (first + timedelta(days)).isoformat()]
    fitting = times.fitting(found, wish)
    one_day = wish.get("date") or len({times.day(slot) for slot in fitting}) == 1
    if wish.get("time") and fitting and one_day and note is None:
        return Offer(exact=fitting[0])
    if wish and not fitting:
        return await _closest(talk, fetch, wish, shown, found, note)
    offered = times.spread(fitting, shown, times.SIX if wish else times.FOUR)
    if not offered and shown:
        later = (date.fromisoformat(max(shown)[:10]) + timedelta(1)).isoformat()
        free = await fetch(later, 14)
        offered = times.spread(free, shown)
    hours = {name: wish[name] for name in times.HOURS if name in wish}
    return _offer(offered, times.fitting(free, hours), note=note)


async def _closest(talk: Talk, fetch: Fetch, wish: dict[str, Any], shown: list[str], found: list[times.Slot], note: str | None) -> Offer:
    closed = await opening.closed_on(talk, wish["date"]) if wish.get("date") and not found else ""
    then = "utter_closed_then" if closed else "utter_no_slot_then"
    note = note or ("utter_no_slot_at" if found and wish.get("date") else then)
    if not found:
        found = await fetch(times.window(wish, talk.turn.now.date())[0].isoformat(), AHEAD)
    near = [slot for slot in found if slot["starts_at"] not in shown] or found
    offered = times.nearest(near, wish) if any(name in wish for name in times.HOURS) else times.spread(near, [], times.SIX)
    if wish.get("date"):
        offered = [slot for slot in offered if times.day(slot) == wish["date"]] or offered
    return _offer(offered, found, note=note, closed=closed)


def _offer(slots: list[times.Slot], free: list[times.Slot], **more: Any) -> Offer:
    return Offer(slots, times.week(free, slots) if slots else [], **more)


def _later(talk: Talk, wish: dict[str, Any]) -> dict[str, Any]:
    """The wish once the days up to one have been looked at: its hours stay, its days begin after that one."""
    after = talk.entities.get("after")
    if talk.intent != "more_times" or not isinstance(after, str):
        return wish
    hours = {name: wish[name] for name in ("time_from", "time_to", "part_of_day") if name in wish}
    return {**hours, "date_from": (date.fromisoformat(after) + timedelta(1)).isoformat()}


async def again(talk: Talk, fetch: Fetch, offered: list[times.Slot]) -> bool:
    """Show what is still free of the times on offer once more; False when none is."""
    free = await fetch(times.day(offered[0]), times.WEEK)
    left = [slot for slot in offered if any(slot["starts_at"] == one["starts_at"] for one in free)]
    if left:
        show(talk, left, times.week(free, left), "utter_slots_again")
    return bool(left)


def show(talk: Talk, offered: list[times.Slot], week: list[times.Slot], response: str, **values: str) -> None:
    """Show a few times in words and as buttons; beside them, where there are more, all of the week for a picker by day."""
    part: dict[str, Any] = {"type": "slots", "slots": _chosen_by(offered), "more": {"title": "More times", "payload": "/more_times"}}
    if week:
        part["week"] = _chosen_by(week)
        part["later"] = {"title": "Later days", "payload": payload("more_times", after=times.day(week[-1]))}
    talk.say(response, [part], times="\n".join(s["label"] for s in offered), **values)


def _chosen_by(slots: list[times.Slot]) -> list[dict[str, Any]]:
    return [{"starts_at": s["starts_at"], "title": s["label"], "payload": payload("choose", slot=s["starts_at"])} for s in slots]


def wished(wish: dict[str, Any]) -> str:
    """The wish in short: `Sun 29 Nov, 15:30`, `Sat 28 Nov in the afternoon`, `Fri 27 Nov after 16:00`."""
    day = words.day(date.fromisoformat(wish["date"])) if wish.get("date") else ""
    if wish.get("time"):
        return ", ".join(part for part in (day, wish["time"]) if part)
    low, high = wish.get("time_from"), wish.get("time_to")
    hours = f"between {low} and {high}" if low and high else f"after {low}" if low else f"before {high}" if high else ""
    hours = hours or (f"in the {wish['part_of_day']}" if wish.get("part_of_day") else "")
    return " ".join(part for part in (day, hours) if part)
