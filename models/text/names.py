"""How names of devices are taken apart into words; the same rule for the catalogue and for what customers write."""

import re
import unicodedata
from typing import NamedTuple

SELF_NAMED = ("Apple",)  # their models say the brand by themselves
WORD = re.compile(r"[a-z]+|\d+[a-z]{1,2}(?![a-z])|\d+|\+")


class Word(NamedTuple):
    """One word of a text and where it stands."""

    text: str
    start: int
    end: int


def folded(text: str) -> str:
    """Lower case, accents and typographic marks made plain, the same length as the text."""
    if text.isascii():
        return text.lower()
    plain = []
    for letter in text:
        simple = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode().lower()
        plain.append(simple if len(simple) == 1 else ("'" if letter in "’‘" else "-" if letter in "–—" else " "))
    return "".join(plain)


def words(text: str) -> list[Word]:
    """The words of a text: glued ones apart (`iphone13mini`), codes whole (`s23`, `7a`, `s23u`), a plus sign as `plus`."""
    found: list[Word] = []
    for match in WORD.finditer(folded(text)):
        part, start, end = match.group(), match.start(), match.end()
        last = found[-1] if found else None
        touching = last is not None and last.end == start
        if (touching and last and part[0].isdigit() and last.text.isalpha() and len(last.text) <= 2) or (
            touching and last and part.isalpha() and len(part) <= 2 and last.text[-1].isdigit()
        ):
            found[-1] = Word(last.text + part, last.start, end)
        else:
            found.append(Word("plus" if part == "+" else part, start, end))
    return found


def plain(text: str) -> str:
    """Lower-case ASCII letters, digits and single spaces; a plus sign becomes a word."""
    simple = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("+", " plus ")
    return " ".join(re.sub(r"[^a-z0-9]+", " ", simple).split())


def slug_of(brand: str, model: str) -> str:
    """The model's stable address, such as `samsung-galaxy-s23-ultra`."""
    full = model if plain(model).startswith(plain(brand)) else f"{brand} {model}"
    return plain(full).replace(" ", "-")


def display_name(brand: str, model: str) -> str:
    """What people read, such as `Samsung Galaxy S23 Ultra` or `iPhone 13 mini`."""
    return model if brand in SELF_NAMED or plain(model).startswith(plain(brand)) else f"{brand} {model}"
