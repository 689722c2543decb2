"""Which times can be offered: hours, benches, people and now in, slots out. All arithmetic is on instants; only hours are local."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
Verdict = Literal["offered", "past", "not_offered"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a location is open, in its own zone."""

    zone: ZoneInfo
    #: Weekday (0 is Monday) → stretches of local time, in order.
    hours: Mapping[int, Sequence[tuple[time, time]]]
    #: Closed days with the reason.
    closed: Mapping[date, str]

    def opening(self, day: date) -> list[Span]:
        """Return the stretches a local day is open for, as instants."""
        return [] if day in self.closed else self.stretches(day, self.hours)

    def stretches(self, day: date, hours: Mapping[int, Sequence[tuple[time, time]]]) -> list[Span]:
        """Return what weekly hours, such as somebody's shifts, mean on a local day."""
        return [(self.instant(day, begins), self.instant(day, ends)) for begins, ends in hours.get(day.weekday(), ())]

    def local_day(self, at: datetime) -> date:
        """Return the calendar day it is at the location."""
        return at.astimezone(self.zone).date()

    def instant(self, day: date, at: time) -> datetime:
        """Return when it is this time of a local day: with the offset before one the clock skips, and the first of one that comes twice."""
        return datetime.combine(day, at, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """How slots are cut, and between which instants a customer may come."""

    grid: timedelta
    buffer: timedelta
    earliest: datetime
    latest: datetime


def grid(calendar: Calendar, terms: Terms, day: date, length: timedelta) -> Iterator[datetime]:
    """Yield every start on a local day at which an appointment of this length ends before closing."""
    for opens, closes in calendar.opening(day):
        start = opens
        while start + length <= closes:
            yield start
            start += terms.grid


def judge(terms: Terms, start: datetime, now: datetime) -> Verdict:
    """Tell whether a start lies within notice and horizon; asked first, since no calendar reaches to any year."""
    if start < now:
        return "past"
    return "offered" if terms.earliest <= start <= terms.latest else "not_offered"


def on_grid(calendar: Calendar, terms: Terms, start: datetime, length: timedelta) -> bool:
    """Tell whether the shop offers appointments of this length at this start, taken or not."""
    return start in grid(calendar, terms, calendar.local_day(start), length)


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works at the benches: what they can do, and when they are in."""

    number: int
    skills: frozenset[str]
    present: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Room:
    """What the shop has to work with, and what of it is taken when."""

    benches: Sequence[int]
    busy: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    #: None where no roster is kept: whoever is there does everything.
    crew: Sequence[Worker] | None = None
    engaged: Mapping[int, Sequence[Span]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A bench, and who works at it."""

    bench: int
    technician: int | None


def place(room: Room, terms: Terms, start: datetime, end: datetime, skills: frozenset[str] = frozenset()) -> Place | None:
    """Return where an appointment finds a bench and somebody with all its skills, or None; the rule for every offer and every booking.

    The least used bench comes first, so that load spreads; of the people the one with the fewest skills, so that rare ones stay free.
    """
    until = end + terms.buffer
    free = [one for one in room.benches if _free(room.busy, one, start, until)]
    if not free:
        return None
    bench = min(free, key=lambda one: (_load(room.busy, one), one))
    if room.crew is None:
        return Place(bench, None)
    able = [one for one in room.crew if skills <= one.skills and _covers(one.present, start, end)]
    able = [one for one in able if _free(room.engaged, one.number, start, until)]
    worker = min(able, key=lambda one: (len(one.skills), _load(room.engaged, one.number), one.number), default=None)
    return Place(bench, worker.number) if worker else None


def offered(
    calendar: Calendar, terms: Terms, room: Room, days: Sequence[date], length: timedelta, skills: frozenset[str] = frozenset()
) -> Iterator[Span]:
    """Yield the appointments that can be had, in order: while there is a place, within notice and horizon."""
    for day in days:
        for start in grid(calendar, terms, day, length):
            if terms.earliest <= start <= terms.latest and place(room, terms, start, start + length, skills):
                yield start, start + length


def without(spans: Sequence[Span], off: Sequence[Span]) -> list[Span]:
    """Return what is left of some stretches when others are taken out; what touches is joined."""
    left: list[Span] = []
    for begins, ends in sorted(spans):
        if left and begins <= left[-1][1]:
            left[-1] = (left[-1][0], max(ends, left[-1][1]))
        else:
            left.append((begins, ends))
    for away_from, away_to in off:
        left = [
            piece
            for begins, ends in left
            for piece in ((begins, min(ends, away_from)), (max(begins, away_to), ends))
            if piece[0] < piece[1]
        ]
    return left


def _free(taken: Mapping[int, Sequence[Span]], number: int, start: datetime, end: datetime) -> bool:
    return all(end <= taken_from or taken_to <= start for taken_from, taken_to in taken.get(number, ()))


def _load(taken: Mapping[int, Sequence[Span]], number: int) -> int:
    return len(taken.get(number, ()))


def _covers(present: Sequence[Span], start: datetime, end: datetime) -> bool:
    return any(begins <= start and end <= ends for begins, ends in present)
