"""Several devices in one visit: each with its own faults and price, all with one time. The one in hand stands in the case itself."""

from __future__ import annotations

import re
from typing import Any

from bot.actions import quote as quotes
from bot.actions import reading, words
from bot.actions.talk import Talk
from models.text.names import words as split

#: What belongs to one device; everything else in the case belongs to the visit.
OWN = ("device", "candidates", "unknown", "called", "faults", "quote", "quoted", "asked_of", "place")
MOST = 5
ADDS = re.compile(
    r"\b(?:also|too|as well|plus|another|in addition|on top|while (?:i'?m|we'?re|you'?re|ur) (?:at it|there)"
    r"|and (?:my|me|his|her|our|an?|the)|(?:daughter|son|wife|husband|mum|mom|dad|partner|brother|sister|kid|mate)'?s)\b",
    re.IGNORECASE,
)
WITHOUT = re.compile(
    r"\b(?:forget|leave|skip|drop|without|remove|scrap|cancel|never ?mind|not bother\w*|don'?t (?:need|want|bother))\b", re.IGNORECASE
)
SAME = re.compile(r"\b(?:both|same|all(?: of (?:it|them|these))?|as well|each|too)\b", re.IGNORECASE)
#: Words of a name that tell nothing alone.
VAGUE = {"gen", "generation", "1st", "2nd", "3rd", "4th", "5th", "6th", "inch", "the", "and", "of"}


def many(case: dict[str, Any]) -> bool:
    """Whether more than one device is being booked."""
    return bool(case.get("parked"))


def entries(case: dict[str, Any]) -> list[dict[str, Any]]:
    """All devices in the order they were named; the one in hand is the case itself."""
    return sorted([case, *case.get("parked", [])], key=lambda one: one.get("place", 0))


def ids(case: dict[str, Any]) -> list[str]:
    """The quotes of all devices."""
    return [one["quote"]["id"] for one in entries(case)]


def total(case: dict[str, Any]) -> str:
    """What all devices come to."""
    return words.sum_of([one["quote"]["total"] for one in entries(case)])


def devices(case: dict[str, Any]) -> str:
    """All devices by name."""
    return words.joined([called(one) for one in entries(case)])


def what(case: dict[str, Any]) -> str:
    """All devices with their faults, for a sentence."""
    if not many(case):
        return f"{case['device']['name']}, {words.faults(case)}"
    return words.joined([f"{called(one)} ({words.faults(one)})" for one in entries(case)])


def listed(case: dict[str, Any]) -> str:
    """All devices with their faults, one a line."""
    return "\n".join(f"{called(one)}, {words.faults(one)}" for one in entries(case))


def called(one: dict[str, Any]) -> str:
    """How a device is named so far."""
    return str(
        (one.get("device") or {}).get("name") or one.get("called") or quotes.shared(one.get("candidates") or []) or one.get("unknown") or ""
    )


def told(one: dict[str, Any]) -> str:
    """What is known of one device, in a few words."""
    price = one["quote"]["total"]["text"] if one.get("quote") else ""
    return ", ".join(part for part in (called(one), words.faults(one), price) if part)


def turn_to(case: dict[str, Any], one: dict[str, Any]) -> None:
    """Take another device in hand."""
    if one is case:
        return
    own = {name: case.pop(name) for name in OWN if name in case}
    parked = [other for other in case["parked"] if other is not one]
    case.update(one, parked=[*parked, own])


def add(case: dict[str, Any], one: dict[str, Any]) -> None:
    """Take one more device in hand."""
    known = entries(case)
    own = {name: case.pop(name) for name in OWN if name in case}
    own.setdefault("place", 0)
    case["parked"] = [*case.get("parked", []), own]
    case.update(one, place=max(other.get("place", 0) for other in [own, *known]) + 1)


