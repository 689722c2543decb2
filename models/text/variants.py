"""Which variant of a model a text tells of: storage, memory, size, chip, colour, generation, as the catalogue writes them."""

import re
from typing import Any

from models.text.names import folded

AMOUNT = re.compile(r"\b(?P<number>\d{1,4})\s?(?P<unit>gb|gigs?|gigabytes?|tb|terabytes?)\b(?P<memory>\s(?:of\s)?(?:ram|memory)\b)?")
SIZE = re.compile(r"\b(?P<number>\d{1,2}(?:\.\d)?)\s?(?:mm\b|inch(?:es)?\b|in\b|\"|'')")
MAKERS = {"intel": "intel", "amd": "amd", "ryzen": "amd", "i3": "intel", "i5": "intel", "i7": "intel", "i9": "intel"}
#: A colour says something of the device beside its name or as "the blue one"; in "green lines" and "black screen" it does not.
ONE = re.compile(r"\b(?:the|a|an|its|it's|it is|in|colou?r is|colou?r:?)\s+$")
NOT_COLOUR = re.compile(r"^\s*(?:screen|display|lines?|dots?|spots?|tint|flicker\w*|patch\w*|stripes?|blob|light|haze|line)\b")


def find(text: str, device: dict[str, Any], spans: list[tuple[int, int]] | None = None) -> dict[str, str]:
    """What the text says of the device's variants, by kind; only values the catalogue lists. `spans`: where its name stands."""
    variants: dict[str, list[str]] = device.get("variants") or {}
    plain, told = folded(text), dict[str, str]()
    for amount in AMOUNT.finditer(plain):
        value = f"{int(amount['number'])} {'TB' if amount['unit'].startswith('t') else 'GB'}"
        kinds = ("memory",) if amount["memory"] else ("storage", "memory")
        kind = next((kind for kind in kinds if value in variants.get(kind, ())), None)
        if kind:
            told.setdefault(kind, value)
    for size in SIZE.finditer(plain):
        fitting = [value for value in variants.get("size", ()) if value.split()[0] == size["number"]]
        if fitting:
            told["size"] = fitting[0]
    for kind in ("chip", "generation", "connection"):
        fitting = [value for value in variants.get(kind, ()) if _said(value, plain) and value != "Wi-Fi"]
        if fitting:
            told[kind] = max(fitting, key=len)
    for word, maker in MAKERS.items():
        fitting = [value for value in variants.get("processor", ()) if value.lower() in (maker, f"core {word}")]
        if fitting and re.search(rf"\b{word}\b", plain):
            told["processor"] = fitting[0]
    colour = _colour(plain, variants.get("colour", []), spans or [])
    if colour:
        told["colour"] = colour
    return told


def _said(value: str, plain: str) -> bool:
    said = r"[\s-]?".join(map(re.escape, folded(value).split()))
    return bool(re.search(rf"(?<!\w){said}(?!\w)", plain))


def _colour(plain: str, colours: list[str], spans: list[tuple[int, int]]) -> str | None:
    """The colour said beside the name; a part of it ("blue" for Sierra Blue) where no other colour has it."""
    for colour in sorted(colours, key=len, reverse=True):
        whole = folded(colour)
        parts = [part for part in whole.split() if sum(part in folded(other).split() for other in colours) == 1]
        for name in [whole, *parts]:
            for match in re.finditer(rf"\b{re.escape(name)}\b", plain):
                beside = any(0 <= start - match.end() <= 2 or 0 <= match.start() - end <= 3 for start, end in spans)
                if (beside or ONE.search(plain[: match.start()])) and not NOT_COLOUR.match(plain[match.end() :]):
                    return colour
    return None
