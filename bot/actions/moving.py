"""Moving a booking that is made: which one, to when, and the word. The old time stays until the new one is confirmed."""

from __future__ import annotations

import re
from typing import Any

from bot.actions import offering, orders, reading, times, words
from bot.actions.backend import Refused
from bot.actions.quote import payload
from bot.actions.talk import Talk

KIND = "move_booking"
#: What the shop says when it does not let a booking be moved.
REFUSALS = {
    "booking_cancelled": "utter_move_cancelled",
    "booking_past": "utter_move_past",
    "booking_closed": "utter_move_closed",
    "change_too_late": "utter_move_too_late",
    "moved_too_often": "utter_moved_too_often",
    "reference_unknown": "utter_booking_unknown",
}
TAKEN = {
    "slot_taken": "utter_slot_taken",
    "slot_past": "utter_slot_past",
    "slot_not_offered": "utter_slot_not_offered",
    "day_full": "utter_slot_taken",
    "day_not_offered": "utter_slot_not_offered",
}
ANSWERS = ("affirm", "deny", "inform", "choose", "change")
MOVE_IT = re.compile(r"\b(?:move|change|switch|swap|shift|do) (?:it|that|this)\b", re.IGNORECASE)
KEEP = re.compile(r"\b(?:leave|keep|stay|forget|never ?mind|don'?t|do not)\b", re.IGNORECASE)


async def start(talk: Talk) -> None:
    """Find the booking that is to be moved, or go on with the one in hand; a day or hour in the message is the first wish."""
    named = orders.reference(talk)
    if talk.entities.get("reference_invalid") and not named:
        orders.ask_reference(talk, "utter_reference_malformed", kind=KIND)
        return
    if talk.task.get("kind") == KIND and talk.task.get("reference") and named in (None, talk.task["reference"]):
        if _take_wish(talk):
            await offer(talk)
        elif talk.task.get("to") and _agrees(talk):
            await do(talk)
        else:
            talk.task["wish"] = {}
            await offer(talk)
        return
    if named:
        await begin(talk, named)
        return
    own = [
        booking
        for booking in await talk.backend.bookings()
        if booking["state"] == "confirmed" and words.moment(booking["starts_at"]) > talk.turn.now
    ][:4]
    device = (talk.entities.get("device") or {}).get("slug")
    own = [booking for booking in own if booking["device"]["slug"] == device] or own
    if len(own) == 1:
        await take(talk, own[0])
    elif own:
        wish = {name: talk.entities[name] for name in reading.WHEN if name in talk.entities}
        talk.task = {"kind": KIND, "wants": "reference", "wish": wish}
        items = [
            {"title": f"{b['reference']}, {b['label']}", "payload": payload("reschedule_booking", reference=b["reference"])} for b in own
        ]
        talk.say("utter_which_booking", words.choices(items))
    elif talk.task.get("about"):
        orders.unknown(talk, talk.task["about"], KIND)
    else:
        orders.ask_reference(talk, "utter_ask_booking_reference", kind=KIND)


async def begin(talk: Talk, named: str) -> None:
    """Take a booking by its reference; somebody else's is as unknown as none."""
    try:
        booking = await talk.backend.booking(named)
    except Refused as refused:
        if refused.status not in (403, 404, 422):
            raise
        orders.unknown(talk, named, KIND)
        return
    await take(talk, booking)


async def take(talk: Talk, booking: dict[str, Any]) -> None:
    """Begin to move one booking."""
    wish = talk.task.get("wish") or {} if talk.task.get("kind") == KIND else {}
    talk.task = {
        "kind": KIND,
        "reference": booking["reference"],
        "label": booking["label"],
        "starts_at": booking["starts_at"],
        "device": words.devices(booking),
        "wish": wish,
    }
    _take_wish(talk)
    await offer(talk)


async def offer(talk: Talk, note: str | None = None) -> None:
    """Offer times that fit the wish; one exact free time is asked about at once."""
    task = talk.task
    task.pop("to", None)
    shown: list[str] = task.get("shown") or []
    wish = task.get("wish") or {}

    if task["starts_at"][:16] == f"{wish.get('date')}T{wish.get('time')}":
        task["wish"] = {}
        talk.say("utter_move_same", label=task["label"])
        return

    try:
        found = await offering.find(talk, _free_for(talk), wish, shown, note)
    except Refused as refused:
        refuse(talk, refused)
        return
    if found.exact:
        confirm(talk, found.exact)
        return
    if found.note:
        task["wish"] = {}  # it cannot be had; what comes next is judged on its own
    if not found.slots:
        task["shown"] = []
        talk.say("utter_no_slots")
        return
    task["offered"] = [{"starts_at": slot["starts_at"], "label": slot["label"]} for slot in found.slots]
    task["shown"] = (shown + [slot["starts_at"] for slot in found.slots])[-40:]
    response = found.note or ("utter_slots_more" if shown else "utter_move_times")
    values = {"reference": task["reference"], "label": task["label"]} if response == "utter_move_times" else {}
    offering.show(talk, task["offered"], found.week, response, wish=offering.wished(wish), closed=found.closed, **values)


def _free_for(talk: Talk) -> offering.Fetch:
    async def fetch(first: str, days: int) -> list[dict[str, Any]]:
        return await talk.backend.booking_slots(talk.task["reference"], first, days)

    return fetch


