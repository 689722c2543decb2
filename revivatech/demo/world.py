"""The shop as its history finds it: people, hours, benches, catalogue and the price books of their times."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.capacity import queries as capacity
from backend.capacity.models import Location, Shift, Technician, TimeOff
from backend.capacity.rules import Calendar, Span, without
from backend.core.db import Session
from backend.devices import catalogue
from backend.devices.catalogue import Catalogue, Device, KnownService
from backend.identity.models import Staff
from backend.pricing.book import Book, read_version
from backend.pricing.models import PriceBook
from revivatech.demo.dice import Dice

#: The hours people write to us at.
AWAKE = {7: 3, 8: 6, 9: 8, 10: 8, 11: 7, 12: 8, 13: 7, 14: 5, 15: 5, 16: 6, 17: 6, 18: 6, 19: 7, 20: 7, 21: 5, 22: 3, 23: 1}


class Hours:
    """Opening hours as one long stretch of working time."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        self._spans = [span for day in days for span in calendar.opening(day)]
        self._closings = [closes for _, closes in self._spans]

    def after(self, at: datetime, span: timedelta) -> datetime:
        """Return when so much working time has passed since a moment, which may lie outside opening hours."""
        place = bisect_right(self._closings, at)
        for opens, closes in self._spans[place:]:
            begins = max(opens, at)
            if begins + span <= closes:
                return begins + span
            span -= closes - begins
        return self._closings[-1] if self._closings else at

    def before(self, at: datetime) -> datetime:
        """Return a moment somebody is there, at or before another."""
        for opens, closes in reversed(self._spans[: bisect_right(self._closings, at) + 1]):
            if opens <= at:
                return min(at, closes - timedelta(minutes=1))
        return at


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at the benches."""

    number: int
    staff_id: UUID
    name: str
    skills: frozenset[str]
    #: Weekday → stretches of local time, and when they were away.
    shifts: Mapping[int, Sequence[tuple[time, time]]]
    off: Sequence[Span]

    _present: dict[date, Sequence[Span]] = field(default_factory=dict)

    def present(self, calendar: Calendar, day: date) -> Sequence[Span]:
        """Return when they are in on a day."""
        if day not in self._present:
            self._present[day] = without(calendar.stretches(day, self.shifts), self.off)
        return self._present[day]


@dataclass(frozen=True)
class Remembering(Book):
    """A price book that works every part out only once."""

    _parts: dict[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Book) -> "Remembering":
        """Return one with the same prices."""
        return cls(book.version, book.rates, book.tables, book.own, book.adjustments)

    def part(self, device: Device, service: KnownService) -> Mapping[str, int]:
        """Return what the part costs in each grade."""
        key = device.slug, service.code
        if key not in self._parts:
            self._parts[key] = super().part(device, service)
        return self._parts[key]


@dataclass(frozen=True, slots=True)
class World:
    """All that orders are made from."""

    now: datetime
    location: Location
    calendar: Calendar
    hours: Hours
    benches: Sequence[int]
    crew: Sequence[Colleague]
    manager: UUID
    known: Catalogue
    books: Sequence[tuple[datetime, Book]]
    #: When its history begins.
    opened: datetime

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the shop tells the time."""
        return self.calendar.zone

    @property
    def today(self) -> date:
        """Return the day it is."""
        return self.calendar.local_day(self.now)

    @property
    def midnight(self) -> datetime:
        """Return when today began: nobody books, moves or cancels after it, so the hour of laying out changes only the workshop."""
        return self.calendar.instant(self.today, time.min)

    def book(self, at: datetime) -> Book:
        """Return the price book that was in force."""
        return next((book for since, book in reversed(self.books) if since <= at), self.books[0][1])

    def awake(self, dice: Dice, until: datetime) -> datetime:
        """Return a moment of the past at which somebody may well have written to us."""
        days = (self.calendar.local_day(until) - self.calendar.local_day(self.opened)).days
        day = self.calendar.local_day(self.opened) + timedelta(days=dice.randrange(days))
        return self.calendar.instant(day, time(dice.weigh(AWAKE), dice.randrange(60), dice.randrange(60)))

    def colleague(self, staff_id: UUID) -> tuple[UUID, str]:
        """Return who somebody of the staff is."""
        return staff_id, next((one.name for one in self.crew if one.staff_id == staff_id), "The manager")

    def somebody(self, dice: Dice, at: datetime) -> UUID:
        """Return who of the staff is there at a moment; the manager where the roster has nobody."""
        day = self.calendar.local_day(at)
        there = [one.staff_id for one in self.crew if any(begins <= at < ends for begins, ends in one.present(self.calendar, day))]
        return dice.pick(there) if there else self.manager


async def look(session: Session, location: Location, now: datetime, days_back: int, days_ahead: int) -> World:
    """Return the shop as it is."""
    first, last = (now - timedelta(days=days_back + 30)).date(), (now + timedelta(days=days_ahead + 60)).date()
    calendar = await capacity.get_calendar(session, location, [first + timedelta(days=number) for number in range((last - first).days + 1)])
    managers = select(Staff.id).where(Staff.role == "manager").order_by(Staff.created_at, Staff.email)
    published = (await session.execute(select(PriceBook.version, PriceBook.published_at).order_by(PriceBook.version))).all()
    return World(
        now=now,
        location=location,
        calendar=calendar,
        hours=Hours(calendar, first, last),
        benches=await capacity.list_benches(session, location),
        crew=await _crew(session, location),
        manager=(await session.scalars(managers.limit(1))).one(),
        known=await catalogue.current(session),
        books=[(published_at, Remembering.of(await read_version(session, version))) for version, published_at in published],
        opened=now - timedelta(days=days_back),
    )


async def _crew(session: Session, location: Location) -> list[Colleague]:
    rows = select(Technician, Staff.name).join(Staff, Staff.id == Technician.staff_id).where(Technician.location_id == location.id)
    found = []
    for one, name in (await session.execute(rows.order_by(Technician.number))).all():
        shifts: dict[int, list[tuple[time, time]]] = {}
        for row in await session.scalars(select(Shift).where(Shift.technician == one.number).order_by(Shift.weekday, Shift.begins)):
            shifts.setdefault(row.weekday, []).append((row.begins, row.ends))
        away = await session.scalars(select(TimeOff).where(TimeOff.technician == one.number))
        off = [(row.starts_at, row.ends_at) for row in away]
        found.append(Colleague(one.number, one.staff_id, name, frozenset(one.skills), shifts, off))
    return found
