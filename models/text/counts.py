"""How many of one kind a text speaks of: "two iphone 13s", "2x pixel 7", "another one the same"."""

import re
from collections.abc import Callable

from models.text.names import folded, words

NUMBERS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5}
_NUMBER = r"(?P<number>two|three|four|five|[2-5])"
_OURS = "my|our|the|these|same|identical|old|new|broken|cracked|smashed|work"
#: Before a name, with what may stand between; after it, or at the end of what is said of it.
_LEADS = "got|have|had|ve|has|need|with|fix|repair|mend|and|my|our|the|these|bring|bringing|do|are"
_BARE = rf"(?:(?:^|[,.:;!]|\b(?:{_LEADS}))\s*)(?=[2-5]\b)"
BEFORE = re.compile(
    rf"(?:(?:\b(?=[a-z])|{_BARE}|\b(?=\d ?x)){_NUMBER}(?: ?x\b)?|\b(?P<pair>(?:an? )?(?:couple|pair)))(?: of)?(?: (?:{_OURS}))*\s+$"
)
AFTER = re.compile(rf"\bx ?{_NUMBER}\b|\btimes two\b|\b(?:two|both) of (?:them|those|these)\b")
#: A digit right before a name, where it is no count, is short for "for" or "to": the name's it is not.
DIGIT = re.compile(r"\b(?P<number>[2-5])(?P<pair>)\s+$")
FAR = 40
#: Words that make a plural of the names in a text: only beside them is "13s" more than one 13.
MANY = re.compile(r"\b(?:two|three|four|five|both|couple|pair|our|these|all|each|\d ?x|[2-5])\b")
PLURAL = re.compile(r"\b(?P<name>(?:[a-z]{1,2})?\d{1,2}[a-e]?|pro|max|mini|ultra|air|plus)s\b")
#: What there may be several of beside one device.
ACCESSORY = re.compile(r"^\W*(?:controllers?|pads?|joy-?cons?|chargers?|cables?|cases?|straps?|times)\b")
#: One of several spoken of apart: "one has a cracked screen, the other won't charge".
_TELLS = "has|is|was|wo|with|need|do|keep|got|just|ca"
EACH = re.compile(rf"\b(?:the )?(?:first|second|third|other|one|another)(?: one)?(?= (?:{_TELLS})|'s\b)")
ANOTHER = re.compile(r"\b(?:another|other|second|2nd|one more)\b(?: \w+){0,2}\s*$")


def single(text: str, known: Callable[[str], bool], telling: Callable[[str], bool]) -> str:
    """The text, as long as before, without counts before devices and without plurals of models' names; `known` knows models' words."""
    low = folded(text)
    if not MANY.search(low):
        return text
    for said in PLURAL.finditer(low):
        if known(said["name"]) and not known(f"{said['name']}s"):
            text = f"{text[: said.end() - 1]} {text[said.end() :]}"
    for word in words(text):
        before = BEFORE.search(low[: word.start]) or DIGIT.search(low[: word.start])
        if before and (telling(word.text) or (word.text.endswith("s") and telling(word.text[:-1]))):
            at, end = before.span("number" if before["number"] else "pair")
            if (last := words(text[:at])[-1:]) and known(last[0].text):
                continue  # "xperia 5 mk2": the number is the name's
            text = f"{text[:at]}{' ' * (end - at)}{text[end:]}"
    return text


def of(text: str, start: int, end: int) -> int:
    """How many there are of the device whose name stands there: 1 unless the words around it count."""
    low = folded(text)
    if ACCESSORY.match(low[end:]):
        return 1
    before, after = BEFORE.search(low[:start]), AFTER.search(low[end : end + FAR])
    if before:
        return NUMBERS.get(before["number"] or "", 2)
    if after:
        return NUMBERS.get(after["number"] or "", 2)
    name = low[start : end + 1]
    plural = PLURAL.search(name) or re.search(r"\b(?:iphone|ipad|macbook|pixel|laptop|tablet|phone|samsung)s\b", name)
    return 2 if plural and re.search(r"\bboth\b", low) else 1


def parts(text: str, count: int) -> list[str]:
    """The text of each of several of one kind where they are spoken of one by one; empty where all is said of all of them."""
    starts = [said.start() for said in EACH.finditer(folded(text))]
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)] if len(starts) == count else []
