"""Before the visit: a few things worth seeing to, asked one at a time, noted on the order; all of it can be skipped."""

from __future__ import annotations

import re
from typing import Any

from bot.actions import articles, reading
from bot.actions.backend import Refused
from bot.actions.talk import READERS, Deed, Talk

KIND = "checklist"
#: What is no answer here, whatever it says.
ELSEWHERE = ("checklist", "talk_to_human", "complaint", "abuse", "cancel_booking", "reschedule_booking", "send_code", "start_again")
#: What is asked with a word of the customer's own, not with yes or no.
OPEN = ("accessories",)
MOVE = re.compile(
    r"\b(?:move it|move (?:my|the) (?:booking|appointment|slot)|reschedule|postpone|(?:an)?other (?:time|day)|change the (?:time|day))\b",
    re.IGNORECASE,
)
LATER = re.compile(r"\b(?:later|not yet|will do|i'?ll|gonna|going to|before i come|remind|haven'?t|can'?t|cannot|won'?t)\b", re.IGNORECASE)
SKIP = re.compile(r"\b(?:skip|next|pass|stop|enough|leave it|not now|no time|don'?t (?:want|bother))\b", re.IGNORECASE)
ALL = re.compile(r"\b(?:rest|all|everything|stop|enough|leave it|not now)\b", re.IGNORECASE)
DONE = re.compile(r"\b(?:done|did|already|have|off|yes|yep|yeah|yup|backed|switched|got)\b", re.IGNORECASE)
NOTHING = re.compile(r"\b(?:no|none|nothing|nope|just the (?:phone|tablet|laptop|device))\b", re.IGNORECASE)


async def offer(talk: Talk, reference: str, response: str = "utter_checklist_offer") -> None:
    """After a booking: say that there is something worth seeing to, if there is."""
    found = await talk.backend.checklist(reference)
    left = [one["item"] for one in found if one["answer"] is None]
    if left:
        talk.task = {"kind": KIND, "reference": reference, "left": left, "offered": True}
        talk.say(response)


class Checklist(Deed):
    """The customer wants to go through it, by a button or in words."""

    called = "action_checklist"

    async def act(self, talk: Talk) -> None:
        from bot.actions import dialogue  # which goes on with a checklist

        talk.misses, talk.introduced = 0, True
        task = talk.task
        if task.get("kind") == KIND and task.get("offered"):
            del task["offered"]
            ask(talk)
            return
        if not talk.orders:
            if not await articles.answered(talk):
                talk.say("utter_checklist_none")
            await dialogue.resume(talk)
            return
        try:
            found = await talk.backend.checklist(talk.orders[0])
        except Refused as refused:
            if refused.status not in (403, 404):
                raise
            found = []
        talk.task = {"kind": KIND, "reference": talk.orders[0], "left": [one["item"] for one in found]}
        ask(talk)


def ask(talk: Talk) -> None:
    """Ask about the next thing, or say that all is seen to."""
    left = talk.task.get("left") or []
    if not left:
        talk.task = {}
        talk.say("utter_checklist_done")
        return
    talk.say(f"utter_check_{left[0]}")


async def answered(talk: Talk) -> bool:
    """Take the message as the answer to what was asked; False when it is about something else."""
    from bot.actions import moving  # which is told of a checklist

    task = talk.task
    if talk.intent in ELSEWHERE:
        return False
    if MOVE.search(talk.text) and not talk.chosen:  # "yes please move it" is no yes to a list
        talk.task = {}
        await moving.start(talk)
        return True
    if task.get("offered"):
        return _begun(talk)
    said = _meaning(talk, task["left"][0])
    if said is None:
        return False
    done, note = said
    if done == "skipped" and (talk.entities.get("what") == "all" or ALL.search(talk.text)):
        talk.task = {}
        talk.say("utter_checklist_skipped")
        return True
    item = task["left"][0]
    try:
        await talk.backend.check(task["reference"], item, done, note)
    except Refused as refused:
        if refused.code not in ("booking_cancelled", "reference_unknown", "check_unknown"):
            raise
        talk.task = {}
        talk.say("utter_booking_already_cancelled", reference=task["reference"])
        return True
    if done == "not_yet":
        talk.say(f"utter_check_{item}_tip")
    task["left"] = task["left"][1:]
    ask(talk)
    return True


def _begun(talk: Talk) -> bool:
    if talk.intent == "affirm" and not reading.THANKS.search(talk.text):
        del talk.task["offered"]
        ask(talk)
        return True
    if talk.intent in ("deny", "cancel") or SKIP.search(talk.text):
        talk.task = {}
        talk.say("utter_checklist_skipped")
        return True
    return False


def _meaning(talk: Talk, item: str) -> tuple[str, str | None] | None:
    """How far the customer is with a thing, with a note of theirs; None for what answers nothing."""
    told: Any = talk.entities.get("done_with")
    if told in ("done", "not_yet", "skipped"):
        return str(told), None
    if reading.ASKING.search(talk.text) or any(talk.entities.get(name) for name in ("device", "faults", "reference", "email")):
        return None
    if SKIP.search(talk.text) or (talk.intent == "cancel" and not LATER.search(talk.text)):
        return "skipped", None
    if item in OPEN:
        plain = talk.intent in ("affirm", "deny") and len(talk.text) < 12
        return "done", None if plain or NOTHING.fullmatch(talk.text.strip(" .!")) else " ".join(talk.text.split())[:200]
    ahead = item == "id"  # asked about the visit itself, so "will do" is a yes
    if (LATER.search(talk.text) and not ahead) or talk.intent == "deny":
        return "not_yet", None
    if talk.intent == "affirm" or DONE.search(talk.text):
        return "done", None
    return None


READERS[KIND] = answered
