"""A few simulated customers have what they came for and nobody has a wrong booking; and the judge can tell."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.simulated import report
from tests.simulated.crowd import visit
from tests.simulated.goals import Goal, goal
from tests.simulated.judge import Books, judge
from tests.simulated.life import Life
from tests.simulated.manner import MANNERS, typed
from tests.simulated.person import Person, an
from tests.simulated.roomy import expect
from tests.simulated.wishes import wish
from tests.stack import Stack

DAY = date(2026, 11, 22)  # a Sunday
AT = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)


@pytest.mark.timeout(180)
async def test_twenty_customers(stack: Stack) -> None:
    await asyncio.to_thread(stack.wait_ready)
    await expect(stack.database)
    ended = await visit(stack, 20261122, range(20))
    told = f"{report.by_kind(ended)}\n{report.failures(ended)}\n\n" + "\n\n".join(
        f"{one.line}\n{one.life.transcript}" for one in ended if not one.verdict.success
    )
    assert report.wrong(ended) == 0, told
    assert report.successes(ended) >= report.SUCCESS / 100 * len(ended), told


def _somebody(**changes: Any) -> Goal:
    made = next(found for number in range(500) if (found := goal(1, number, DAY)).kind == "book" and len(found.items) == 1)
    return replace(made, twists=[], after=None, by_post=False, **changes)


def _booked(life: Life, **changes: Any) -> dict[str, Any]:
    item = life.person.items[0]
    quote = {"device": item.name, "faults": [{"code": code} for code in item.codes], "total": 9900}
    order = {"reference": "RT-7F3K2", "arrival": "drop_off", "state": "confirmed", "starts_at": AT, "moves": 0, "quotes": [quote]}
    return {**order, "name": life.goal.name, "email": life.goal.email, **changes}


@pytest.fixture
def life() -> Life:
    mine = _somebody()
    made = Life(mine, Person(mine, 1))
    made.person.accepted, made.person.total = {AT.replace(tzinfo=None)}, "£99.00"
    return made


def test_the_right_booking_is_a_success(life: Life) -> None:
    assert judge(life, Books([_booked(life)], [], [], "bot")).success


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"starts_at": AT.replace(hour=11, minute=30)}, "at Thu 26 Nov, 11:30"),
        ({"name": "Somebody Else"}, "Somebody Else"),
        ({"email": "else@example.com"}, "else@example.com"),
        ({"quotes": [{"device": "Nokia G50", "faults": [], "total": 9900}]}, "Nokia G50"),
    ],
)
def test_a_booking_that_contradicts_the_customer_is_wrong(life: Life, changes: dict[str, Any], wrong: str) -> None:
    verdict = judge(life, Books([_booked(life, **changes)], [], [], "bot"))
    assert wrong in verdict.wrong and not verdict.success


def test_two_bookings_another_price_and_another_fault_are_wrong(life: Life) -> None:
    one = _booked(life)
    assert judge(life, Books([one, one], [], [], "bot")).wrong == "booked twice"
    assert "costs" in judge(life, Books([_booked(life, quotes=[{**one["quotes"][0], "total": 100}])], [], [], "bot")).wrong
    assert "instead of" in judge(life, Books([_booked(life, quotes=[{**one["quotes"][0], "faults": []}])], [], [], "bot")).wrong


def test_no_booking_is_a_failure_and_nothing_wrong(life: Life) -> None:
    verdict = judge(life, Books([], [], [], "bot"))
    assert (verdict.reason, verdict.wrong) == ("0 bookings", "")


def test_what_is_agreed_to_unread_is_neither_wrong_nor_a_success(life: Life) -> None:
    life.person.unread = "name"
    verdict = judge(life, Books([_booked(life, name="Somebody Else")], [], [], "bot"))
    assert not verdict.wrong and verdict.unread and not verdict.success


def test_a_booking_of_somebody_who_only_asked_is_wrong(life: Life) -> None:
    asked = Life(replace(life.goal, kind="price"), life.person)
    assert "unasked" in judge(asked, Books([_booked(life)], [], [], "bot")).wrong


def test_the_same_number_is_the_same_person_again() -> None:
    assert [repr(goal(7, number, DAY)) for number in range(50)] == [repr(goal(7, number, DAY)) for number in range(50)]
    assert len({goal(7, number, DAY).name for number in range(50)}) > 25


def test_no_wish_is_for_a_sunday_alone() -> None:
    for number in range(300):
        made = wish(random.Random(number), DAY)
        assert made.said and (made.days is None or any(day.weekday() != 6 and day > DAY for day in made.days)), made


def test_names_and_addresses_are_typed_with_care() -> None:
    hurried = next(one for one in MANNERS if one.slips > 0.05)
    for number in range(200):
        text = typed(random.Random(number), hurried, "its rhiannon jo.bloggs@example.com RT-7F3K2", frozenset({"rhiannon"}))
        assert "rhiannon" in text and "jo.bloggs@example.com" in text and "RT-7F3K2" in text


@pytest.mark.parametrize(
    ("called", "said"), [("iphone 13", "an iphone 13"), ("samsung a54", "a samsung a54"), ("s21", "an s21"), ("13 pro", "13 pro")]
)
def test_articles(called: str, said: str) -> None:
    assert an(called) == said
