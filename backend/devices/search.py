"""Finding a model by what people type: an inverted index over words, tolerant of typos and unfinished words."""

from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from .names import words

#: Words less alike than this are different words.
_SIMILAR = 74
#: How much of the score the query's own words carry; the rest asks how much of the name was said.
_QUERY_SHARE = 0.8
#: Below this too little of what the person wrote is in the name.
CUTOFF = 45
#: Nobody looks further down than this.
_MOST = 50
#: How many queries' answers an index keeps.
_REMEMBERED = 4096
# fmt: off
_FILLER = frozenset({
    "a", "an", "the", "my", "our", "is", "it", "its", "with", "of", "on", "for", "phone", "mobile", "smartphone",
    "laptop", "notebook", "computer", "device", "model", "and", "new", "old",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Named:
    """Something to be found: its key, its names, and what decides between equals (larger first)."""

    key: str
    names: tuple[str, ...]
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One find, scored 0 to 100."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class _Posting:
    """The names a word stands in, and how much of each it covers."""

    entries: NDArray[np.int32]
    covered: NDArray[np.float64]


class Index:
    """An immutable index; build a new one when the catalogue changes."""

    def __init__(self, things: Iterable[Named]) -> None:
        # In the order in which equals are shown, so that a stable sort by score is the whole ranking.
        self._keys: list[str] = []
        bags: list[tuple[str, ...]] = []
        starts: list[int] = []
        for thing in sorted(things, key=lambda thing: (-thing.rank, thing.key)):
            names = {" ".join(bag): bag for bag in map(words, thing.names) if bag}
            if names:
                self._keys.append(thing.key)
                starts.append(len(bags))
                bags.extend(names.values())
        #: Whose each name is; names stand in the order of their things.
        self._owners = np.repeat(np.arange(len(starts)), np.diff([*starts, len(bags)]))
        self._idf = _rareness(bags, starts)
        self._weights = np.array([sum(self._idf[word] for word in bag) for bag in bags])
        self._postings = _postings(bags, self._idf)
        self._vocabulary = sorted(self._postings)
        self._letters = [word for word in self._vocabulary if word.isalpha() and len(word) >= 3]

        #: What was asked lately: as people type, and while many type, the same beginnings come again and again.
        self._answers: OrderedDict[tuple[str, ...], list[Hit]] = OrderedDict()

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Return the best finds, best first; an empty or hopeless query finds nothing."""
        asked = tuple(word for word in words(query[:200]) if word not in _FILLER)[:12]
        if not asked or not self._keys:
            return []
        if (known := self._answers.get(asked)) is None:
            known = self._answers[asked] = self._ranked(asked)
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return known[:limit]

    def _ranked(self, asked: tuple[str, ...]) -> list[Hit]:
        senses = [sorted(self._meanings(word, last=place == len(asked) - 1).items(), key=_surest) for place, word in enumerate(asked)]
        weights = [max((self._idf.get(meant, 1.0) for meant, _ in meanings), default=1.0) for meanings in senses]
        postings = [[(self._postings[meant], sureness) for meant, sureness in meanings] for meanings in senses]
        if not any(postings):
            return []
        # Only names that have any of the words are looked at: of thousands of models mostly a few hundred.
        place = np.zeros(len(self._weights), dtype=np.int32)
        for found in postings:
            for posting, _ in found:
                place[posting.entries] = 1
        touched = np.flatnonzero(place)
        place[touched] = np.arange(len(touched))
        said, covered = np.zeros(len(touched)), np.zeros(len(touched))
        for weight, found in zip(weights, postings, strict=True):
            quality, share = np.zeros(len(touched)), np.zeros(len(touched))
            for posting, sureness in found:  # the surest meaning is written last and so stays
                at = place[posting.entries]
                quality[at] = sureness
                share[at] = posting.covered
            said += quality * weight
            covered += quality * share
        told = np.minimum(said / sum(weights), 1.0)
        scores = 100 * (_QUERY_SHARE * told + (1 - _QUERY_SHARE) * np.minimum(covered / self._weights[touched], 1.0))
        owners = self._owners[touched]
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        best, owners = np.round(np.maximum.reduceat(scores, starts), 1), owners[starts]
        good = np.flatnonzero(best >= CUTOFF)
        # Less than a point apart is as good: then the newer one comes first.
        order = good[np.argsort(-np.round(best[good]), kind="stable")[:_MOST]]
        return [Hit(self._keys[owners[at]], float(best[at])) for at in order]

    def _meanings(self, word: str, *, last: bool) -> dict[str, float]:
        """Return the known words this one may mean, each with how sure that is."""
        found: dict[str, float] = {}
        if word in self._postings:
            found[word] = 1.0
        for known in self._starting(word):
            # The last word may be unfinished; a number in the middle is what it says.
            if known != word and (last or not word.isdigit()):
                found[known] = (0.9 if last else 0.8) * (0.7 + 0.3 * len(word) / len(known))
        # What somebody has begun to type is no typo of something else.
        if not found and word.isalpha() and len(word) >= 3:
            for known, ratio, _ in process.extract(word, self._letters, scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=8):
                found[known] = max(found.get(known, 0.0), ratio / 100 * 0.95)
        return found

    def _starting(self, word: str) -> Sequence[str]:
        low, high = bisect_left(self._vocabulary, word), bisect_left(self._vocabulary, word + "\x7f")
        return self._vocabulary[low : min(high, low + 60)]


def _surest(meaning: tuple[str, float]) -> float:
    return meaning[1]


def _rareness(bags: Sequence[Sequence[str]], starts: Sequence[int]) -> dict[str, float]:
    """Return how much each word says: rare ones more than those in many models' names."""
    owners: dict[str, set[int]] = defaultdict(set)
    for owner, (start, end) in enumerate(pairwise([*starts, len(bags)])):
        for bag in bags[start:end]:
            for word in bag:
                owners[word].add(owner)
    total = max(len(starts), 2)
    return {word: 0.4 + log(total / len(having)) / log(total) for word, having in owners.items()}


def _postings(bags: Sequence[Sequence[str]], rareness: dict[str, float]) -> dict[str, _Posting]:
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for entry, bag in enumerate(bags):
        for word in bag:
            found[word][entry] = rareness[word]
        for left, right in pairwise(bag):  # "promax" is two words without their space
            found[left + right].setdefault(entry, rareness[left] + rareness[right])
    return {word: _Posting(np.array(list(rows), dtype=np.int32), np.array(list(rows.values()))) for word, rows in found.items()}
