"""Asking for a person; the hub tells the customer the rest: place in the queue or opening hours."""

from typing import Any

from bot.actions import visit, words
from bot.actions.talk import Deed, Talk

SAID = {"complaint": "utter_complaint", "not_understood": "utter_handoff_not_understood", "safety": "utter_handoff"}

#: What the open question of a booking is about, as technicians would say it.
STEPS = {
    "device": "which device it is",
    "quote": "whether the price is fine",
    "no_price": "whether a technician shall give a price",
    "slot": "at what time",
    "address": "the address to post it back to",
    "change": "what to change",
    "contact": "name and e-mail",
    "confirm": "whether to book",
}


def to_person(talk: Talk, reason: str) -> None:
    """Say that a person is asked, and ask the hub for one with what is wanted, what is known and what was tried."""
    case, devices = talk.case, visit.entries(talk.case)
    talk.say(SAID.get(reason, "utter_handoff"))
    talk.ask(
        "handoff",
        reason=reason,
        wanted=_wanted(case),
        filled=[{"label": label, "value": value} for label, value in _known(case) if value],
        tried=_tried(talk),
        faults=[fault["code"] for one in devices for fault in one.get("faults", [])],
        category=next((one["device"].get("category") for one in devices if one.get("device")), None),
    )
    talk.task = {}


def _wanted(case: dict[str, Any]) -> str | None:
    known = [visit.told(one) for one in visit.entries(case) if visit.called(one) or one.get("faults")]
    return words.joined(known) or None


def _known(case: dict[str, Any]) -> list[tuple[str, str]]:
    """What is filled, by the names technicians have for it."""
    devices = visit.entries(case)
    prices = [one["quote"]["total"] for one in devices if one.get("quote")]
    return [
        ("Device", words.joined([name for one in devices if (name := visit.called(one))])),
        ("Fault", words.joined([told for one in devices if (told := words.faults(one))])),
        ("Price", words.sum_of(prices) if prices else ""),
        ("Time", str((case.get("slot") or case.get("day") or {}).get("label") or "")),
        *((label, str(case.get(name) or "")) for label, name in (("Name", "name"), ("E-mail", "email"), ("Phone", "phone"))),
    ]


def _tried(talk: Talk) -> list[str]:
    """What the assistant did so far, the last thing last."""
    case, done = talk.case, []
    if any(one.get("unknown") for one in visit.entries(case)):
        done.append("Did not find the device in the catalogue.")
    if any(one.get("quote") for one in visit.entries(case)):
        done.append("Gave a price.")
    if case.get("slot") or case.get("day"):
        done.append("Held a time." if case.get("hold") else "Offered times.")
    if talk.orders:
        done.append(f"Booked or looked up {words.joined(talk.orders)}.")
    if case.get("step"):
        done.append(f"Asked last: {STEPS[case['step']]}." if case["step"] in STEPS else "Asked for what was missing.")
    if talk.misses:
        done.append("Did not understand the customer.")
    return done


class Handoff(Deed):
    """The customer asks for a person."""

    called = "action_handoff"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        to_person(talk, str(talk.entities.get("reason") or "customer_asked"))


class Complaint(Deed):
    """A complaint goes to a person at once."""

    called = "action_complaint"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        to_person(talk, "complaint")
