"""The people of the demo shop: who signs in, what they can do, when they work and when they were away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.capacity import keeping
from backend.capacity.models import Closure, Location, OpeningHours, Shift, Technician
from backend.core.db import Session
from backend.identity.roles import Role
from backend.identity.staff import create_staff, find_by_email
from revivatech.demo.clock import standing_at

#: Everybody of the demo signs in with this; `production.py` refuses to serve customers while an account has it.
PASSWORD = "mill-street-workbench"

#: What everybody at the benches can do; who can do more is asked for the rest first.
EVERYDAY = ("general", "screens", "software")


@dataclass(frozen=True, slots=True)
class Login:
    """One of the demo's people; whoever has skills works at the benches."""

    email: str
    name: str
    role: Role
    skills: tuple[str, ...] = ()
    #: In the year's shop: weekdays (0 is Monday) with the hours worked, and stretches away as (days from today, how many, why).
    week: tuple[tuple[int, time, time], ...] = ()
    away: tuple[tuple[int, int, str], ...] = ()


def _days(days: str, begins: int = 9, ends: int = 18) -> tuple[tuple[int, time, time], ...]:
    return tuple((int(day), time(begins), time(ends)) for day in days)


_SATURDAY = ((5, time(10), time(16)),)
LOGINS = (
    Login(
        "tess@revivatech.example",
        "Tess Okafor",
        "technician",
        (*EVERYDAY, "board-level", "console", "data", "liquid", "refurbishing"),
        _days("01234"),
        ((-297, 8, "Holiday"), (-119, 12, "Holiday"), (-47, 2, "Training: microsoldering"), (23, 9, "Holiday")),
    ),
    Login(
        "ravi@revivatech.example",
        "Ravi Sandhu",
        "technician",
        (*EVERYDAY, "liquid", "refurbishing"),
        _days("1234") + _SATURDAY,
        ((-251, 10, "Holiday"), (-73, 3, "Ill"), (44, 7, "Holiday")),
    ),
    Login(
        "maud@revivatech.example",
        "Maud Lindqvist",
        "manager",
        (*EVERYDAY, "data"),
        _days("01234", 10, 16),
        ((-177, 14, "Holiday"), (-12, 1, "Supplier visit")),
    ),
    Login("admin@revivatech.example", "Ada Firth", "admin"),
)
#: Whom a shop with a year of work has taken on besides.
HELPERS = (
    Login(
        "callum@revivatech.example",
        "Callum Brook",
        "technician",
        (*EVERYDAY, "board-level", "console", "liquid", "refurbishing"),
        _days("0234") + _SATURDAY,
        ((-205, 6, "Holiday"), (-91, 8, "Holiday"), (11, 3, "Moving house")),
    ),
    Login(
        "nia@revivatech.example", "Nia Bevan", "technician", EVERYDAY, _days("012") + _SATURDAY, ((-150, 9, "Holiday"), (-20, 2, "Exams"))
    ),
)
#: Days the shop stayed closed, or will: days from today, and why.
CLOSED = ((-214, "Boiler repair"), (-98, "Staff outing"), (31, "Stocktaking"))
_LONG_AGO = timedelta(days=400)


async def take_on(session: Session, *, helpers: bool) -> None:
    """Take everybody on who is not there yet; with helpers, everybody came before the year."""
    now = session.now()
    for login in LOGINS + (HELPERS if helpers else ()):
        if await find_by_email(session, login.email) is None:
            with standing_at(session.site, now - _LONG_AGO if helpers else now):
                await create_staff(session, email=login.email, name=login.name, role=login.role, password=PASSWORD)


async def always_there(session: Session, location: Location) -> None:
    """Let everybody at the benches work whenever the shop is open; a roster that exists stays."""
    if await session.scalar(select(Technician.number).limit(1)) is not None:
        return
    hours = (await session.scalars(select(OpeningHours).where(OpeningHours.location_id == location.id))).all()
    for login in LOGINS:
        person = await find_by_email(session, login.email)
        if person is None or not login.skills:
            continue
        one = Technician(staff_id=person.id, location_id=location.id, skills=list(login.skills), active=True)
        session.add(one)
        await session.flush()
        session.add_all(Shift(technician=one.number, weekday=row.weekday, begins=row.opens, ends=row.closes) for row in hours)
    await session.flush()


async def in_shifts(session: Session, location: Location, zone: ZoneInfo) -> None:
    """Give everybody at the benches shifts and holidays, and close the shop on a few days; a roster that exists stays."""
    if await session.scalar(select(Technician.number).limit(1)) is not None:
        return
    now, version = session.now(), location.version
    today = now.astimezone(zone).date()
    for login in LOGINS + HELPERS:
        person = await find_by_email(session, login.email)
        if person is None or not login.skills:
            continue
        with standing_at(session.site, now - _LONG_AGO):
            week = {day: [(begins, ends)] for day, begins, ends in login.week}
            await keeping.set_technician(session, location, person.id, skills=login.skills, active=True, week=week, version=version)
            version += 1
        for since, days, why in login.away:
            with standing_at(session.site, now + timedelta(days=min(since, 0) - 30)):
                begins, ends = (_midnight(today + timedelta(days=number), zone) for number in (since, since + days))
                await keeping.add_time_off(session, location, person.id, begins, ends, why, version=version)
                version += 1
    for since, why in CLOSED:
        with standing_at(session.site, now + timedelta(days=min(since, 0) - 14)):
            day = today + timedelta(days=since)
            if await session.scalar(select(Closure.id).where(Closure.day == day)) is None:
                await keeping.close_day(session, location, day, why, version=version)
                version += 1


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