def drop(case: dict[str, Any], one: dict[str, Any]) -> None:
    """Leave a device out; the last one that is left stands alone."""
    if one is case:
        rest = case["parked"][0]
        turn_to(case, rest)
        one = case["parked"][-1]
    case["parked"] = [other for other in case["parked"] if other is not one]
    if not case["parked"]:
        del case["parked"]
    if case.get("slot"):
        case["was"] = case["slot"]["starts_at"]  # the time still suits when less is to be done
    for name in ("slot", "offered", "shown"):
        case.pop(name, None)


def absorb(talk: Talk, changed: set[str]) -> bool:
    """Take in what a message says of several devices; True when nothing is left to read of devices and faults."""
    case, told = talk.case, talk.entities
    apart = told.get("apart") or []
    if apart and not talk.chosen:
        _take_apart(talk, apart)
        changed.update(("device", "faults"))
        return True
    pool = case.get("pool")
    if pool and not case.get("faults"):
        if not told.get("faults") and not told.get("device") and (SAME.search(talk.text) or talk.intent == "affirm"):
            talk.entities["faults"] = pool
        case.pop("pool", None)
    mentioned = _mentioned(told)
    known = _match(case, mentioned, talk.text)
    if known is not None:
        turn_to(case, known)
    elif mentioned and case.get("device") and not talk.chosen and len(entries(case)) < MOST:
        if ADDS.search(talk.text) and not reading.CORRECTION.search(talk.text):
            add(case, {"faults": []})
            changed.add("device")
        elif many(case):
            turn_to(case, _alike(case, mentioned))
    which = case.pop("which", None)
    if which and known is not None and not told.get("faults"):
        talk.entities["faults"] = which
    elif many(case) and told.get("faults") and not mentioned and known is None and not talk.chosen and _whole(case):
        case["which"] = told.pop("faults")
        changed.add("which")
    return False


def _take_apart(talk: Talk, apart: list[dict[str, Any]]) -> None:
    case = talk.case
    lacking = []
    for told in apart:
        named = _mentioned(told)
        known = _match(case, named, "") if named else None
        if known is not None:
            turn_to(case, known)
        elif called(case) or case.get("parked"):
            add(case, {})
        for name, key in (("device", "device"), ("device_candidates", "candidates"), ("unknown_device", "unknown"), ("kind", "called")):
            if told.get(name):
                case[key] = told[name]
        if case.get("device"):
            case.pop("candidates", None)
        new = {fault["code"]: fault for fault in [*case.get("faults", []), *(told.get("faults") or [])]}
        case["faults"] = list(new.values())
        if not case["faults"]:
            lacking.append(case.get("place", 0))
    pool = {fault["code"]: fault for one in entries(case) for fault in one.get("faults", [])}
    if lacking and pool and SAME.search(talk.text):
        for one in entries(case):
            one["faults"] = one.get("faults") or list(pool.values())
    elif lacking and pool:
        case["pool"] = list(pool.values())


