"""What a manager changes about the calendar: hours, closed days, benches, people, parts. The next search for a time sees it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.core import audit
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.identity.models import Staff

from . import words
from .errors import BenchUnknown, CalendarChanged, DayClosedAlready, NotKept, TechnicianUnknown
from .models import Bench, Closure, Location, OpeningHours, PartDue, Shift, Technician, TimeOff

Week = Mapping[int, Sequence[tuple[time, time]]]


async def set_hours(session: Session, location: Location, week: Week, *, version: int) -> None:
    """Replace the week's opening hours; raises CalendarChanged when somebody else has changed the calendar since `version`."""
    await _next_version(session, location, version)
    rows = select(OpeningHours).where(OpeningHours.location_id == location.id).order_by(OpeningHours.weekday, OpeningHours.opens)
    former = [(row.weekday, row.opens, row.closes) for row in await session.scalars(rows)]
    await session.execute(delete(OpeningHours).where(OpeningHours.location_id == location.id))
    session.add_all(
        OpeningHours(location_id=location.id, weekday=weekday, opens=opens, closes=closes)
        for weekday, stretches in week.items()
        for opens, closes in stretches
    )
    await session.flush()
    await audit.record(
        session,
        "calendar.hours_set",
        subject=location.id,
        former=[f"{weekday} {opens:%H:%M}-{closes:%H:%M}" for weekday, opens, closes in former],
        hours={str(weekday): words.hours_text(stretches) for weekday, stretches in week.items()},
    )


async def close_day(session: Session, location: Location, day: date, reason: str, *, version: int) -> None:
    """Keep a location closed on a day; bookings of that day stay until somebody moves them. Raises DayClosedAlready or CalendarChanged."""
    await _next_version(session, location, version)
    new = insert(Closure).values(id=uuid7(), location_id=location.id, day=day, reason=reason)
    if (await session.execute(new.on_conflict_do_nothing().returning(Closure.id))).first() is None:
        raise DayClosedAlready
    await audit.record(session, "calendar.day_closed", subject=location.id, day=day.isoformat())


async def open_day(session: Session, location: Location, closure_id: UUID, *, version: int) -> None:
    """Open a location on a day that was to be closed; raises NotKept or CalendarChanged."""
    await _next_version(session, location, version)
    gone = delete(Closure).where(Closure.id == closure_id, Closure.location_id == location.id).returning(Closure.day)
    day = (await session.execute(gone)).scalar_one_or_none()
    if day is None:
        raise NotKept
    await audit.record(session, "calendar.day_opened", subject=location.id, day=day.isoformat())


async def add_bench(session: Session, location: Location, name: str, *, version: int) -> None:
    """Put up another bench; raises CalendarChanged."""
    await _next_version(session, location, version)
    bench = Bench(location_id=location.id, name=name, active=True)
    session.add(bench)
    await session.flush()
    await audit.record(session, "calendar.bench_added", subject=location.id, bench=bench.number)


async def change_bench(session: Session, location: Location, number: int, *, name: str, active: bool, version: int) -> None:
    """Name a bench, or take it out of use; what is booked on it stays. Raises BenchUnknown or CalendarChanged."""
    await _next_version(session, location, version)
    bench = await session.get(Bench, number)
    if bench is None or bench.location_id != location.id:
        raise BenchUnknown
    former, bench.name, bench.active = bench.active, name, active
    await session.flush()
    await audit.record(session, "calendar.bench_changed", subject=location.id, bench=number, former=former, active=active)


async def set_technician(
    session: Session, location: Location, staff_id: UUID, *, skills: Sequence[str], active: bool, week: Week, version: int
) -> None:
    """Say what somebody of the staff can do and when they work; raises TechnicianUnknown or CalendarChanged."""
    await _next_version(session, location, version)
    if await session.get(Staff, staff_id) is None:
        raise TechnicianUnknown
    one = (await session.scalars(select(Technician).where(Technician.staff_id == staff_id))).first()
    if one is None:
        one = Technician(staff_id=staff_id, location_id=location.id, skills=[], active=active)
        session.add(one)
    former, one.skills, one.active, one.location_id = list(one.skills), sorted(set(skills)), active, location.id
    await session.flush()
    await session.execute(delete(Shift).where(Shift.technician == one.number))
    session.add_all(
        Shift(technician=one.number, weekday=weekday, begins=begins, ends=ends)
        for weekday, stretches in week.items()
        for begins, ends in stretches
    )
    await session.flush()
    await audit.record(
        session,
        "calendar.technician_set",
        subject=staff_id,
        former=former,
        skills=one.skills,
        active=active,
        shifts={str(weekday): words.hours_text(stretches) for weekday, stretches in week.items()},
    )


async def add_time_off(
    session: Session, location: Location, staff_id: UUID, starts_at: datetime, ends_at: datetime, reason: str, *, version: int
) -> None:
    """Note that somebody does not work for a while; raises TechnicianUnknown or CalendarChanged."""
    await _next_version(session, location, version)
    wanted = select(Technician.number).where(Technician.staff_id == staff_id, Technician.location_id == location.id)
    number = await session.scalar(wanted)
    if number is None:
        raise TechnicianUnknown
    session.add(TimeOff(technician=number, starts_at=starts_at, ends_at=ends_at, reason=reason))
    await session.flush()
    await audit.record(session, "calendar.time_off_added", subject=staff_id, starts_at=starts_at, ends_at=ends_at)


async def remove_time_off(session: Session, location: Location, time_off_id: UUID, *, version: int) -> None:
    """Take somebody's time off back; raises NotKept or CalendarChanged."""
    await _next_version(session, location, version)
    ours = select(Technician.number).where(Technician.location_id == location.id)
    gone = delete(TimeOff).where(TimeOff.id == time_off_id, TimeOff.technician.in_(ours)).returning(TimeOff.starts_at, TimeOff.technician)
    row = (await session.execute(gone)).first()
    if row is None:
        raise NotKept
    await audit.record(session, "calendar.time_off_removed", subject=location.id, technician=row.technician, starts_at=row.starts_at)


async def expect_part(session: Session, location: Location, device_slug: str, service_code: str, day: date, *, version: int) -> None:
    """Note the day a part will be here; a second note on the same part replaces the first. Raises CalendarChanged."""
    await _next_version(session, location, version)
    new = insert(PartDue).values(id=uuid7(), location_id=location.id, device_slug=device_slug, service_code=service_code, day=day)
    await session.execute(
        new.on_conflict_do_update(index_elements=["location_id", "device_slug", "service_code"], set_={"day": new.excluded.day})
    )
    await audit.record(
        session, "calendar.part_expected", subject=location.id, device=device_slug, service=service_code, day=day.isoformat()
    )


async def part_is_here(session: Session, location: Location, part_id: UUID, *, version: int) -> None:
    """Forget that a part is on its way; raises NotKept or CalendarChanged."""
    await _next_version(session, location, version)
    gone = delete(PartDue).where(PartDue.id == part_id, PartDue.location_id == location.id).returning(PartDue.device_slug)
    device = (await session.execute(gone)).scalar_one_or_none()
    if device is None:
        raise NotKept
    await audit.record(session, "calendar.part_here", subject=location.id, device=device)


async def _next_version(session: Session, location: Location, version: int) -> None:
    """Count the change, or refuse it when it rests on a calendar that is no more (compare-and-set)."""
    newer = update(Location).where(Location.id == location.id, Location.version == version).values(version=version + 1)
    if (await session.execute(newer.returning(Location.id))).first() is None:
        raise CalendarChanged
