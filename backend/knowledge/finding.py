"""Which passage answers a question: nearness of meaning and of words together, and a limit below which nothing does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .articles import Passage
from .words import Words

Vectors = NDArray[np.float32]

#: Chosen on evaluation/development.yml; `python -m backend.knowledge.evaluate` says what they do.
WORDS_WEIGHT = 0.2
ANSWERS_FROM = 0.58
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
        self._words = Words([((*passage.asked, passage.heading, passage.title), passage.readable) for passage in self.passages])

    def search(self, question: str, vector: Vectors, limit: int = 5) -> list[Found]:
        """Return the nearest passages, best first; none of them sure unless it is clearly ours."""
        meaning = np.maximum.reduceat(self._rows @ vector, self._starts)
        scores = meaning + WORDS_WEIGHT * self._words.scores(question)
        order = np.argsort(-scores, kind="stable")[:limit]
        ours = float(meaning[order[0]]) - float((self._elsewhere @ vector).max()) >= CLEARLY_OURS
        return [
            Found(self.passages[at], round(float(scores[at]), 4), bool(ours and scores[at] >= ANSWERS_FROM))
            for at in order
            if scores[at] >= LISTED_FROM
        ]
