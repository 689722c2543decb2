"""Which times are offered, on ordinary days and when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from backend.capacity import rules
from backend.capacity.queries import bank_holidays
from backend.capacity.rules import Calendar, Place, Room, Terms, Worker
from backend.capacity.words import hours_text, slot_label

LONDON = ZoneInfo("Europe/London")
DAY = (time(9), time(18))
TUESDAY = date(2026, 11, 24)
HALF_HOUR = timedelta(minutes=30)


def calendar(*stretches: tuple[time, time], closed: dict[date, str] | None = None) -> Calendar:
    return Calendar(LONDON, dict.fromkeys(range(7), stretches or (DAY,)), closed or {})


def terms(**changed: object) -> Terms:
    kept = {
        "grid": HALF_HOUR,
        "buffer": timedelta(minutes=10),
        "earliest": datetime(2000, 1, 1, tzinfo=UTC),
        "latest": datetime(2100, 1, 1, tzinfo=UTC),
    }
    return Terms(**(kept | changed))  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


def test_the_last_start_ends_at_closing_time() -> None:
    starts = list(rules.grid(calendar(), terms(), TUESDAY, timedelta(minutes=45)))
    assert starts[0] == at(9) and starts[-1] == at(17) and len(starts) == 17


def test_a_lunch_break_is_kept() -> None:
    starts = list(rules.grid(calendar((time(9), time(12)), (time(13), time(15))), terms(), TUESDAY, timedelta(hours=2)))
    assert starts == [at(9), at(9, 30), at(10), at(13)]


def test_a_closed_day_offers_nothing() -> None:
    assert list(rules.grid(calendar(closed={TUESDAY: "Stock-taking"}), terms(), TUESDAY, HALF_HOUR)) == []


def test_a_slot_is_offered_while_any_bench_is_free() -> None:
    taken = {1: [(at(10), at(11))], 2: [(at(10, 30), at(11, 30))]}
    offered = [start for start, _ in rules.offered(calendar(), terms(buffer=timedelta(0)), Room([1, 2], taken), [TUESDAY], HALF_HOUR)]
    assert at(10) in offered and at(10, 30) not in offered and at(11) in offered


def test_the_buffer_after_an_appointment_is_free_too() -> None:
    taken = {1: [(at(11), at(12))]}
    offered = [start for start, _ in rules.offered(calendar(), terms(), Room([1], taken), [TUESDAY], HALF_HOUR)]
    assert at(10) in offered and at(10, 30) not in offered


def test_no_bench_no_slot() -> None:
    assert list(rules.offered(calendar(), terms(), Room([]), [TUESDAY], HALF_HOUR)) == []


def test_the_least_used_bench_comes_first() -> None:
    taken = {1: [(at(9), at(10))], 2: [], 3: [(at(12), at(13)), (at(14), at(15))]}
    assert rules.place(Room([1, 2, 3], taken), terms(), at(10), at(11)) == Place(2, None)
    assert rules.place(Room([1, 3], taken), terms(), at(10), at(11)) == Place(1, None)


def test_notice_and_horizon() -> None:
    now = at(10, 5)
    within = terms(earliest=now + timedelta(hours=1), latest=now + timedelta(days=1))
    offered = [
        start for start, _ in rules.offered(calendar(), within, Room([1]), [TUESDAY, date(2026, 11, 25), date(2026, 11, 26)], HALF_HOUR)
    ]
    assert offered[0] == at(11, 30) and offered[-1] == at(10, 0, date(2026, 11, 25))
    assert rules.judge(within, at(10), now) == "past"
    assert rules.judge(within, at(11), now) == "not_offered"
    assert rules.judge(within, at(11, 30), now) == "offered"
    assert rules.judge(within, datetime(9999, 12, 31, 23, tzinfo=UTC), now) == "not_offered"


EVENING = (at(9), at(18))
SCREENS, GENERAL = frozenset({"screens"}), frozenset({"general"})


def crew(*present: tuple[datetime, datetime], skills: frozenset[str] = SCREENS | GENERAL, number: int = 7) -> Worker:
    return Worker(number, skills, present or (EVENING,))


def test_a_slot_needs_somebody_with_every_skill_of_the_work() -> None:
    room = Room([1, 2], crew=[crew(skills=GENERAL, number=1), crew(skills=SCREENS, number=2)])
    assert rules.place(room, terms(), at(10), at(11), SCREENS) == Place(1, 2)
    assert rules.place(room, terms(), at(10), at(11), GENERAL) == Place(1, 1)
    assert rules.place(room, terms(), at(10), at(11), SCREENS | GENERAL) is None
    assert rules.place(room, terms(), at(10), at(11), frozenset({"board-level"})) is None


def test_whoever_can_do_least_goes_first_so_that_rare_skills_stay_free() -> None:
    room = Room([1], crew=[crew(number=1), crew(skills=GENERAL, number=2)])
    assert rules.place(room, terms(), at(10), at(11), GENERAL) == Place(1, 2)


def test_nobody_in_nothing_offered_however_many_benches() -> None:
    room = Room([1, 2, 3], crew=[crew((at(12), at(15)))])
    offered = [start for start, _ in rules.offered(calendar(), terms(), room, [TUESDAY], HALF_HOUR)]
    assert offered == [at(12), at(12, 30), at(13), at(13, 30), at(14), at(14, 30)]
    assert list(rules.offered(calendar(), terms(), Room([1], crew=[]), [TUESDAY], HALF_HOUR)) == []


def test_one_person_works_on_one_device_at_a_time_buffer_and_all() -> None:
    room = Room([1, 2], crew=[crew()], engaged={7: [(at(11), at(12))]})
    offered = [start for start, _ in rules.offered(calendar(), terms(), room, [TUESDAY], HALF_HOUR)]
    assert at(10) in offered and at(10, 30) not in offered and at(11, 30) not in offered and at(12) in offered


def test_time_off_is_cut_out_of_shifts_and_touching_shifts_are_one() -> None:
    assert rules.without([(at(9), at(13)), (at(13), at(18))], []) == [(at(9), at(18))]
    assert rules.without([(at(9), at(18))], [(at(11), at(12)), (at(17), at(20))]) == [(at(9), at(11)), (at(12), at(17))]
    assert rules.without([(at(9), at(18))], [(at(8), at(19))]) == []


@pytest.mark.parametrize(("day", "begins_utc"), [(date(2026, 3, 29), 9), (date(2026, 10, 25), 10)])
def test_shifts_follow_the_clock_on_the_wall_too(day: date, begins_utc: int) -> None:
    open_all_day = calendar()
    present = open_all_day.stretches(day, {6: [(time(10), time(16))]})
    assert present[0][0] == datetime(day.year, day.month, day.day, begins_utc, tzinfo=UTC)
    offered = [start for start, _ in rules.offered(open_all_day, terms(), Room([1], crew=[crew(*present)]), [day], HALF_HOUR)]
    assert [slot_label(start, LONDON)[-5:] for start in (offered[0], offered[-1])] == ["10:00", "15:30"]


def test_off_the_grid_is_not_offered() -> None:
    assert rules.on_grid(calendar(), terms(), at(10, 30), HALF_HOUR)
    for start in (at(10, 15), at(8, 30), at(18), at(17, 45), at(10, 30) + timedelta(microseconds=1)):
        assert not rules.on_grid(calendar(), terms(), start, HALF_HOUR)


@pytest.mark.parametrize(
    ("day", "opens_utc", "before"),
    [
        (date(2026, 3, 29), 8, 9),  # clocks went forward at 01:00: nine in the morning is eight in UTC, the day before it was nine
        (date(2026, 10, 25), 9, 8),  # clocks went back at 02:00
    ],
)
def test_opening_hours_follow_the_clock_on_the_wall(day: date, opens_utc: int, before: int) -> None:
    starts = list(rules.grid(calendar(), terms(), day, HALF_HOUR))
    assert starts[0] == datetime(day.year, day.month, day.day, opens_utc, tzinfo=UTC)
    assert len(starts) == 18 and slot_label(starts[0], LONDON).endswith("09:00") and slot_label(starts[-1], LONDON).endswith("17:30")
    eve = day - timedelta(days=1)
    assert next(rules.grid(calendar(), terms(), eve, HALF_HOUR)) == datetime(eve.year, eve.month, eve.day, before, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 5), (date(2026, 10, 25), 7), (date(2026, 6, 7), 6)])
def test_a_night_shift_is_as_long_as_the_night_really_is(day: date, hours: int) -> None:
    night = calendar((time(0), time(6)))
    starts = list(rules.grid(night, terms(), day, HALF_HOUR))
    assert len(starts) == 2 * hours and len(set(starts)) == len(starts)
    assert all(after - before == HALF_HOUR for before, after in pairwise(starts))
    assert all(rules.on_grid(night, terms(), start, HALF_HOUR) for start in starts)


def test_bank_holidays_of_england() -> None:
    days = bank_holidays("ENG", 2026)
    assert date(2026, 12, 25) in days and date(2026, 12, 28) in days and date(2026, 8, 31) in days
    assert date(2026, 11, 30) not in days  # St Andrew's is Scotland's


def test_words() -> None:
    assert slot_label(datetime(2026, 11, 24, 10, 30, tzinfo=UTC), LONDON) == "Tue 24 Nov, 10:30"
    assert slot_label(datetime(2026, 7, 1, 10, 30, tzinfo=UTC), LONDON) == "Wed 1 Jul, 11:30"
    assert hours_text([]) == "Closed" and hours_text([(time(9), time(12)), (time(13), time(17, 30))]) == "09:00–12:00, 13:00–17:30"
