"""The booking dialogue: what a message means for the booking being made. Everything can be corrected."""

import re
from typing import Any

from bot.actions import articles, asked, moving, posting, reading, several, steps, times, visit, words
from bot.actions import quote as quotes
from bot.actions.talk import Deed, Talk
from models.text import wishes

#: A no to the time that is held, where name and address were asked for.
NOT_THAT = re.compile(r"\b(?:not|no|don'?t want) (?:that|this) (?:one|time|day|slot)\b", re.IGNORECASE)
#: Yes or no is asked, and neither for a price nor for a time.
ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|also|hi|hello)\W+)*(?:is|are|do|does|did|will|would)\b"
    r"(?!.*\b(?:prices?|quote|estimate|much|book|appointment|slots?|times?)\b)",
    re.IGNORECASE,
)
#: What makes a message more than a question in general.
FACTS = ("device", "device_candidates", "unknown_device", "faults", "denied_faults", "thing", "apart", *reading.WHEN, *reading.CONTACT)


async def answered(talk: Talk, changed: set[str]) -> bool:
    """Read yes, no, a choice or a place in a list as the answer to what was asked last; True when that led on."""
    case, step = talk.case, talk.case.get("step")
    if case.get("arrival") == posting.ARRIVAL and await posting.answered(talk):
        return True
    slot = talk.entities.get("slot")
    if isinstance(slot, str) and case.get("quote"):
        case["agreed"] = True
        await drop_slot(talk)
        await steps.take(talk, slot)
        return True
    what = (
        talk.entities.get("what")
        if talk.intent == "change"
        else (reading.wants_changed(talk.text) if not (changed or talk.chosen) else None)
    )
    if step == "change" and not changed and not talk.chosen:
        what = what or reading.named_change(talk.text)
    if talk.intent == "change" or what:
        await change(talk, what)
        return True
    soonest = changed == {"wish"} and set(talk.entities) & set(reading.WHEN) == {"soonest"}
    if step == "slot" and (not changed or (soonest and case.get("offered"))):
        offered = case.get("offered", [])
        at = 0 if soonest else reading.ordinal(talk.text, len(offered))
        number = reading.hour(talk.text) if at is None else None
        if number is not None and offered:
            wish = times.at_hour(number, offered)
            if wish:
                case["wish"] = wish
                await steps.offer(talk)
                return True
            at = number - 1 if 1 <= number <= len(offered) else None
        if at is None and talk.intent == "affirm" and len(offered) == 1:
            at = 0
        if at is not None:
            await steps.take(talk, offered[at]["starts_at"])
            return True
    if talk.intent == "more_times" and case.get("quote"):
        case["agreed"] = True
        await drop_slot(talk)
        await steps.offer(talk)
        return True
    agrees = talk.intent == "affirm" or (step == "confirm" and talk.intent == "book_repair" and reading.SURELY.search(talk.text))
    if agrees and not changed - {"phone"}:
        if step == "quote":
            case["agreed"] = True
        elif step == "confirm" and reading.gives_word(talk):
            await steps.book(talk)
            return True
    if step == "contact" and not changed and not talk.chosen and NOT_THAT.search(talk.text):
        await change(talk, "time")
        return True
    if talk.intent == "deny" and not changed:
        if step == "slot":
            await steps.offer(talk)
            return True
        if step == "quote" and reading.THANKS.search(talk.text):
            talk.case = {}
            talk.say("utter_cancelled")
            return True
        if step in ("quote", "confirm"):
            await change(talk, None)
            return True
    known = case.get("device") and case.get("faults") and not quotes.stale(case) and not case.get("which")
    if step == "slot" and known and case.get("offered") and "wish" not in changed and talk.intent != "get_quote":
        if changed & set(reading.CONTACT):
            talk.say("utter_noted")
        await steps.show_again(talk)  # nothing of this was about the time, so the same ones stay on offer
        return True
    return False


async def drop_slot(talk: Talk) -> None:
    """Give the held time back before another is chosen; holding the next one replaces it anyway."""
    talk.case.pop("slot", None)


