"""The patterns of faults.yml: read from their own small language, and found without trying those whose words are not there."""

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_, or_
from re import Pattern

WORD = re.compile(r"\w+")
BETWEEN = re.compile(r"\s+(\.\.|\+)\s+")


def _options(stretch: str, lists: dict[str, str]) -> list[str]:
    """The alternatives of one stretch of a pattern, the longest first."""
    told = re.sub(r"<(\w+)>", lambda m: lists[m.group(1)], stretch)
    return sorted({option.strip() for option in told.split("|")}, key=len, reverse=True)


def _phrase(stretch: str, lists: dict[str, str]) -> str:
    """One stretch of a pattern as a regular expression: its alternatives, each a few words with endings and words that may be missing."""
    made = []
    for option in _options(stretch, lists):
        said = ""
        for word in option.split():
            known = re.escape(word.strip("()")).replace(r"\*", r"\w*")
            if word.startswith("("):
                said += f"(?:{known} )?" if not said else f"(?: {known})?"
            else:
                said += ("" if not said or said.endswith(" )?") else " ") + known
        made.append(said)
    return "(?:" + "|".join(made) + ")"


def compiled(pattern: str, lists: dict[str, str]) -> Pattern[str]:
    """A pattern of the lexicon as a regular expression over a simplified clause."""
    made = ""
    for part in BETWEEN.split(pattern):
        made += {"..": r"(?: [^\s]+){0,5}? ", "+": " "}.get(part) or _phrase(part, lists)
    return re.compile(rf"(?<!\w){made}(?!\w)")


class Patterns:
    """Patterns in their order; one is tried only on a clause that has a word of each of its stretches.

    Sets of patterns are the bits of whole numbers, one number for each place of a stretch.
    """

    def __init__(self, patterns: Iterable[str], lists: dict[str, str]) -> None:
        self.patterns: list[Pattern[str]] = []
        stretches: list[list[str]] = []
        for pattern in patterns:
            self.patterns.append(compiled(pattern, lists))
            stretches.append(BETWEEN.split(pattern)[::2])
        self._places = max(map(len, stretches), default=0)
        #: Whatever is said; shorter patterns ask nothing of the places they do not have.
        self._always = [sum(1 << number for number, own in enumerate(stretches) if len(own) <= place) for place in range(self._places)]
        self._words: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        for number, own in enumerate(stretches):
            for place, stretch in enumerate(own):
                for option in _options(stretch, lists):
                    self._speak_for(place, option, 1 << number)
        self._lengths = sorted({len(stem) for stem in self._stems})

    def _speak_for(self, place: int, option: str, pattern: int) -> None:
        word = max((word for word in option.split() if not word.startswith("(")), key=len, default="")
        if WORD.fullmatch(word):
            self._words.setdefault(word, [0] * self._places)[place] |= pattern
        elif word.endswith("*") and WORD.fullmatch(word[:-1]):
            self._stems.setdefault(word[:-1], [0] * self._places)[place] |= pattern
        else:  # nothing a word of the clause must be
            self._always[place] |= pattern

    def tried(self, clause: str) -> Iterator[int]:
        """The numbers of the patterns whose words the clause has, in their order."""
        words = set(WORD.findall(clause))
        said = [self._words[word] for word in words if word in self._words]
        for stem in {word[:length] for word in words for length in self._lengths if length <= len(word)}:
            if stem in self._stems:
                said.append(self._stems[stem])
        left = reduce(and_, (reduce(or_, place) for place in zip(self._always, *said, strict=True)), -1) if self._places else 0
        while left:
            lowest = left & -left
            yield lowest.bit_length() - 1
            left ^= lowest

    def found(self, clause: str) -> Iterator[int]:
        """The numbers of the patterns that stand in the clause, in their order."""
        return (number for number in self.tried(clause) if self.patterns[number].search(clause))

    def any(self, clause: str) -> bool:
        """Whether one of the patterns stands in the clause."""
        return next(self.found(clause), None) is not None
