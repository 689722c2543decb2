"""The patterns of the fault lexicon: what is left untried would not have been found."""

import pytest
import yaml

from models.text.evaluate import EVALUATION, cases
from models.text.faults import LEXICON, Faults
from models.text.lexicon import Patterns

LISTS = {"broken": "crack*|smash*", "screen": "screen|front glass"}


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults()


@pytest.mark.parametrize("group", ["signs", "fine", "done"])
def test_nothing_is_missed_by_trying_fewer(faults: Faults, group: str) -> None:
    patterns: Patterns = getattr(faults, group)
    texts = [case["t"] for path in sorted(EVALUATION.glob("development*.yml")) for case in cases(path)]
    clauses = [clause for text in texts for clause in faults.clauses(text)]
    tried = 0
    for clause in clauses:
        whole = [number for number, pattern in enumerate(patterns.patterns) if pattern.search(clause)]
        assert list(patterns.found(clause)) == whole, clause
        tried += len(list(patterns.tried(clause)))
    assert tried < len(clauses) * len(patterns.patterns) / 10


def test_every_pattern_of_the_lexicon_has_its_fault(faults: Faults) -> None:
    lexicon = yaml.safe_load(LEXICON.read_text("utf-8"))
    assert len(faults.meant) == len(faults.signs.patterns) == sum(map(len, lexicon["faults"].values()))


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("my front glass is cracked", [0]),
        ("cracking screen", [1]),
        ("smashed the screen", [1]),
        ("the back of it has gone flat", [2]),
        ("the back has gone very dark", [2]),
        ("gone flat at the back", []),
        ("it is cracked", []),
    ],
)
def test_the_small_language(clause: str, found: list[int]) -> None:
    patterns = ["<screen> .. <broken>", "<broken> .. <screen>", "back .. gone + (very) flat|(very) dark"]
    assert list(Patterns(patterns, LISTS).found(clause)) == found
