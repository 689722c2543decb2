"""Asking for a person; the hub tells the customer the rest: place in the queue or opening hours."""

from bot.actions import visit, words
from bot.actions.talk import Deed, Talk

SAID = {"complaint": "utter_complaint", "not_understood": "utter_handoff_not_understood", "safety": "utter_handoff"}


def to_person(talk: Talk, reason: str) -> None:
    """Say that a person is asked, and ask the hub for one with what is known."""
    case = talk.case
    known = {
        "device": words.joined([name for one in visit.entries(case) if (name := (one.get("device") or {}).get("name"))]),
        "faults": [fault["code"] for one in visit.entries(case) for fault in one.get("faults", [])],
        "quote": (case.get("quote") or {}).get("id"),
        "step": case.get("step"),
    }
    talk.say(SAID.get(reason, "utter_handoff"))
    talk.ask("handoff", reason=reason, filled={name: value for name, value in known.items() if value})
    talk.task = {}


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
