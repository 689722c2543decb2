"""How a model is called: its address, its display name, and the words it is found by."""

import re
from functools import lru_cache

from models.text.names import display_name, plain, slug_of

__all__ = ["display_name", "plain", "slug_of", "words"]

_PARTS = re.compile(r"[a-z]+|\d+[a-z]{1,2}(?![a-z])|\d+")


@lru_cache(maxsize=65_536)  # a new version of the catalogue has mostly the names of the last
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or query, glued ones apart and split ones joined: `iphone13mini` is three words, `s 23` is `s23`."""
    found: list[str] = []
    for word in plain(text).split():
        if word.isdigit() and found and len(found[-1]) == 1 and found[-1].isalpha():
            found[-1] += word
        else:
            found += apart(word)
    return tuple(found)


def apart(word: str) -> list[str]:
    """Return the words glued together in one; letters that belong to a number stay with it (`s23`, `7a`, `a2337`)."""
    parts: list[str] = []
    for part in _PARTS.findall(word):
        joins_letters = part[0].isdigit() and bool(parts) and parts[-1].isalpha() and len(parts[-1]) <= 2
        joins_digits = part.isalpha() and len(part) <= 2 and bool(parts) and parts[-1][-1].isdigit()
        if joins_letters or joins_digits:
            parts[-1] += part
        else:
            parts.append(part)
    return parts
