"""Several devices in one visit: each with its own faults and price, all with one time; and one of them left out again."""

from __future__ import annotations

import re

from bot.actions import quote as quotes
from bot.actions import reading, visit, words
from bot.actions.talk import Talk

WITHOUT = re.compile(
    r"\b(?:forget|leave|skip|drop|without|remove|scrap|cancel|never ?mind|not bother\w*|don'?t (?:need|want|bother))\b", re.IGNORECASE
)


async def left_out(talk: Talk) -> bool:
    """Leave out the device the customer no longer wants done, if the message says so; True when it did."""
    case = talk.case
    if not visit.many(case) or talk.chosen:
        return False
    meant = visit.named(case, talk.text)
    if len(meant) != 1:
        return False
    if WITHOUT.search(talk.text):
        gone = meant
    elif reading.ONLY.search(talk.text) and not talk.entities.get("faults"):
        gone = [one for one in visit.entries(case) if one is not meant[0]]
    else:
        return False
    names = words.joined([visit.called(one) for one in gone])
    keep = [one.get("place", 0) for one in visit.entries(case) if one not in gone]
    while len(visit.entries(case)) > len(keep):
        visit.drop(case, next(one for one in visit.entries(case) if one.get("place", 0) not in keep))
    if case.get("hold"):
        await talk.backend.let_go(case.pop("hold")["id"])
    talk.say("utter_left_out", device=names)
    return True


async def priced(talk: Talk) -> bool:
    """Price every device that is known, then ask for what is missing of the others; True once all of them are agreed or on offer."""
    case = talk.case
    if case.get("which"):
        _ask_which(talk)
        return False
    fresh = False
    for place in [one.get("place", 0) for one in visit.entries(case)]:
        visit.turn_to(case, visit.at(case, place))
        quotes.warn(talk)
        if case.get("device") and case.get("faults") and quotes.stale(case):
            if not await quotes.renew(talk):
                return False
            quotes.show(talk, ask=False)
            case["quote"] = quotes.kept(case["quote"])
            fresh = True
    for place in [one.get("place", 0) for one in visit.entries(case)]:
        visit.turn_to(case, visit.at(case, place))
        if not case.get("device"):
            ask_device(talk)
            return False
        if not case.get("faults"):
            ask_faults(talk)
            return False
    if fresh and not case.get("wish"):
        _sum_up(talk)
        return False
    if fresh:
        case["agreed"] = True
    return True


def show(talk: Talk) -> None:
    """Show all prices once more and what they come to."""
    case = talk.case
    for place in [one.get("place", 0) for one in visit.entries(case)]:
        visit.turn_to(case, visit.at(case, place))
        quotes.show(talk, ask=False)
    _sum_up(talk)


def _sum_up(talk: Talk) -> None:
    case = talk.case
    case["step"] = "quote"
    talk.say("utter_together", total=visit.total(case), devices=visit.devices(case), count=words.count(len(visit.entries(case))))


def ask_device(talk: Talk) -> None:
    """Ask which model one of several devices is."""
    case = talk.case
    if case.get("called") and not case.get("candidates") and not case.get("unknown"):
        case["step"] = "device"
        talk.say("utter_ask_which_device", device=case["called"])
    else:
        quotes.ask_device(talk)


def ask_faults(talk: Talk) -> None:
    """Ask what is wrong with one of several devices; what is wrong with the others is offered as well."""
    case, pool = talk.case, talk.case.get("pool")
    if not pool:
        quotes.ask_faults(talk)
        return
    case["step"], case["asked_of"] = "faults", case["device"]["slug"]
    items = [
        {"title": fault["label"][:1].upper() + fault["label"][1:], "payload": quotes.payload("describe_problem", faults=[fault])}
        for fault in pool
    ]
    if len(pool) > 1:
        items.append({"title": "All of these", "payload": quotes.payload("describe_problem", faults=pool)})
    talk.say(
        "utter_ask_whose",
        words.choices(items),
        device=visit.called(case),
        faults=words.joined([fault["label"] for fault in pool], "or"),
    )


def _ask_which(talk: Talk) -> None:
    case = talk.case
    items = [
        {"title": visit.called(one), "payload": quotes.payload("describe_problem", device=one["device"], faults=case["which"])}
        for one in visit.entries(case)
    ]
    talk.say("utter_ask_which_of_these", words.choices(items), faults=words.joined([fault["label"] for fault in case["which"]]))


def ask_changed(talk: Talk, what: str) -> None:
    """Ask on which of the devices something is different; one that is named in the message is taken."""
    case = talk.case
    meant = visit.named(case, talk.text)
    if len(meant) == 1 and not talk.chosen:
        visit.turn_to(case, meant[0])
        if what == "device":
            case.pop("device", None)
            quotes.ask_device(talk)
        else:
            case["faults"] = []
            quotes.ask_faults(talk)
        return
    items = [
        {"title": visit.called(one), "payload": quotes.payload("change", what=what, device=one["device"])}
        for one in visit.entries(case)
        if one.get("device")
    ]
    talk.say("utter_which_to_change", words.choices(items))


async def again(talk: Talk) -> None:
    """The old prices have run out: get new ones, say so, and ask again."""
    if not visit.many(talk.case):
        await quotes.again(talk)
        return
    for one in visit.entries(talk.case):
        one.pop("quoted", None)
    talk.case.pop("wish", None)
    talk.say("utter_quote_renewed")
    await priced(talk)
