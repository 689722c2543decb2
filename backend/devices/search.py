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
class _Sense:
    """What a word of a query may mean: names with how much of each it covers and how sure that is, and how much the word says."""

    entries: NDArray[np.int64]
    covered: NDArray[np.float64]
    sureness: NDArray[np.float64]
    weight: float


_NOTHING: NDArray[np.float64] = np.zeros(0)


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
        rareness = _rareness(bags, starts)
        self._weights = np.array([sum(rareness[word] for word in bag) for bag in bags])
        postings = _postings(bags, rareness)
        #: Every word in alphabetical order, with how rare and how long it is.
        self._vocabulary = sorted(postings)
        self._places = {word: place for place, word in enumerate(self._vocabulary)}
        self._rareness = np.array([rareness.get(word, 1.0) for word in self._vocabulary])
        self._lengths = np.array([len(word) for word in self._vocabulary])
        #: The names each word stands in and how much of each it covers: one stretch a word, one after the other.
        self._stretches = np.cumsum([0, *(len(postings[word]) for word in self._vocabulary)])
        self._entries = np.array([entry for word in self._vocabulary for entry in postings[word]], dtype=np.int64)
        self._covered = np.array([share for word in self._vocabulary for share in postings[word].values()])
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
        senses = [self._meaning(word, last=place == len(asked) - 1) for place, word in enumerate(asked)]
        # Only names that have any of the words are looked at: of thousands of models mostly a few hundred.
        place = np.zeros(len(self._weights), dtype=np.int64)
        for sense in senses:
            place[sense.entries] = 1
        touched = np.flatnonzero(place)
        if not len(touched):
            return []
        place[touched] = np.arange(len(touched))
        said, covered = np.zeros(len(touched)), np.zeros(len(touched))
        for sense in senses:
            quality, share = np.zeros(len(touched)), np.zeros(len(touched))
            at = place[sense.entries]
            quality[at], share[at] = sense.sureness, sense.covered  # the surest comes last and so stays
            said += quality * sense.weight
            covered += quality * share
        told = np.minimum(said / sum(sense.weight for sense in senses), 1.0)
        scores = 100 * (_QUERY_SHARE * told + (1 - _QUERY_SHARE) * np.minimum(covered / self._weights[touched], 1.0))
        owners = self._owners[touched]
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        best, owners = np.round(np.maximum.reduceat(scores, starts), 1), owners[starts]
        good = np.flatnonzero(best >= CUTOFF)
        # Less than a point apart is as good: then the newer one comes first.
        order = good[np.argsort(-np.round(best[good]), kind="stable")[:_MOST]]
        return [Hit(self._keys[owners[at]], float(best[at])) for at in order]

    def _meaning(self, word: str, *, last: bool) -> _Sense:
        """Return the names that have a word this one may mean, each with how sure that is, the surest last."""
        known, sureness = self._alike(word, last=last)
        if not len(known):
            return _Sense(_NOTHING.astype(np.int64), _NOTHING, _NOTHING, 1.0)
        from_, to = self._stretches[known], self._stretches[known + 1]
        lengths = to - from_
        whole = np.repeat(from_ - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        sure = np.repeat(sureness, lengths)
        order = np.argsort(sure, kind="stable")
        return _Sense(self._entries[whole][order], self._covered[whole][order], sure[order], float(self._rareness[known].max()))

    def _alike(self, word: str, *, last: bool) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the places of the known words this one may mean, and how sure that is."""
        low = bisect_left(self._vocabulary, word)
        high = min(bisect_left(self._vocabulary, word + "\x7f"), low + 60)
        exact = word in self._places
        if not last and word.isdigit():  # the last word may be unfinished; a number in the middle is what it says
            high = low + exact
        if high > low:
            known = np.arange(low, high)
            sureness = (0.9 if last else 0.8) * (0.7 + 0.3 * len(word) / self._lengths[known])
            sureness[:exact] = 1.0  # the word itself is the first of those that begin with it
            return known, sureness
        if not word.isalpha() or len(word) < 3:
            return _NOTHING.astype(np.int64), _NOTHING
        # What somebody has begun to type is no typo of something else, so only here is any spelling of it looked for.
        found = process.extract(word, self._letters, scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=8)
        return np.array([self._places[known] for known, _, _ in found], dtype=np.int64), np.array(
            [ratio / 100 * 0.95 for _, ratio, _ in found]
        )


def _rareness(bags: Sequence[Sequence[str]], starts: Sequence[int]) -> dict[str, float]:
    """Return how much each word says: rare ones more than those in many models' names."""
    owners: dict[str, set[int]] = defaultdict(set)
    for owner, (start, end) in enumerate(pairwise([*starts, len(bags)])):
        for bag in bags[start:end]:
            for word in bag:
                owners[word].add(owner)
    total = max(len(starts), 2)
    return {word: 0.4 + log(total / len(having)) / log(total) for word, having in owners.items()}


def _postings(bags: Sequence[Sequence[str]], rareness: dict[str, float]) -> dict[str, dict[int, float]]:
    """Return, for each word, the names it stands in and how much of each it covers."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for entry, bag in enumerate(bags):
        for word in bag:
            found[word][entry] = rareness[word]
        for left, right in pairwise(bag):  # "promax" is two words without their space
            found[left + right].setdefault(entry, rareness[left] + rareness[right])
    return found
