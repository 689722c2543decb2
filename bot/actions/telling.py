"""What a message tells of several devices: which of them it speaks of, and what is wrong with each."""

from __future__ import annotations

import re
from typing import Any

from bot.actions import reading, visit
from bot.actions.talk import Talk

ADDS = re.compile(
    r"\b(?:also|too|as well|plus(?= \w+ \w)|another|in addition|on top|while (?:i'?m|we'?re|you'?re|ur) (?:at it|there)"
    r"|and (?:my|me|his|her|our|an?|the)|(?:daughter|son|wife|husband|mum|mom|dad|partner|brother|sister|kid|mate)'?s)\b",
    re.IGNORECASE,
)
#: One more of a kind that is spoken of already.
OTHER = re.compile(r"\b(?:another|one more|second|2nd|other)\b", re.IGNORECASE)
SAME = re.compile(r"\b(?:both|same|all(?: of (?:it|them|these))?|as well|each|too)\b", re.IGNORECASE)


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
    _alike_all(talk, mentioned)
    known = _match(case, visit.entries(case), mentioned, talk.text)
    if known is not None and mentioned and known.get("faults") and not talk.chosen and OTHER.search(talk.text):
        changed.add("device")
        _turn_to_other(case, known)
    elif known is not None:
        visit.turn_to(case, known)
    elif mentioned and case.get("device") and not talk.chosen and len(visit.entries(case)) < visit.MOST:
        if ADDS.search(talk.text) and not reading.CORRECTION.search(talk.text):
            visit.add(case, {"faults": []})
            changed.add("device")
        elif visit.many(case):
            visit.turn_to(case, _alike(case, mentioned))
    which = case.pop("which", None)
    if which and known is not None and not told.get("faults"):
        talk.entities["faults"] = which
    elif visit.many(case) and told.get("faults") and not mentioned and known is None and not talk.chosen and _whole(case):
        case["which"] = told.pop("faults")
        changed.add("which")
    return False


def _take_apart(talk: Talk, apart: list[dict[str, Any]]) -> None:
    case = talk.case
    lacking = []
    taken: set[int] = set()  # by their places: of two of a kind each is spoken of once
    for told in apart:
        named = _mentioned(told)
        left = [one for one in visit.entries(case) if one.get("place", 0) not in taken]
        known = _match(case, left, named, "") if named else None
        if known is not None:
            visit.turn_to(case, known)
        elif visit.called(case) or case.get("parked"):
            visit.add(case, {})
        taken.add(case.get("place", 0))
        for name, key in (("device", "device"), ("device_candidates", "candidates"), ("unknown_device", "unknown"), ("kind", "called")):
            if told.get(name):
                case[key] = told[name]
        if case.get("device"):
            case.pop("candidates", None)
        new = {fault["code"]: fault for fault in [*case.get("faults", []), *(told.get("faults") or [])]}
        case["faults"] = list(new.values())
        if not case["faults"]:
            lacking.append(case.get("place", 0))
    pool = {fault["code"]: fault for one in visit.entries(case) for fault in one.get("faults", [])}
    if lacking and pool and SAME.search(talk.text):
        for one in visit.entries(case):
            one["faults"] = one.get("faults") or list(pool.values())
    elif lacking and pool:
        case["pool"] = list(pool.values())


def _mentioned(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [told["device"]] if told.get("device") else list(told.get("device_candidates") or [])


def _match(case: dict[str, Any], among: list[dict[str, Any]], mentioned: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    """The device of ours that is meant: named in full, one of those asked about, or by a word of its name alone."""
    slugs = {device["slug"] for device in mentioned}
    open_ones = [one for one in among if not one.get("device")]
    asked_of = [one for one in open_ones if slugs & {d["slug"] for d in one.get("candidates") or []}]
    found = [one for one in among if (one.get("device") or {}).get("slug") in slugs]
    if any(one is case for one in asked_of):
        return case
    found = found or asked_of
    if not found and not slugs and visit.many(case):
        found = visit.named(case, text)
    if not found and len(mentioned) == 1:
        found = [one for one in open_ones if one.get("called")][:1]
    if any(one is case for one in found):
        return case
    return found[0] if len(found) == 1 else None


def _alike_all(talk: Talk, mentioned: list[dict[str, Any]]) -> None:
    """One answer, "both are 13s", "the same", for every device whose model is still open, as far as it may be that model."""
    case = talk.case
    if not visit.many(case) or talk.chosen or not SAME.search(talk.text):
        return
    short = reading.narrowed(talk)
    known = mentioned or ([short] if short else [one["device"] for one in visit.entries(case) if one.get("device")])
    for one in visit.entries(case):
        may_be = [device for device in known if device["slug"] in {d["slug"] for d in one.get("candidates") or []}]
        if not one.get("device") and len(may_be) == 1:
            one["device"] = may_be[0]
            one.pop("candidates", None)


def _turn_to_other(case: dict[str, Any], known: dict[str, Any]) -> None:
    """Take the other one of a kind in hand; where there is but one, there are two from now on."""
    slug = known["device"]["slug"] if known.get("device") else None
    others = [one for one in visit.entries(case) if one is not known and slug and (one.get("device") or {}).get("slug") == slug]
    if others:
        visit.turn_to(case, others[-1])
    elif len(visit.entries(case)) < visit.MOST:
        visit.add(case, {"faults": []})


def _alike(case: dict[str, Any], mentioned: list[dict[str, Any]]) -> dict[str, Any]:
    """The device a correction is about: the one of its kind, else the one in hand."""
    kind = mentioned[0]["category"]
    alike = [one for one in visit.entries(case) if (one.get("device") or {}).get("category") == kind]
    return case if not alike or case in alike else alike[0]


def _whole(case: dict[str, Any]) -> bool:
    return all(one.get("device") and one.get("faults") for one in visit.entries(case))
