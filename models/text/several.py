"""Takes a text about several devices apart, so that each has its own words: "my iphone 13 screen and my daughter's ipad won't charge"."""

import itertools
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.text import counts
from models.text.devices import Devices, Found
from models.text.names import folded
from models.text.understanding import Understanding

MOST = 5
LONGEST = 1000
#: Where one device may end and the next begin.
JOINT = re.compile(r"[,;.!?\n]+|\s-+\s|\b(?:and|also|plus|as well as|while)\b|&|\+", re.IGNORECASE)
#: Two names are one device put right, or two that are only compared.
NOT_BOTH = re.compile(
    r"\b(?:no|not|nope|or|than|actually|sorry|meant|mean|instead|rather|like|from|to|replac\w*|upgrad\w*|wrong|vs|versus)\b", re.IGNORECASE
)
WANTING = ("book_repair", "get_quote", "describe_problem", "inform", "nlu_fallback", "change")
#: Whose a thing is, before a kind of device whose model is not named.
OWNED = r"\b(?:my|me|his|her|our|their|the|an?|another|this)\s+(?:[a-z]+'?s\s+)?(?:old\s+|new\s+|work\s+)?"


@dataclass
class Mention:
    """One device of a text, and from where on the text speaks of it."""

    start: int
    end: int
    found: Found
    #: The word for it where the model is not named, such as `laptop`.
    kind: str | None
    #: How many there are of it.
    count: int = 1


def apart(understanding: Understanding, text: str, intent: str, now: datetime | None, zone: str) -> list[dict[str, Any]]:
    """What is told of each device, in the order of the text, each as of a text of its own; empty where there are not several."""
    if intent not in WANTING or len(text) > LONGEST:
        return []
    plain = counts.single(text, understanding.devices.by_word.__contains__, understanding.devices.naming.telling)
    mentions = _mentions(understanding.devices, plain, text)
    if not 2 <= sum(mention.count for mention in mentions) <= MOST:
        return []
    starts = [0, *(one.start for one in mentions[1:]), len(text)]
    told = []
    for mention, (start, end) in zip(mentions, itertools.pairwise(starts), strict=True):
        one = understanding.understand(plain[start:end], now, zone)
        each = [understanding.understand(part, now, zone)["faults"] for part in counts.parts(plain[start:end], mention.count)]
        faults = each if each and all(each) else [one["faults"]] * mention.count
        told += [{**one, "faults": own, "kind": mention.kind} for own in faults]
    return told


def _mentions(devices: Devices, text: str, said: str) -> list[Mention]:
    """The devices of a text without its counts, in order, each with its number in what was `said`."""
    cuts = [0, *(joint.start() for joint in JOINT.finditer(text)), len(text)]
    mentions: list[Mention] = []
    for start, end in itertools.pairwise(cuts):
        part = text[start:end]
        found = devices.find(part)
        named = bool(found.device or found.candidates or found.unknown)
        kind = None if named else _kind(devices, part)
        if not named and not kind:
            continue
        one = Mention(start, end, found, kind)
        name = start + min((span[0] for span in found.spans), default=0)
        if named:
            one.count = counts.of(said, name, start + max(span[1] for span in found.spans))
        if mentions and not counts.ANOTHER.search(said[:name].lower()):
            last = mentions[-1]
            if _same(last, one, devices) or NOT_BOTH.search(text[last.end : name]):
                if found.device and not last.found.device:
                    last.found, last.kind = found, None
                last.end, last.count = end, max(last.count, one.count)
                continue
        mentions.append(one)
    return mentions


def _kind(devices: Devices, part: str) -> str | None:
    """The word for a kind of device somebody has, such as `laptop`."""
    words = "|".join(sorted(map(re.escape, devices.naming.kinds), key=len, reverse=True))
    owned = re.search(rf"{OWNED}({words})\b", folded(part))
    return owned.group(1) if owned else None


def _same(one: Mention, other: Mention, devices: Devices) -> bool:
    """Whether two mentions may speak of one device."""
    if one.kind or other.kind:
        return bool(_categories(one, devices) & _categories(other, devices)) or not (
            _categories(one, devices) and _categories(other, devices)
        )
    return bool(_slugs(one.found) & _slugs(other.found)) or (one.found.unknown or "") == (other.found.unknown or " ")


def _slugs(found: Found) -> set[str]:
    return {device["slug"] for device in ([found.device] if found.device else found.candidates)}


def _categories(one: Mention, devices: Devices) -> set[str]:
    if one.kind:
        return {devices.naming.kinds[one.kind]}
    return {device["category"] for device in ([one.found.device] if one.found.device else one.found.candidates)}
