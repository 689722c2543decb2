"""Reading locations and the calendar."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import Range

from backend.core import config
from backend.core.db import Session

from .config import CapacityConfig
from .errors import LocationUnknown
from .models import Bench, Closure, Location, Occupancy, OpeningHours, PartDue, Shift, Technician, TimeOff
from .rules import Calendar, Room, Span, Terms, Worker, offered, without


async def get_location(session: Session, location_id: UUID | None = None) -> Location:
    """Return a location, or the shop's first one; raises LocationUnknown."""
    if location_id is not None:
        found = await session.get(Location, location_id)
    else:
        found = (await session.scalars(select(Location).order_by(Location.position, Location.slug).limit(1))).first()
    if found is None:
        raise LocationUnknown
    return found


async def get_calendar(session: Session, location: Location, days: Collection[date]) -> Calendar:
    """Return the location's calendar, its closed days known for the years of the days asked about."""
    hours: dict[int, list[tuple[time, time]]] = defaultdict(list)
    rows = select(OpeningHours).where(OpeningHours.location_id == location.id).order_by(OpeningHours.weekday, OpeningHours.opens)
    for row in await session.scalars(rows):
        hours[row.weekday].append((row.opens, row.closes))
    closed = dict(bank_holidays(location.holidays, {day.year for day in days})) if location.holidays else {}
    if days:
        own = select(Closure).where(Closure.location_id == location.id, Closure.day.between(min(days), max(days)))
        closed |= {row.day: row.reason for row in await session.scalars(own)}
    return Calendar(ZoneInfo(location.zone), dict(hours), closed)


def bank_holidays(subdivision: str, years: Collection[int]) -> dict[date, str]:
    """Return the bank holidays of a part of the United Kingdom."""
    return dict(holidays.country_holidays("GB", subdiv=subdivision, years=sorted(years)).items())


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
    return list(await session.scalars(select(Bench.number).where(Bench.location_id == location.id, Bench.active).order_by(Bench.number)))


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
    return Room(benches, busy, await _crew(session, location, calendar, days, since, until), engaged)


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
    last = min((first or today) + timedelta(days=days - 1), horizon)
    if start > last:
        return []
    wanted = [start + timedelta(days=number) for number in range((last - start).days + 1)]
    calendar = await get_calendar(session, location, wanted)
    room = await get_room(session, location, calendar, wanted, but=but)
    length = await appointment_length(session, work_minutes)
    return list(islice(offered(calendar, terms, room, wanted, length, skills), limit))


async def find_part_day(session: Session, location: Location, device_slug: str, services: Collection[str]) -> date | None:
    """Return the day from which every part for these services on a model is here, or None when none is on its way."""
    due = select(func.max(PartDue.day)).where(
        PartDue.location_id == location.id, PartDue.device_slug == device_slug, PartDue.service_code.in_(services)
    )
    found: date | None = await session.scalar(due)
    return found


async def _crew(
    session: Session, location: Location, calendar: Calendar, days: Collection[date], since: datetime, until: datetime
) -> list[Worker] | None:
    people = (await session.scalars(select(Technician).where(Technician.location_id == location.id, Technician.active))).all()
    if not people:
        return None
    shifts: dict[int, dict[int, list[tuple[time, time]]]] = defaultdict(lambda: defaultdict(list))
    numbers = [one.number for one in people]
    for shift in await session.scalars(select(Shift).where(Shift.technician.in_(numbers))):
        shifts[shift.technician][shift.weekday].append((shift.begins, shift.ends))
    off: dict[int, list[Span]] = defaultdict(list)
    away = select(TimeOff).where(TimeOff.technician.in_(numbers), TimeOff.starts_at < until, TimeOff.ends_at > since)
    for row in await session.scalars(away):
        off[row.technician].append((row.starts_at, row.ends_at))
    return [
        Worker(
            one.number,
            frozenset(one.skills),
            without([span for day in days for span in calendar.stretches(day, shifts[one.number])], off[one.number]),
        )
        for one in people
    ]


async def _taken(
    session: Session, start: datetime, end: datetime, but: Collection[UUID]
) -> tuple[dict[int, list[Span]], dict[int, list[Span]]]:
    rows = select(Occupancy.bench, Occupancy.technician, Occupancy.during).where(
        Occupancy.during.overlaps(Range(start, end)),
        or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > session.now()),
    )
    if but:
        rows = rows.where(Occupancy.holder_id.not_in(but))
    busy: dict[int, list[Span]] = defaultdict(list)
    engaged: dict[int, list[Span]] = defaultdict(list)
    for bench, technician, during in await session.execute(rows):
        # Both ends are always written; a range type only allows for open ones.
        if during.lower is not None and during.upper is not None:
            busy[bench].append((during.lower, during.upper))
            if technician is not None:
                engaged[technician].append((during.lower, during.upper))
    return dict(busy), dict(engaged)
