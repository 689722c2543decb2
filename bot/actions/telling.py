"""What a message tells of several devices: which of them it speaks of, and what is wrong with each."""

from __future__ import annotations

import re
from typing import Any

from bot.actions import reading, visit
from bot.actions.talk import Talk

ADDS = re.compile(
    r"\b(?:also|too|as well|plus|another|in addition|on top|while (?:i'?m|we'?re|you'?re|ur) (?:at it|there)"
    r"|and (?:my|me|his|her|our|an?|the)|(?:daughter|son|wife|husband|mum|mom|dad|partner|brother|sister|kid|mate)'?s)\b",
    re.IGNORECASE,
)
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
    known = _match(case, mentioned, talk.text)
    if known is not None:
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
    for told in apart:
        named = _mentioned(told)
        known = _match(case, named, "") if named else None
        if known is not None:
            visit.turn_to(case, known)
        elif visit.called(case) or case.get("parked"):
            visit.add(case, {})
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


def _match(case: dict[str, Any], mentioned: list[dict[str, Any]], text: str) -> dict[str, Any] | None:
    """The device of ours that is meant: named in full, one of those asked about, or by a word of its name alone."""
    slugs = {device["slug"] for device in mentioned}
    found = [one for one in visit.entries(case) if (one.get("device") or {}).get("slug") in slugs]
    open_ones = [one for one in visit.entries(case) if not one.get("device")]
    found = found or [one for one in open_ones if slugs & {d["slug"] for d in one.get("candidates") or []}]
    if not found and not slugs and visit.many(case):
        found = visit.named(case, text)
    if not found and len(mentioned) == 1:
        found = [one for one in open_ones if one.get("called")][:1]
    return found[0] if len(found) == 1 or (found and case in found) else None


def _alike(case: dict[str, Any], mentioned: list[dict[str, Any]]) -> dict[str, Any]:
    """The device a correction is about: the one of its kind, else the one in hand."""
    kind = mentioned[0]["category"]
    alike = [one for one in visit.entries(case) if (one.get("device") or {}).get("category") == kind]
    return case if not alike or case in alike else alike[0]


def _whole(case: dict[str, Any]) -> bool:
    return all(one.get("device") and one.get("faults") for one in visit.entries(case))
