"""The turns that belong to no one subject: going on, giving up, starting again, summing up, and not understanding."""

import re
from typing import Any

from bot.actions import asked, booking, checklist, handoff, moving, orders, proving, quote, reading, several, steps, visit, words
from bot.actions.articles import answered, asks
from bot.actions.talk import Deed, Talk

#: What is known is only thrown away for somebody who says so; "continue" is near enough in meaning to be mistaken for it.
ANEW = re.compile(r"\b(?:re-?start|start|begin|reset|scratch|over|again|a?new|fresh|clear|wipe|forget|scrap|everything)\b", re.IGNORECASE)

#: Greetings that ask for something: what can be had here, and whether anybody is here.
HELP = re.compile(r"\b(?:help|how does (?:this|it) work|what (?:can|do|could) (?:you|u|i) do)\b", re.IGNORECASE)
#: How a yes begins.
OKAY = re.compile(r"^\W*(?:ok|okay|kk?|yes|yea|yeah|yep|yup)\b(?!.*\b(?:hi|hiya|hello|hey|morning|afternoon|evening)\b)", re.IGNORECASE)
THERE = re.compile(r"\b(?:there|anyone|anybody)\b", re.IGNORECASE)


#: Whoever thinks about it gives nothing up.
LATER = re.compile(
    r"\b(?:think (?:about|on|it over)|sleep on it|mull|(?:get|come|be) back to (?:you|u|this)|let (?:you|u) know|check with my|ask my"
    r"|decide later|have a think|not (?:right )?now|maybe later)\b",
    re.IGNORECASE,
)
#: Facts that answer what a booking asks, whatever the rest of the message was meant to be.
ANSWERS = (*reading.WHEN, *reading.CONTACT, "unknown_device", "device_candidates")


async def go_on(talk: Talk) -> None:
    """Give the message to whatever waits for an answer."""
    if await asked.answered(talk):
        return
    kind = talk.task.get("kind")
    if kind == moving.KIND and await moving.answered(talk):
        return
    if kind not in ("cancel_booking", "status", moving.KIND) and orders.asked_about(talk):
        await orders.look_up(talk)
        return
    if kind in ("cancel_booking", "status", moving.KIND) and await orders.answered(talk):
        return
    onward = talk.intent == "affirm" and talk.case.get("step") == "quote" and quote.ONWARD.search(talk.text)
    if kind == "handoff" and talk.intent in ("affirm", "deny") and not onward:
        reason = talk.task.get("reason", "customer_asked")
        talk.task = {}
        if talk.intent == "affirm" and reason == "no_price" and await asked.ask(talk):
            return
        if talk.intent == "affirm":
            handoff.to_person(talk, reason)
            return
        if talk.case.get("step") == "no_price" and visit.many(talk.case):
            visit.drop(talk.case, talk.case)
            await steps.advance(talk)
            return
        talk.say("utter_no_handoff")
        if talk.case.get("step") == "no_price":
            talk.case = {}
        return
    if not booking.open_case(talk) and talk.intent in ("affirm", "deny"):
        talk.say("utter_thank" if talk.orders and reading.THANKS.search(talk.text) else "utter_nothing_open")
        return
    talk.task = {}
    await booking.continued(talk)


async def resume(talk: Talk) -> None:
    """After a question in the middle: ask again what was asked before it; after mere thanks only where something is in the making."""
    talk.case.pop("post_asked", None)
    if talk.intent == "thank" and not (talk.task or talk.case.get("device") or talk.case.get("faults")):
        return
    if talk.intent == "thank" and talk.case.get("step") == "quote" and talk.case.get("quote") and not talk.task:
        price_stays(talk)  # whoever only wanted to know is not pressed
        return
    if talk.task.get("kind") == moving.KIND:
        await moving.ask_again(talk)
    elif talk.task.get("kind") == proving.KIND:
        proving.ask_again(talk)
    elif talk.task.get("kind") == checklist.KIND:
        if talk.task.get("offered"):
            talk.task = {}  # nobody took it up
        else:
            checklist.ask(talk)
    elif talk.task.get("kind") in ("cancel_booking", "status"):
        orders.ask_again(talk)
    elif booking.open_case(talk) and talk.case.get("step") != "no_price":
        await again(talk)


def price_stays(talk: Talk) -> None:
    """Say how long the price holds, and leave it at that."""
    until = words.moment(talk.case["quote"]["valid_until"]).astimezone(talk.turn.now.tzinfo)
    talk.say("utter_price_stays", valid_until=words.day(until))


async def again(talk: Talk) -> None:
    """Ask the open step once more, in few words."""
    case = talk.case
    step = case["step"]
    if step == "slot" and case.get("offered"):
        await steps.show_again(talk)
    else:
        await steps.advance(talk)


class Continue(Deed):
    """An answer, a correction or a piece of information."""

    called = "action_continue"

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        booking.introduce(talk)
        await go_on(talk)


