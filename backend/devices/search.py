"""Finding a model by what people type: an inverted index over words, tolerant of typos and unfinished words."""

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz import fuzz, process

from .names import words

#: A word that differs by more than this share is another word.
_SIMILAR = 74
#: How much of the score the query's own words carry; the rest asks how much of the name was said.
_QUERY_SHARE = 0.8
#: Below this nothing the person wrote is in the name.
CUTOFF = 45
_FILLER = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "is",
        "it",
        "its",
        "with",
        "of",
        "on",
        "for",
        "phone",
        "mobile",
        "smartphone",
        "laptop",
        "notebook",
        "computer",
        "device",
        "model",
        "and",
        "new",
        "old",
    ]
)


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


class Index:
    """An immutable index; build a new one when the catalogue changes."""

    def __init__(self, things: Iterable[Named]) -> None:
        self._things = tuple(things)
        self._weights: list[float] = []
        self._owners: list[int] = []
        postings: dict[str, dict[int, float]] = defaultdict(dict)
        bags = [(number, words(name)) for number, thing in enumerate(self._things) for name in dict.fromkeys(thing.names)]
        seen_in: dict[str, set[int]] = defaultdict(set)
        for owner, bag in bags:
            for word in bag:
                seen_in[word].add(owner)
        total = max(len(self._things), 2)
        self._idf = {word: 0.4 + log(total / len(owners)) / log(total) for word, owners in seen_in.items()}
        for owner, bag in bags:
            if not bag:
                continue
            entry = len(self._owners)
            self._owners.append(owner)
            self._weights.append(sum(self._idf[word] for word in bag))
            for word in bag:
                postings[word][entry] = self._idf[word]
            for left, right in itertools.pairwise(bag):  # "promax" and "galaxys23" are two words without their space
                postings.setdefault(left + right, {}).setdefault(entry, self._idf[left] + self._idf[right])
        self._postings = dict(postings)
        self._vocabulary = sorted(self._postings)
        self._letters = [word for word in self._vocabulary if word.isalpha() and len(word) >= 3]

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Return the best finds, best first; an empty or hopeless query finds nothing."""
        asked = [word for word in words(query[:200]) if word not in _FILLER][:12]
        if not asked:
            return []
        said: dict[int, float] = defaultdict(float)
        matched: dict[int, float] = defaultdict(float)
        weight_asked = 0.0
        for place, word in enumerate(asked):
            meanings = self._meanings(word, last=place == len(asked) - 1)
            weight = max((self._weight(meant) for meant in meanings), default=1.0)
            weight_asked += weight
            best: dict[int, tuple[float, float]] = {}
            for meant, quality in meanings.items():
                for entry, covered in self._postings[meant].items():
                    if quality > best.get(entry, (0.0, 0.0))[0]:
                        best[entry] = (quality, covered)
            for entry, (quality, covered) in best.items():
                said[entry] += quality * weight
                matched[entry] += quality * covered
        scores: dict[int, float] = {}
        for entry, amount in said.items():
            own = min(matched[entry] / self._weights[entry], 1.0)
            score = 100 * (_QUERY_SHARE * min(amount / weight_asked, 1.0) + (1 - _QUERY_SHARE) * own)
            owner = self._owners[entry]
            if score >= CUTOFF and score > scores.get(owner, 0.0):
                scores[owner] = score
        order = sorted(scores, key=lambda owner: (-round(scores[owner], 3), -self._things[owner].rank, self._things[owner].key))
        return [Hit(self._things[owner].key, round(scores[owner], 1)) for owner in order[:limit]]

    def _weight(self, word: str) -> float:
        return self._idf.get(word, 1.0)

    def _meanings(self, word: str, *, last: bool) -> dict[str, float]:
        """Return the known words this one may mean, each with how sure that is."""
        found: dict[str, float] = {}
        if word in self._postings:
            found[word] = 1.0
        for known in self._starting(word):
            # The last word may be unfinished; a number in the middle is what it says.
            if known != word and (last or not word.isdigit()):
                found[known] = max(found.get(known, 0.0), (0.9 if last else 0.8) * (0.7 + 0.3 * len(word) / len(known)))
        if word.isalpha() and len(word) >= 3 and word not in self._postings:
            for known, ratio, _ in process.extract(word, self._letters, scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=8):
                found[known] = max(found.get(known, 0.0), ratio / 100 * 0.95)
        return found

    def _starting(self, word: str) -> Sequence[str]:
        low, high = bisect_left(self._vocabulary, word), bisect_left(self._vocabulary, word + "\x7f")
        return self._vocabulary[low : min(high, low + 60)]
