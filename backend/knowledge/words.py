"""The words of a question against the words of the passages: rare words count more, and one that no passage has counts against all."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

#: What a word in a passage's text is worth beside one in its heading or in a question it answers.
_IN_TEXT = 0.7
#: Letters alike enough to be a slip of the thumb.
_SLIP = 84
_WORD = re.compile(r"[a-z0-9]+")
#: Words that say nothing about what is asked.
_FILLER = frozenset(
    _WORD.findall(
        "a about after all also am an and any anyone anything are as at be because been before but by can cant could day did do "
        "does doesnt doing done dont else even ever for from get gets getting go goes going good got had has have having he hello "
        "her here hey hi him his how i id if ill im in into is isnt it its ive just kind know let like lot make many may me might "
        "mine more most much must my near need needs no not now of off on one only or other our out over please put really same "
        "say shall she should so some somebody someone something still such sure tell than thank thanks that thats the their them "
        "then there these they thing things this those through to too u under until up upon us very want wants was way we well "
        "went were what whats when where wheres which while who whose why will with wont would you your youre yours "
    )
)


def tokens(text: str) -> list[str]:
    """Return the words that say something, without their endings."""
    plain = text.lower().replace("’", "").replace("'", "").replace("wi-fi", "wifi").replace("e-mail", "email")
    return [stem(word) for word in _WORD.findall(plain) if word not in _FILLER]


def stem(word: str) -> str:
    """Cut the commonest English endings, the same way on both sides."""
    if len(word) > 4:
        for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""), ("e", "")):
            if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
                word = word[: -len(ending)] + instead
                break
        if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
            word = word[:-1]
    elif len(word) == 4 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word


class Words:
    """An inverted index over passages; each has its questions and its text."""

    def __init__(self, passages: Sequence[tuple[Iterable[str], str]]) -> None:
        self._count = len(passages)
        found: dict[str, dict[int, float]] = {}
        for place, (questions, text) in enumerate(passages):
            for word in tokens(text):
                found.setdefault(word, {})[place] = _IN_TEXT
            for word in {word for question in questions for word in tokens(question)}:
                found.setdefault(word, {})[place] = 1.0
        self._weights: Mapping[str, NDArray[np.float32]] = {word: self._column(places) for word, places in found.items()}
        total = log(max(self._count, 2))
        self._rareness = {word: log(self._count / len(places)) / total for word, places in found.items()}
        self._letters = [word for word in found if word.isalpha() and len(word) >= 4]

    def _column(self, places: Mapping[int, float]) -> NDArray[np.float32]:
        column = np.zeros(self._count, dtype=np.float32)
        column[list(places)] = list(places.values())
        return column

    def scores(self, question: str) -> NDArray[np.float32]:
        """Return for each passage which share of what the question says it has, 0 to 1."""
        said, weight = np.zeros(self._count, dtype=np.float32), 0.0
        for word, times in Counter(tokens(question)[:30]).items():
            known = self._known(word)
            rareness = self._rareness[known] if known else 1.0
            weight += rareness * min(times, 2)
            if known:
                said += self._weights[known] * np.float32(rareness * min(times, 2))
        return said / np.float32(weight) if weight else said

    def _known(self, word: str) -> str | None:
        if word in self._weights:
            return word
        if not word.isalpha() or len(word) < 4:
            return None
        near = process.extractOne(word, self._letters, scorer=fuzz.ratio, score_cutoff=_SLIP)
        return near[0] if near else None