class Resume(Deed):
    """Runs after every small answer, so that the open question is not forgotten."""

    called = "action_resume"
    listens = False

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        talk.introduced = True
        await resume(talk)


class Greet(Deed):
    """A greeting: who speaks, and where we were."""

    called = "action_greet"

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        if talk.entities.get("device") or talk.entities.get("faults"):
            booking.introduce(talk)
            await go_on(talk)
            return
        if OKAY.search(talk.text) and (talk.task or booking.open_case(talk)):
            talk.intent = "affirm"  # "ok ywah" greets nobody
            await go_on(talk)
            return
        if not talk.introduced:
            talk.say("utter_greet")
        elif HELP.search(talk.text):
            talk.say("utter_help_here" if booking.open_case(talk) else "utter_help")
        elif not talk.welcomed:
            open_question = booking.open_case(talk) or talk.task
            talk.say("utter_here" if THERE.search(talk.text) else "utter_greet_back" if open_question else "utter_greet_again")
        talk.introduced = True
        await resume(talk)


class Cancel(Deed):
    """Gives up what is being done; nothing that is booked is touched."""

    called = "action_cancel"

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        if talk.task.get("kind") == moving.KIND:
            if not (moving.means_yes(talk) and await moving.answered(talk)):
                moving.keep(talk)
            return
        if talk.task.get("kind") == "cancel_booking":
            if orders.means_yes(talk):
                await orders.give_up(talk, talk.task["reference"])
                return
            talk.task = {}
            talk.say("utter_booking_kept")
            return
        if booking.open_case(talk):
            if await several.left_out(talk):
                await steps.advance(talk)
                return
            if talk.case.get("step") == "quote" and talk.case.get("quote") and not talk.chosen and LATER.search(talk.text):
                price_stays(talk)
                return
            await leave(talk)
            talk.say("utter_cancelled")
            return
        if talk.task.get("wants") == "reference":
            talk.task = {}
            talk.say("utter_no_reference")
            return
        talk.task = {}
        if talk.orders:
            await orders.start_cancelling(talk, talk.orders[0])
            return
        talk.say("utter_nothing_to_cancel")


class Restart(Deed):
    """Forgets the booking being made and begins anew."""

    called = "action_start_again"

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        if booking.open_case(talk) and not talk.chosen and not ANEW.search(talk.text):
            if reading.ordinal(talk.text, len(talk.case.get("offered", []))) is None:
                await resume(talk)
            else:
                talk.intent = "choose"
                await go_on(talk)
            return
        await leave(talk)
        talk.task = {}
        talk.say("utter_restarted")


async def leave(talk: Talk) -> None:
    """Drop the booking being made and give a held time back."""
    hold = talk.case.get("hold")
    talk.case = {}
    if hold:
        await talk.backend.let_go(hold["id"])


class Recall(Deed):
    """Tells what is known so far."""

    called = "action_recall"

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        case = talk.case
        known = [
            *(item for one in visit.entries(case) for item in _known(one)),
            (case.get("slot") or {}).get("label"),
            case.get("name"),
            case.get("email"),
            case.get("phone"),
        ]
        told = [str(item) for item in known if item]
        if told and (booking.open_case(talk) or not talk.orders):
            talk.say("utter_recall", known="\n".join(told))
        elif talk.orders:
            talk.say("utter_recall_booked", references=words.joined(talk.orders))
        else:
            talk.say("utter_recall_nothing")
        await resume(talk)


def _known(one: dict[str, Any]) -> tuple[str | None, ...]:
    """What is known of one device."""
    return visit.called(one) or None, words.faults(one) or None, one["quote"]["total"]["text"] if one.get("quote") else None


class NotUnderstood(Deed):
    """A message without sense to us: perhaps still the answer to the open question; else help, and the second time in a row a person."""

    called = "action_not_understood"

    async def act(self, talk: Talk) -> None:
        if talk.task.get("kind") == moving.KIND and await moving.answered(talk):
            talk.misses = 0
            return
        told = talk.entities
        fact = told.get("faults") or told.get("device") or (booking.open_case(talk) and any(told.get(name) for name in ANSWERS))
        if fact and talk.intent != "out_of_scope":
            talk.misses = 0
            booking.introduce(talk)
            await go_on(talk)
            return
        if talk.entities.get("thing"):
            talk.misses, talk.introduced = 0, True
            quote.say_repaired(talk)
            await resume(talk)
            return
        if asks(talk.text) and await answered(talk):
            talk.misses, talk.introduced = 0, True
            await resume(talk)
            return
        talk.misses += 1
        talk.introduced = True
        if talk.misses >= 2:
            handoff.to_person(talk, "not_understood")
            talk.misses = 0
        else:
            talk.say("utter_out_of_scope" if talk.intent == "out_of_scope" else "utter_not_understood")
            await resume(talk)