async def change(talk: Talk, what: Any) -> None:
    """Go back to one thing, or ask which."""
    case = talk.case
    if what == "time" and case.get("quote"):
        case["agreed"] = True
        case.pop("slot", None)
        case.pop("wish", None)
        case["shown"] = []
        return await steps.offer(talk)
    if what == "contact" and (case.get("slot") or case.get("day")):
        return steps.ask_contact(talk, again=True)
    if visit.many(case) and what in ("device", "faults") and not (talk.chosen and talk.entities.get("device")):
        return several.ask_changed(talk, str(what))
    if what == "device":
        case.pop("device", None)
        case.pop("candidates", None)
        return quotes.ask_device(talk)
    if what == "faults" and case.get("device"):
        case["faults"] = []
        return quotes.ask_faults(talk)
    if talk.orders and not case.get("device"):
        talk.task = {"kind": "handoff", "reason": "customer_asked"}
        return talk.say("utter_change_booked")
    case["step"] = "change"
    talk.say("utter_what_to_change" if case.get("slot") or case.get("day") else "utter_what_to_change_quote")
    return None


async def continued(talk: Talk) -> None:
    """One message within the booking dialogue: take in what it tells, answer what was asked, ask what is missing."""
    case = talk.case
    prefill(talk)
    if quotes.wants_grade(talk):
        await steps.advance(talk)
        return
    if await several.left_out(talk):
        await steps.advance(talk)
        return
    step = case.get("step")
    changed = reading.absorb(talk)
    if posting.means_to(talk):
        case["by_post"] = True
    if posting.brings(talk):
        case.pop("by_post", None)
        case["agreed"] = True
    if posting.wants(talk) or posting.agreed(talk):
        await posting.begin(talk)
        return
    case.pop("post_asked", None)
    if not changed and quotes.warned_again(talk):
        await steps.advance(talk)
        return
    if talk.entities.get("date_invalid") and "wish" not in changed:
        talk.say("utter_no_such_day", day=words.as_written(talk.entities["date_invalid"]))
    if "wish" in changed:
        await _wished(talk, step)
    if await answered(talk, changed):
        return
    if talk.intent == "get_quote" and case.get("quote") and not changed and not quotes.stale(case):
        if visit.many(case) and all(one.get("quote") for one in visit.entries(case)):
            several.show(talk)
        else:
            quotes.show(talk)
        return
    if talk.intent == "book_repair" and case.get("quote") and not quotes.stale(case):
        case["agreed"] = True
    if step in ("device", "faults", "quote") and changed and changed <= set(reading.CONTACT):
        talk.say("utter_noted")
    await steps.advance(talk)


async def _wished(talk: Talk, step: str | None) -> None:
    """A wished day or hour accepts the shown price and replaces a time chosen before."""
    case = talk.case
    if step in ("quote", "slot", "contact", "confirm", "change"):
        case["agreed"] = True
        if talk.intent != "more_times":  # "what else on saturday" has seen what was offered
            case["shown"] = []
        case.pop("slot", None)


def prefill(talk: Talk) -> None:
    """What the shop knows of this customer already need not be asked."""
    known = talk.turn.context.get("customer") or {}
    for name in reading.CONTACT:
        if known.get(name) and name not in talk.case:
            talk.case[name] = known[name]


class Book(Deed):
    """A wish for a price or a repair, or a fault told."""

    called = "action_book"

    async def act(self, talk: Talk) -> None:
        from bot.actions import dialogue  # which goes on with a booking

        # "Book me in for Saturday instead" is about the booking being moved while one is.
        if talk.task.get("kind") == moving.KIND and await moving.answered(talk):
            talk.misses = 0
            return
        talk.misses = 0
        if await asked.answered(talk):
            talk.introduced = True
            return
        if asks_in_general(talk) and await articles.answered(talk):
            talk.introduced = True
            await dialogue.resume(talk)
            return
        talk.task = {}
        introduce(talk)
        await continued(talk)


class Reschedule(Deed):
    """Another time: of the booking being made, or of one made already."""

    called = "action_reschedule"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        if open_case(talk) and talk.case.get("quote"):
            if "wish" in reading.absorb(talk):
                talk.case["agreed"] = True
                talk.case.pop("slot", None)
                await steps.offer(talk)
            else:
                await change(talk, "time")
            return
        await moving.start(talk)


def asks_in_general(talk: Talk) -> bool:
    """Whether it is rather a question than a wish: what a look costs, or what we would pay."""
    if talk.chosen:
        return False
    return wishes.sells(talk.text) or (bool(ASKS.search(talk.text)) and not any(talk.entities.get(name) for name in FACTS))


def introduce(talk: Talk) -> None:
    """Say once who is speaking."""
    if not talk.introduced:
        talk.introduced = True
        talk.say("utter_introduce")


def open_case(talk: Talk) -> bool:
    """Whether a booking is being made."""
    return bool(talk.case.get("step"))
