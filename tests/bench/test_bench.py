"""The benchmarks run, and their tables say what they should; timings are judged by people, never here."""

import pytest

from tests.bench import sizes
from tests.bench.__main__ import PARTS, measure
from tests.bench.figures import Figure, table
from tests.stack import Stack


@pytest.mark.timeout(300)
async def test_every_part_measures(stack: Stack) -> None:
    found = await measure(stack, PARTS, short=True)
    print(table(found, {}))
    assert len(found) >= 14
    assert all(figure.value > 0 for figure in found if figure.unit != "kB")
    assert not [figure for figure in found if "FAILED" in figure.note or "LOST" in figure.note]


def test_the_widget_is_measured() -> None:
    assert all(figure.value > 0 for figure in sizes.widget())


def test_a_table_compares_both_ways() -> None:
    figures = [
        Figure("slow", 90, "ms", 60),
        Figure("quick", 30, "ms", 60),
        Figure("rate", 20, "turns/s", 50, more_is_better=True),
        Figure("new", 1, "s"),
    ]
    text = table(figures, {"slow": 60, "quick": 60, "rate": 50}).splitlines()
    assert "≤ 60 ✗" in text[2] and "WORSE (+50%)" in text[2]
    assert "≤ 60 ✓" in text[3] and "better (-50%)" in text[3]
    assert "≥ 50 ✗" in text[4] and "WORSE (-60%)" in text[4]
    assert "WORSE" not in text[5]