def _mentioned(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [told["device"]] if told.get("device") else list(told.get("device_candidates") or [])


def _match(case: dict[str, Any], mentioned: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    """The device of ours that is meant: named in full, one of those asked about, or by a word of its name alone."""
    slugs = {device["slug"] for device in mentioned}
    found = [one for one in entries(case) if (one.get("device") or {}).get("slug") in slugs]
    found = found or [one for one in entries(case) if not one.get("device") and slugs & {d["slug"] for d in one.get("candidates") or []}]
    if not found and not slugs and many(case):
        found = named(case, text)
    if not found and len(mentioned) == 1:
        open_ones = [one for one in entries(case) if not one.get("device") and one.get("called")]
        found = open_ones[:1]
    return found[0] if len(found) == 1 or (found and case in found) else None


def named(case: dict[str, Any], text: str) -> list[dict[str, Any]]:
    """The devices of which a text says a word of the name that no other has."""
    said = {word.text for word in split(text)}
    own = [{word.text for word in split(called(one))} - VAGUE for one in entries(case)]
    found = []
    for at, one in enumerate(entries(case)):
        others = set[str]().union(*own[:at], *own[at + 1 :])
        if said & (own[at] - others):
            found.append(one)
    return found


def _alike(case: dict[str, Any], mentioned: list[dict[str, Any]]) -> dict[str, Any]:
    """The device a correction is about: the one of its kind, else the one in hand."""
    kind = mentioned[0]["category"]
    alike = [one for one in entries(case) if (one.get("device") or {}).get("category") == kind]
    return case if not alike or case in alike else alike[0]


def _whole(case: dict[str, Any]) -> bool:
    return all(one.get("device") and one.get("faults") for one in entries(case))


async def left_out(talk: Talk) -> bool:
    """Leave out the device the customer no longer wants done, if the message says so; True when it did."""
    case = talk.case
    if not many(case) or talk.chosen:
        return False
    meant = named(case, talk.text)
    if len(meant) != 1:
        return False
    if WITHOUT.search(talk.text):
        gone = meant
    elif reading.ONLY.search(talk.text) and not talk.entities.get("faults"):
        gone = [one for one in entries(case) if one is not meant[0]]
    else:
        return False
    names = words.joined([called(one) for one in gone])
    keep = [one.get("place", 0) for one in entries(case) if one not in gone]
    while len(entries(case)) > len(keep):
        drop(case, next(one for one in entries(case) if one.get("place", 0) not in keep))
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
    for place in [one.get("place", 0) for one in entries(case)]:
        turn_to(case, _at(case, place))
        quotes.warn(talk)
        if case.get("device") and case.get("faults") and quotes.stale(case):
            if not await quotes.renew(talk):
                return False
            quotes.show(talk, ask=False)
            case["quote"] = quotes.kept(case["quote"])
            fresh = True
    for place in [one.get("place", 0) for one in entries(case)]:
        turn_to(case, _at(case, place))
        if not case.get("device"):
            ask_device(talk)
            return False
        if not case.get("faults"):
            ask_faults(talk)
            return False
    if fresh and not case.get("wish"):
        case["step"] = "quote"
        talk.say("utter_together", total=total(case), devices=devices(case), count=words.count(len(entries(case))))
        return False
    if fresh:
        case["agreed"] = True
    return True


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
        device=case["device"]["name"],
        faults=words.joined([fault["label"] for fault in pool], "or"),
    )


def _ask_which(talk: Talk) -> None:
    case = talk.case
    items = [
        {"title": called(one), "payload": quotes.payload("describe_problem", device=one["device"], faults=case["which"])}
        for one in entries(case)
    ]
    talk.say("utter_ask_which_of_these", words.choices(items), faults=words.joined([fault["label"] for fault in case["which"]]))


def ask_changed(talk: Talk, what: str) -> None:
    """Ask on which of the devices something is different; one that is named in the message is taken."""
    case = talk.case
    meant = named(case, talk.text)
    if len(meant) == 1 and not talk.chosen:
        turn_to(case, meant[0])
        if what == "device":
            case.pop("device", None)
            quotes.ask_device(talk)
        else:
            case["faults"] = []
            quotes.ask_faults(talk)
        return
    items = [
        {"title": called(one), "payload": quotes.payload("change", what=what, device=one["device"])}
        for one in entries(case)
        if one.get("device")
    ]
    talk.say("utter_which_to_change", words.choices(items))


async def again(talk: Talk) -> None:
    """The old prices have run out: get new ones, say so, and ask again."""
    if not many(talk.case):
        await quotes.again(talk)
        return
    for one in entries(talk.case):
        one.pop("quoted", None)
    talk.case.pop("wish", None)
    talk.say("utter_quote_renewed")
    await priced(talk)


def _at(case: dict[str, Any], place: int) -> dict[str, Any]:
    return next(one for one in entries(case) if one.get("place", 0) == place)
