"""The staff room's roster: what each technician can do, when they work, and when not."""

from datetime import time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field, model_validator
from sqlalchemy import select

from backend.bookings import queries as bookings
from backend.capacity import keeping
from backend.capacity import queries as capacity
from backend.capacity.models import Shift, Technician, TimeOff
from backend.capacity.words import WEEKDAYS, slot_label
from backend.capacity.words import hours_text as hours_words
from backend.core.api import Api
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.posted import fields
from backend.devices import catalogue
from backend.identity.models import Staff
from backend.portal import forms, staff_room
from backend.portal.rendering import page, see_other
from backend.portal.staff_calendar import AtVersion, Day, Flag, Name, WeekForm, read_week

pages = Api("portal", page=True)

HOME = "/staff/calendar/people"


class PersonForm(WeekForm):
    """What somebody can do, and the shifts of a week; the skills come as so many fields of one name."""

    active: Flag = False
    skill: Annotated[str, Field(max_length=64)] = ""


class AwayForm(AtVersion):
    """From when to when somebody is away; without times, whole days."""

    first: Day
    last: Day
    since: Annotated[time | None, Field(strict=False)] = None
    until: Annotated[time | None, Field(strict=False)] = None
    reason: Name = "Away"

    @model_validator(mode="after")
    def _forward(self) -> "AwayForm":
        if (self.first, self.since or time.min) >= (self.last, self.until or time.max) or self.last - self.first > timedelta(days=400):
            raise ValueError("ends before it begins")
        return self


@pages.get("/staff/calendar/people")
async def show_people(request: web.Request, session: Session) -> web.Response:
    """Show who works when and can do what."""
    return await _page(request, session)


@pages.post("/staff/calendar/people/{staff_id}")
async def set_person(request: web.Request, session: Session, staff_id: UUID) -> web.Response:
    """Say what somebody can do and when they work."""
    form = await forms.read(request, PersonForm)
    week, wrong = read_week(form.typed)
    if form.values is None or wrong:
        return await _page(request, session, 422, next(iter(wrong.values()), "Look at what is marked and try again."))
    wish, known = form.values, {one.skill for one in (await catalogue.current(session)).services.values()}
    skills = [value for value in (await fields(request)).getall("skill", []) if isinstance(value, str) and value in known]
    return await _do(
        request,
        session,
        lambda at: keeping.set_technician(session, at, staff_id, skills=skills, active=wish.active, week=week, version=wish.version),
    )


@pages.post("/staff/calendar/people/{staff_id}/time-off")
async def add_time_off(request: web.Request, session: Session, staff_id: UUID) -> web.Response:
    """Note that somebody is away."""
    form = await forms.read(request, AwayForm)
    wish = form.values
    if wish is None:
        return await _page(request, session, 422, "Say from when to when; it has to end after it begins.")

    async def keep(at: Any) -> None:
        calendar = await capacity.get_calendar(session, at, [])
        begins = calendar.instant(wish.first, wish.since or time.min)
        ends = calendar.instant(wish.last, wish.until) if wish.until else calendar.instant(wish.last + timedelta(days=1), time.min)
        await keeping.add_time_off(session, at, staff_id, begins, ends, wish.reason, version=wish.version)

    return await _do(request, session, keep)


@pages.post("/staff/calendar/time-off/{time_off_id}/remove")
async def remove_time_off(request: web.Request, session: Session, time_off_id: UUID) -> web.Response:
    """Take somebody's time off back."""
    form = await forms.read(request, AtVersion)
    version = form.values.version if form.values else 0
    return await _do(request, session, lambda at: keeping.remove_time_off(session, at, time_off_id, version=version))


async def _do(request: web.Request, session: Session, work: Any) -> web.Response:
    try:
        async with session.begin_nested():
            await work(await capacity.get_location(session))
    except Refusal as refusal:
        return await _page(request, session, refusal.status, refusal.title)
    return see_other(f"{HOME}?done=1")


async def _page(request: web.Request, session: Session, status: int = 200, said: str = "") -> web.Response:
    location = await capacity.get_location_now(session)
    zone = ZoneInfo(location.zone)
    skills = sorted({one.skill for one in (await catalogue.current(session)).services.values()})
    crew = {one.staff_id: one for one in await session.scalars(select(Technician).where(Technician.location_id == location.id))}
    numbers = [one.number for one in crew.values()]
    shifts: dict[tuple[int, int], list[tuple[time, time]]] = {}
    for row in await session.scalars(select(Shift).where(Shift.technician.in_(numbers)).order_by(Shift.begins)):
        shifts.setdefault((row.technician, row.weekday), []).append((row.begins, row.ends))
    away: dict[int, list[dict[str, Any]]] = {}
    ahead = select(TimeOff).where(TimeOff.technician.in_(numbers), TimeOff.ends_at > session.now()).order_by(TimeOff.starts_at)
    for off in await session.scalars(ahead):
        booked = await bookings.list_booked(session, location.id, off.starts_at, off.ends_at, technician=off.technician)
        span = f"{slot_label(off.starts_at, zone)} to {slot_label(off.ends_at, zone)}"
        away.setdefault(off.technician, []).append({"id": off.id, "span": span, "reason": off.reason, "booked": booked})
    people = []
    for one in await session.scalars(select(Staff).where(Staff.disabled_at.is_(None)).order_by(Staff.name)):
        mine = crew.get(one.id)
        people.append(
            {
                "id": one.id,
                "name": one.name,
                "active": mine is not None and mine.active,
                "skills": mine.skills if mine else [],
                "week": [
                    {"name": name, "hours": hours_words(found) if (found := shifts.get((mine.number, weekday)) if mine else None) else ""}
                    for weekday, name in enumerate(WEEKDAYS)
                ],
                "away": away.get(mine.number, []) if mine else [],
                "kept": mine is not None,
            }
        )
    covered = {skill for one in crew.values() if one.active for skill in one.skills}
    return page(
        request,
        "staff/calendar_people.html",
        status=status,
        **await staff_room.head(session),
        tab="people",
        may_change=session.principal.may("manager"),
        version=location.version,
        done="done" in request.query and not said,
        said=said,
        people=people,
        skills=skills,
        uncovered=[skill for skill in skills if skill not in covered] if any(one.active for one in crew.values()) else [],
        today=session.now().astimezone(zone).date(),
    )
