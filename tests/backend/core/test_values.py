"""Money, identifiers and references."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ids import REFERENCE_ALPHABET, digest, reference, token, uuid7
from backend.core.money import Money, round_half_up


@pytest.mark.parametrize(
    ("value", "whole"),
    [(Fraction(5, 2), 3), (Fraction(-5, 2), -3), (Fraction(249, 100), 2), (Fraction(0), 0), (Fraction(1, 2), 1), (Fraction(-1, 2), -1)],
)
def test_halves_round_away_from_zero(value: Fraction, whole: int) -> None:
    assert round_half_up(value) == whole


@given(st.integers(-(10**12), 10**12), st.integers(1, 40))
def test_vat_of_a_gross_amount_never_differs_by_a_penny_from_the_exact_share(minor: int, percent: int) -> None:
    share = Money(minor).share(Fraction(percent, 100 + percent))
    assert abs(Fraction(share.minor) - Fraction(minor * percent, 100 + percent)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(12900), "£129.00"),
        (Money(5), "£0.05"),
        (Money(-250), "−£2.50"),
        (Money(123456789), "£1,234,567.89"),
        (Money(500, "JPY"), "¥500"),
        (Money(1234, "KWD"), "KWD 1.234"),
    ],
)
def test_money_reads_as_people_write_it(money: Money, words: str) -> None:
    assert str(money) == words


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Money(1) + Money(1, "EUR")
    with pytest.raises(ValueError, match="unknown currency"):
        Money(1, "XXX")


def test_ids_are_ordered_by_time_and_marked_as_version_seven() -> None:
    made = [uuid7() for _ in range(200)]
    assert len(set(made)) == 200
    assert {i.version for i in made} == {7}
    milliseconds = [i.int >> 80 for i in made]
    assert milliseconds == sorted(milliseconds)


def test_references_can_be_read_aloud() -> None:
    made = {reference("RT") for _ in range(300)}
    assert len(made) == 300
    assert all(set(r.removeprefix("RT-")) <= set(REFERENCE_ALPHABET) and len(r) == 8 for r in made)
    assert not set("01IO") & set(REFERENCE_ALPHABET)


def test_tokens_are_long_and_stored_as_their_hash() -> None:
    assert len(token()) >= 32
    assert digest("a") != digest("b")
    assert len(digest("a")) == 32
