"""Reading locations and the calendar."""

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import DateTime, bindparam, or_, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range

from backend.core import config
from backend.core.db import Session
from backend.core.held import Held

from .config import CapacityConfig
from .errors import LocationUnknown
from .models import Bench, Closure, Location, Occupancy, OpeningHours, PartDue, Shift, Technician, TimeOff
from .rules import Calendar, Room, Span, Terms, Worker, offered, without

# Built once: putting them together costs more than running them.
_TAKEN = select(Occupancy.bench, Occupancy.technician, Occupancy.during).where(
    Occupancy.during.overlaps(bindparam("during", type_=TSTZRANGE)),
    or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > bindparam("now", type_=DateTime(timezone=True))),
)
_TAKEN_BUT = _TAKEN.where(Occupancy.holder_id.not_in(bindparam("but", expanding=True)))


async def get_location(session: Session, location_id: UUID | None = None) -> Location:
    """Return a location, or the shop's first one, to be read only: it is part of no session; raises LocationUnknown."""
    return await _location.get(session, location_id)


async def get_location_now(session: Session, location_id: UUID | None = None) -> Location:
    """Return the same from the database, for whoever is about to change its calendar."""
    one = select(Location).order_by(Location.position, Location.slug).limit(1)
    found = (await session.scalars(one.where(Location.id == location_id) if location_id else one)).first()
    if found is None:
        raise LocationUnknown
    session.expunge(found)
    return found


_location = Held(get_location_now, Location)


async def get_calendar(session: Session, location: Location, days: Collection[date]) -> Calendar:
    """Return the location's calendar, its closed days known for the years of the days asked about."""
    hours, closures = await _opening.get(session, location.id)
    closed = dict(closures)
    for year in {day.year for day in days} if location.holidays else ():
        closed = bank_holidays(location.holidays, year) | closed
    return Calendar(ZoneInfo(location.zone), hours, closed)


async def _load_opening(session: Session, location_id: UUID) -> tuple[Mapping[int, Sequence[tuple[time, time]]], Mapping[date, str]]:
    hours: dict[int, list[tuple[time, time]]] = defaultdict(list)
    rows = select(OpeningHours).where(OpeningHours.location_id == location_id).order_by(OpeningHours.weekday, OpeningHours.opens)
    for row in await session.scalars(rows):
        hours[row.weekday].append((row.opens, row.closes))
    own = await session.scalars(select(Closure).where(Closure.location_id == location_id))
    return dict(hours), {row.day: row.reason for row in own}


_opening = Held(_load_opening, OpeningHours, Closure)


@functools.lru_cache(maxsize=64)
def bank_holidays(subdivision: str, year: int) -> dict[date, str]:
    """Return the bank holidays of a part of the United Kingdom; everybody gets the same mapping, to be read only."""
    named = holidays.country_holidays("GB", subdiv=subdivision, years=year).items()
    return {day: name.removesuffix(" (observed)") for day, name in named}  # why the day is free is a matter of law; people say Boxing Day


async def get_terms(session: Session) -> Terms:
    """Return how slots are cut right now; staff may come without notice."""
    settings = await config.get(session, CapacityConfig)
    now = session.now()
    notice = timedelta(0) if session.principal.may("technician") else timedelta(minutes=settings.notice)
    return Terms(
        grid=timedelta(minutes=settings.grid),
        buffer=timedelta(minutes=settings.buffer),
        earliest=now + notice,
        latest=now + timedelta(days=settings.horizon_days),
    )


async def appointment_length(session: Session, work_minutes: int) -> timedelta:
    """Return how long an appointment takes a bench for work of some minutes."""
    settings = await config.get(session, CapacityConfig)
    return timedelta(minutes=min(max(work_minutes, 1), settings.longest))


async def list_benches(session: Session, location: Location) -> list[int]:
    """Return the numbers of the benches in use."""
    return list(await _benches.get(session, location.id))


async def _load_benches(session: Session, location_id: UUID) -> tuple[int, ...]:
    numbers = select(Bench.number).where(Bench.location_id == location_id, Bench.active).order_by(Bench.number)
    return tuple(await session.scalars(numbers))


_benches = Held(_load_benches, Bench)


async def list_busy(
    session: Session, benches: Collection[int], start: datetime, end: datetime, *, but: Collection[UUID] = ()
) -> dict[int, list[Span]]:
    """Return when benches are taken between two instants: bookings and live holds, except those of the given holders."""
    busy, _ = await _taken(session, start, end, but)
    return {bench: spans for bench, spans in busy.items() if bench in benches}


async def get_room(session: Session, location: Location, calendar: Calendar, days: Collection[date], *, but: Collection[UUID] = ()) -> Room:
    """Return the benches and people of a location with what is taken on some local days, not counting what `but` holds."""
    benches = await list_benches(session, location)
    # A day further on both sides: an appointment of the eve may end on the first day.
    since = calendar.instant(min(days), time.min) - timedelta(days=1)
    until = calendar.instant(max(days), time.min) + timedelta(days=2)
    busy, engaged = await _taken(session, since, until, but)
    return Room(benches, busy, await _crew(session, location, calendar, days), engaged)


