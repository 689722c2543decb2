"""Which passage answers a question: nearness of meaning and of words together, and a limit below which nothing does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .articles import Passage
from .words import Words

Vectors = NDArray[np.float32]

#: Chosen on evaluation/*.yml after each had been measured unseen; `python -m backend.knowledge.evaluate` says what they do.
WORDS_WEIGHT = 0.2
SEVERAL_WEIGHT = 0.3
ANSWERS_FROM = 0.64
#: By how much a passage must mean the question better than anything that is answered elsewhere.
CLEARLY_OURS = 0.1
#: Good enough for a list of results that a person reads through.
LISTED_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with how near it is; `sure` when it may be given as the answer."""

    passage: Passage
    score: float
    sure: bool


class Finder:
    """All passages with the vectors of their sentences; immutable."""

    def __init__(self, passages: Sequence[Passage], rows: Vectors, owners: NDArray[np.int32], elsewhere: Vectors) -> None:
        self.passages = tuple(passages)
        self._rows, self._elsewhere = rows, elsewhere
        # The sentences of a passage stand together, so that its best one is a slice's maximum.
        self._starts = np.searchsorted(owners, np.arange(len(self.passages)))
        self._lengths = np.diff(self._starts, append=len(rows))
        self._words = Words([((*passage.asked, passage.heading, passage.title), passage.readable) for passage in self.passages])

    def search(self, question: str, vector: Vectors, limit: int = 5) -> list[Found]:
        """Return the nearest passages, best first; none of them sure unless it is clearly ours."""
        best, several = self._meaning(vector)
        scores = (1 - SEVERAL_WEIGHT) * best + SEVERAL_WEIGHT * several + WORDS_WEIGHT * self._words.scores(question)
        order = np.argsort(-scores, kind="stable")[:limit]
        ours = float(best[order[0]]) - float(_likeness(self._elsewhere, vector).max()) >= CLEARLY_OURS
        return [Found(self.passages[at], round(float(scores[at]), 4), bool(ours and scores[at] >= ANSWERS_FROM)) for at in order]

    def _meaning(self, vector: Vectors) -> tuple[Vectors, Vectors]:
        """Return how near each passage's nearest sentence is, and its nearest three on average: one may be near by chance."""
        near = _likeness(self._rows, vector)
        tops = []
        for _ in range(3):
            top = np.maximum.reduceat(near, self._starts)
            near = np.where(near == np.repeat(top, self._lengths), np.float32(-1), near)
            tops.append(top)
        return tops[0], np.mean(tops, axis=0, dtype=np.float32)


def _likeness(rows: Vectors, vector: Vectors) -> Vectors:
    # Not `@`: for so small a product its threads cost more than they do, most of all on a busy machine.
    likeness: Vectors = np.einsum("ij,j->i", rows, vector)
    return likeness
