"""Proving that an order is the customer's: a code goes to the address on file, they type it, and what they wanted is done."""

from __future__ import annotations

import re

from bot.actions import orders
from bot.actions.backend import Refused
from bot.actions.talk import READERS, Deed, Talk

KIND = "proof"
DIGITS = re.compile(r"(?<!\d)\d(?:[\s-]?\d){5}(?!\d)")
AGAIN = re.compile(
    r"\b(?:again|another|new|resend|nothing (?:came|yet)|not (?:got|received|here|arrived)|haven'?t (?:got|had)|no (?:mail|e-?mail))\b",
    re.IGNORECASE,
)


class SendCode(Deed):
    """The customer wants a code, or was offered one and took it."""

    called = "action_send_code"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        named = orders.reference(talk) or talk.task.get("reference") or talk.task.get("about")
        if not named:
            orders.ask_reference(talk, "utter_ask_reference", kind=KIND)
            return
        await send(talk, str(named), str(talk.entities.get("then") or talk.task.get("then") or "ask_repair_status"))


async def send(talk: Talk, named: str, then: str) -> None:
    """Have a code sent and ask for it; the words are the same whether there is such an order or not."""
    try:
        await talk.backend.ask_code(named)
    except Refused as refused:
        if refused.status != 429:
            raise
        talk.task = {}
        talk.say("utter_code_wait")
        return
    talk.task = {"kind": KIND, "reference": named, "then": then}
    ask(talk, "utter_code_sent")


def ask(talk: Talk, response: str, **values: object) -> None:
    """Ask for the code, with a field for it."""
    field = {"name": "code", "label": "Code", "type": "text", "required": True, "autocomplete": "one-time-code"}
    form = {"type": "form", "fields": [field], "submit": "Continue", "payload": "/inform"}
    talk.say(response, [form], reference=talk.task["reference"], **values)


def ask_again(talk: Talk) -> None:
    """Ask the open question once more."""
    if talk.task.get("locked"):
        talk.task = {}
    elif talk.task.get("reference"):
        ask(talk, "utter_code_again")
    else:
        talk.say("utter_ask_reference")


async def answered(talk: Talk) -> bool:
    """Take the message for the code or the reference that was asked for; False when it is about something else."""
    named = orders.reference(talk)
    if named and named != talk.task.get("reference"):
        await send(talk, named, str(talk.task.get("then") or "ask_repair_status"))
        return True
    if not talk.task.get("reference") or talk.intent in ("send_code", "talk_to_human", "complaint"):
        return False
    typed = DIGITS.search(str(talk.entities.get("code") or talk.text))
    if typed:
        await _try(talk, "".join(filter(str.isdigit, typed.group())))
    elif talk.task.get("locked"):
        return False  # nothing is asked any more
    elif talk.entities.get("code"):
        ask(talk, "utter_code_malformed")
    elif AGAIN.search(talk.text):
        await send(talk, talk.task["reference"], talk.task["then"])
    elif talk.intent in ("deny", "cancel"):
        talk.task = {}
        talk.say("utter_no_code")
    elif talk.intent in ("affirm", "inform", "nlu_fallback") and not (talk.entities.get("device") or talk.entities.get("faults")):
        ask_again(talk)
    else:
        return False
    return True


async def _try(talk: Talk, digits: str) -> None:
    task = talk.task
    try:
        await talk.backend.prove(task["reference"], digits)
    except Refused as refused:
        if refused.code == "code_wrong":
            ask(talk, "utter_code_wrong")
        elif refused.code == "code_expired":
            talk.task = {"about": task["reference"], "then": task["then"]}
            talk.say("utter_code_expired", reference=task["reference"])
        elif refused.status == 429:
            talk.task = {**task, "locked": True}  # whoever types another one hears the same
            talk.say("utter_code_locked")
        else:
            raise
        return
    talk.task = {}
    await carry_on(talk, task["reference"], task["then"])


async def carry_on(talk: Talk, named: str, then: str) -> None:
    """Do what the order was to be proven for."""
    from bot.actions import moving

    talk.entities = {}
    if then == "cancel_booking":
        await orders.start_cancelling(talk, named)
    elif then == "reschedule_booking":
        await moving.begin(talk, named)
    else:
        await orders.detail(talk, named)


READERS[KIND] = answered
