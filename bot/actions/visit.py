"""What is being booked: the devices of one visit. The one in hand stands in the case itself, the others in `case["parked"]`."""

from __future__ import annotations

from typing import Any

from bot.actions import words
from models.text.names import words as split

#: What belongs to one device; everything else in the case belongs to the visit.
OWN = ("device", "candidates", "unknown", "called", "faults", "quote", "quoted", "asked_of", "place", "nth")
MOST = 5
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
        return f"{called(case)}, {words.faults(case)}"
    return words.joined([f"{called(one)} ({words.faults(one)})" for one in entries(case)])


def listed(case: dict[str, Any]) -> str:
    """All devices with their faults, one a line."""
    return "\n".join(f"{called(one)}, {words.faults(one)}" for one in entries(case))


def called(one: dict[str, Any]) -> str:
    """How a device is named so far, with its number where there are several of its name."""
    name = _name(one)
    return f"{name} ({words.NTH[one['nth']]})" if name and one.get("nth") is not None else name


def _name(one: dict[str, Any]) -> str:
    return str(
        (one.get("device") or {}).get("name") or one.get("called") or shared(one.get("candidates") or []) or one.get("unknown") or ""
    )


def number(case: dict[str, Any]) -> None:
    """Tell devices of one name apart: the first iPhone 13, the second."""
    names = [_name(one) for one in entries(case)]
    for at, one in enumerate(entries(case)):
        one.pop("nth", None)
        if names.count(names[at]) > 1:
            one["nth"] = names[:at].count(names[at])


def told(one: dict[str, Any]) -> str:
    """What is known of one device, in a few words."""
    price = one["quote"]["total"]["text"] if one.get("quote") else ""
    return ", ".join(part for part in (called(one), words.faults(one), price) if part)


def shared(devices: list[dict[str, Any]]) -> str:
    """The words all names begin with, such as `iPhone 13`."""
    names = [device["name"].split() for device in devices]
    common = []
    for column in zip(*names, strict=False):
        if len(set(column)) > 1:
            break
        common.append(column[0])
    return " ".join(common)


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
    number(case)


def named(case: dict[str, Any], text: str) -> list[dict[str, Any]]:
    """The devices of which a text says a word of the name that no other has."""
    said = {word.text for word in split(text)}
    own = [{word.text for word in split(called(one))} - VAGUE for one in entries(case)]
    found = []
    for at, one in enumerate(entries(case)):
        others = set[str]().union(*own[:at], *own[at + 1 :])
        if said & (own[at] - others):
            found.append(one)
    if found:
        return found
    # "only the tablet": by kind, where one device alone is of it
    kinds = [(one.get("device") or {}).get("category") for one in entries(case)]
    return [one for one, kind in zip(entries(case), kinds, strict=True) if kind in said and kinds.count(kind) == 1]


def at(case: dict[str, Any], place: int) -> dict[str, Any]:
    """The device that was named at this place among all."""
    return next(one for one in entries(case) if one.get("place", 0) == place)