async def look_again(session: Session, room: Room, during: Range[datetime]) -> Room:
    """Return the same benches and people with what is taken in one stretch as it stands now."""
    if during.lower is None or during.upper is None:
        raise ValueError("an appointment has a beginning and an end")
    busy, engaged = await _taken(session, during.lower, during.upper, ())
    return replace(room, busy=busy, engaged=engaged)


async def list_slots(
    session: Session,
    location: Location,
    work_minutes: int,
    first: date | None,
    days: int,
    limit: int,
    *,
    skills: frozenset[str] = frozenset(),
    not_before: date | None = None,
    but: Collection[UUID] = (),
) -> list[Span]:
    """Return the appointments that can be had from a local day on, at most `limit`; own holds (`but`) do not count as taken."""
    zone, terms = ZoneInfo(location.zone), await get_terms(session)
    today = session.now().astimezone(zone).date()
    start, horizon = max(first or today, today, not_before or today), terms.latest.astimezone(zone).date()
    last = min(min(first or today, horizon) + timedelta(days=days - 1), horizon)  # a first day may be the last there is: 9999-12-31
    if start > last:
        return []
    wanted = [start + timedelta(days=number) for number in range((last - start).days + 1)]
    calendar = await get_calendar(session, location, wanted)
    room = await get_room(session, location, calendar, wanted, but=but)
    length = await appointment_length(session, work_minutes)
    return list(islice(offered(calendar, terms, room, wanted, length, skills), limit))


async def find_part_day(session: Session, location: Location, device_slug: str, services: Collection[str]) -> date | None:
    """Return the day from which every part for these services on a model is here, or None when none is on its way."""
    due = await _parts_due.get(session, location.id)
    return max((due[device_slug, service] for service in services if (device_slug, service) in due), default=None)


async def _load_parts_due(session: Session, location_id: UUID) -> Mapping[tuple[str, str], date]:
    latest: dict[tuple[str, str], date] = {}
    for row in await session.scalars(select(PartDue).where(PartDue.location_id == location_id)):
        key = row.device_slug, row.service_code
        latest[key] = max(latest.get(key, row.day), row.day)
    return latest


_parts_due = Held(_load_parts_due, PartDue)


@dataclass(frozen=True, slots=True)
class _Person:
    number: int
    skills: frozenset[str]
    #: Weekday (0 is Monday) → stretches of local time.
    shifts: Mapping[int, Sequence[tuple[time, time]]]
    off: Sequence[Span]


async def _crew(session: Session, location: Location, calendar: Calendar, days: Collection[date]) -> list[Worker] | None:
    people = await _people.get(session, location.id)
    return [
        Worker(one.number, one.skills, without([span for day in days for span in calendar.stretches(day, one.shifts)], one.off))
        for one in people
    ] or None


async def list_skills(session: Session) -> dict[UUID, list[str]]:
    """Return what the people at the benches can do, by the id of their account."""
    rows = await session.execute(select(Technician.staff_id, Technician.skills).where(Technician.active))
    return {row.staff_id: list(row.skills) for row in rows}


async def has_somebody(session: Session, location: Location, skills: frozenset[str]) -> bool:
    """Tell whether one person of a location has all these skills; where no roster is kept, whoever is there does."""
    people = await _people.get(session, location.id)
    return not people or any(skills <= one.skills for one in people)


async def _load_people(session: Session, location_id: UUID) -> Sequence[_Person]:
    people = (await session.scalars(select(Technician).where(Technician.location_id == location_id, Technician.active))).all()
    numbers = [one.number for one in people]
    shifts: dict[int, dict[int, list[tuple[time, time]]]] = defaultdict(lambda: defaultdict(list))
    for shift in await session.scalars(select(Shift).where(Shift.technician.in_(numbers))):
        shifts[shift.technician][shift.weekday].append((shift.begins, shift.ends))
    off: dict[int, list[Span]] = defaultdict(list)
    for row in await session.scalars(select(TimeOff).where(TimeOff.technician.in_(numbers), TimeOff.ends_at > session.now())):
        off[row.technician].append((row.starts_at, row.ends_at))
    return [_Person(one.number, frozenset(one.skills), dict(shifts[one.number]), tuple(off[one.number])) for one in people]


_people = Held(_load_people, Technician, Shift, TimeOff)


async def _taken(
    session: Session, start: datetime, end: datetime, but: Collection[UUID]
) -> tuple[dict[int, list[Span]], dict[int, list[Span]]]:
    asked = {"during": Range(start, end), "now": session.now()}
    rows = await session.execute(_TAKEN_BUT, {**asked, "but": list(but)}) if but else await session.execute(_TAKEN, asked)
    busy: dict[int, list[Span]] = defaultdict(list)
    engaged: dict[int, list[Span]] = defaultdict(list)
    for bench, technician, during in rows:
        # Both ends are always written; a range type only allows for open ones.
        if during.lower is not None and during.upper is not None:
            busy[bench].append((during.lower, during.upper))
            if technician is not None:
                engaged[technician].append((during.lower, during.upper))
    return dict(busy), dict(engaged)
