"""Reading locations and the calendar."""

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import Range

from backend.core import config
from backend.core.db import Session
from backend.core.held import Held

from .config import CapacityConfig
from .errors import LocationUnknown
from .models import Bench, Closure, Location, Occupancy, OpeningHours
from .rules import Calendar, Span, Terms, offered


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
    return dict(holidays.country_holidays("GB", subdiv=subdivision, years=year).items())


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
    rows = select(Occupancy.bench, Occupancy.during).where(
        Occupancy.bench.in_(benches),
        Occupancy.during.overlaps(Range(start, end)),
        or_(Occupancy.expires_at.is_(None), Occupancy.expires_at > session.now()),
    )
    if but:
        rows = rows.where(Occupancy.holder_id.not_in(but))
    busy: dict[int, list[Span]] = defaultdict(list)
    for bench, during in await session.execute(rows):
        # Both ends are always written; a range type only allows for open ones.
        if during.lower is not None and during.upper is not None:
            busy[bench].append((during.lower, during.upper))
    return dict(busy)


async def list_slots(
    session: Session, location: Location, work_minutes: int, first: date | None, days: int, limit: int, *, but: Collection[UUID] = ()
) -> list[Span]:
    """Return the appointments that can be had from a local day on, at most `limit`; own holds (`but`) do not count as taken."""
    zone, terms = ZoneInfo(location.zone), await get_terms(session)
    today = session.now().astimezone(zone).date()
    start, horizon = max(first or today, today), terms.latest.astimezone(zone).date()
    if start > horizon:
        return []
    wanted = [start + timedelta(days=number) for number in range(min(days, (horizon - start).days + 1))]
    calendar, benches = await get_calendar(session, location, wanted), await list_benches(session, location)
    length = await appointment_length(session, work_minutes)
    since = datetime.combine(wanted[0], datetime.min.time(), UTC) - timedelta(days=1)
    until = datetime.combine(wanted[-1], datetime.min.time(), UTC) + timedelta(days=3)
    busy = await list_busy(session, benches, since, until, but=but)
    found: list[Span] = []
    for span in offered(calendar, terms, benches, busy, wanted, length):
        found.append(span)
        if len(found) == limit:
            break
    return found