def confirm(talk: Talk, slot: dict[str, Any]) -> None:
    """Ask for the word before the booking moves."""
    talk.task["to"] = {"starts_at": slot["starts_at"], "label": slot["label"]}
    ask_word(talk)


def ask_word(talk: Talk) -> None:
    """Ask whether the booking shall move to the time that was chosen."""
    task = talk.task
    talk.say("utter_move_confirm", reference=task["reference"], device=task["device"], label=task["label"], to=task["to"]["label"])


async def ask_again(talk: Talk) -> None:
    """Ask the open question once more."""
    task = talk.task
    if task.get("to"):
        ask_word(talk)
    elif task.get("offered"):
        try:
            if not await offering.again(talk, _free_for(talk), task["offered"]):
                await offer(talk, "utter_slot_taken")
        except Refused as refused:
            refuse(talk, refused)
    else:
        talk.say("utter_ask_reference")


def keep(talk: Talk) -> None:
    """Leave the booking where it is."""
    talk.task = {}
    talk.say("utter_booking_kept")


async def answered(talk: Talk) -> bool:
    """Take the message as the answer to where the booking shall go; False when it is about something else."""
    task, named = talk.task, orders.reference(talk)
    if named and named != task.get("reference"):
        await begin(talk, named)
        return True
    if not task.get("reference"):
        return False
    chosen = talk.entities.get("slot")
    if isinstance(chosen, str):
        await choose(talk, chosen)
        return True
    if talk.entities.get("device") or talk.entities.get("faults"):
        return False
    if _take_wish(talk) or talk.intent == "more_times":
        await offer(talk)
        return True
    if task.get("to") and (talk.intent in ANSWERS or _agrees(talk)):
        await _word(talk)
        return True
    if talk.intent not in ANSWERS:
        return False
    offered, number = task.get("offered") or [], reading.hour(talk.text)
    wish = times.at_hour(number, offered) if number is not None and offered else None
    at = _place(talk, offered)
    if wish:
        task["wish"] = wish
        await offer(talk)
    elif at is not None:
        await choose(talk, offered[at]["starts_at"])
    elif talk.intent == "deny" and KEEP.search(talk.text):
        keep(talk)
    elif talk.intent == "deny":
        await offer(talk)
    else:
        await ask_again(talk)
    return True


async def choose(talk: Talk, starts_at: str) -> None:
    """Ask for the word on one of the times on offer; any other is looked for first."""
    slot = next((one for one in talk.task.get("offered") or [] if one["starts_at"] == starts_at), None)
    if slot is None:
        talk.task["wish"] = {"date": starts_at[:10], "time": starts_at[11:16]}
        await offer(talk)
        return
    confirm(talk, slot)


async def do(talk: Talk) -> None:
    """Move it; a time that went meanwhile leads to others."""
    task = talk.task
    try:
        moved = await talk.backend.reschedule(task["reference"], task["to"]["starts_at"])
    except Refused as refused:
        if refused.code in TAKEN:
            task["wish"] = {}
            await offer(talk, TAKEN[refused.code])
            return
        refuse(talk, refused)
        return
    talk.task = {}
    talk.say("utter_booking_moved", [words.booking_part(moved)], reference=moved["reference"], label=moved["label"])


def refuse(talk: Talk, refused: Refused) -> None:
    """Say why the booking cannot be moved, and let go of it."""
    response = REFUSALS.get(refused.code)
    if response is None:
        raise refused
    named = talk.task["reference"]
    talk.task = {}
    talk.say(response, reference=named)


async def _word(talk: Talk) -> None:
    if _agrees(talk) and (means_yes(talk) or reading.gives_word(talk)):
        await do(talk)
    elif talk.intent == "deny" and (talk.chosen or KEEP.search(talk.text) or reading.wants_changed(talk.text) is None):
        keep(talk)
    elif talk.intent == "deny":
        await offer(talk)
    else:
        await ask_again(talk)


def _agrees(talk: Talk) -> bool:
    agreed = talk.intent == "affirm" or (talk.intent == "book_repair" and reading.SURELY.search(talk.text))
    return bool(agreed) or means_yes(talk)


def means_yes(talk: Talk) -> bool:
    """Whether "move it" answers the question whether to move it."""
    return bool(MOVE_IT.search(talk.text)) and not (talk.chosen or orders.NO.search(talk.text.lower()) or reading.ASKING.search(talk.text))


def _take_wish(talk: Talk) -> bool:
    """Take a day or hour in the message for the wish; an hour alone means the day wished before, or the booking's own."""
    told = {name: talk.entities[name] for name in reading.WHEN if name in talk.entities}
    if not told:
        return False
    offered = talk.task.get("offered") or [] if not talk.task.get("to") else []
    told = reading.on_offer(told, offered, talk.text)
    wish = reading.wish(told, talk.task.get("wish") or {}, talk.task.get("starts_at"), offered)
    if wish != talk.task.get("wish"):
        talk.task["shown"] = []
    talk.task["wish"] = wish
    return True


def _place(talk: Talk, offered: list[dict[str, Any]]) -> int | None:
    at, number = reading.ordinal(talk.text, len(offered)), reading.hour(talk.text)
    if at is None and talk.intent == "affirm" and len(offered) == 1:
        return 0
    return number - 1 if at is None and number is not None and 1 <= number <= len(offered) else at
