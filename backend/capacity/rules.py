"""Which times can be offered: hours, benches and now in, slots out. All arithmetic is on instants; only opening hours are local."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
        if day in self.closed:
            return []
        return [(self._instant(day, opens), self._instant(day, closes)) for opens, closes in self.hours.get(day.weekday(), ())]

    def local_day(self, at: datetime) -> date:
        """Return the calendar day it is at the location."""
        return at.astimezone(self.zone).date()

    def _instant(self, day: date, at: time) -> datetime:
        # A local time the clock skips is read with the offset before the change; one that comes twice means its first.
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


def free(benches: Collection[int], busy: Mapping[int, Sequence[Span]], start: datetime, end: datetime) -> list[int]:
    """Return the benches nobody has between two instants, the least used first, so that load spreads."""
    open_ones = [bench for bench in benches if all(end <= taken_from or taken_to <= start for taken_from, taken_to in busy.get(bench, ()))]
    return sorted(open_ones, key=lambda bench: (len(busy.get(bench, ())), bench))


def offered(
    calendar: Calendar, terms: Terms, benches: Collection[int], busy: Mapping[int, Sequence[Span]], days: Sequence[date], length: timedelta
) -> Iterator[Span]:
    """Yield the appointments that can be had, in order: while any bench is free, within notice and horizon."""
    for day in days:
        for start in grid(calendar, terms, day, length):
            if terms.earliest <= start <= terms.latest and free(benches, busy, start, start + length + terms.buffer):
                yield start, start + length
