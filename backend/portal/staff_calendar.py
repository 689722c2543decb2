"""The staff room's calendar: hours, closed days, benches and parts on their way. Everybody of the staff looks, managers change."""

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field
from sqlalchemy import select

from backend.bookings import queries as bookings
from backend.capacity import hours_text, keeping
from backend.capacity import queries as capacity
from backend.capacity.errors import HoursInvalid
from backend.capacity.models import Bench, Closure, Location, PartDue
from backend.capacity.words import WEEKDAYS, day_label
from backend.capacity.words import hours_text as hours_words
from backend.core.api import Api
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.schema import Line, Strict
from backend.devices import catalogue
from backend.portal import forms, staff_room
from backend.portal.rendering import page, see_other

pages = Api("portal", page=True)

HOME = "/staff/calendar"
Version = Annotated[int, Field(ge=1, le=2**31, strict=False)]
Hours = Annotated[str, Field(max_length=100)]
Day = Annotated[date, Field(strict=False)]
Name = Annotated[Line, Field(max_length=80)]
Flag = Annotated[bool, Field(strict=False)]


class AtVersion(Strict):
    """What the sender believes about the calendar."""

    version: Version


class WeekForm(AtVersion):
    """Hours of each weekday, as people write them."""

    day0: Hours = ""
    day1: Hours = ""
    day2: Hours = ""
    day3: Hours = ""
    day4: Hours = ""
    day5: Hours = ""
    day6: Hours = ""


class ClosedDay(AtVersion):
    """A day to be closed."""

    day: Day
    reason: Name


class BenchForm(AtVersion):
    """A bench's name, and whether it is in use."""

    name: Name
    active: Flag = False


class PartForm(AtVersion):
    """A part on its way: for which model and service, and from when it is here."""

    device: Annotated[str, Field(max_length=120)]
    service: Annotated[str, Field(max_length=64)]
    day: Day


@pages.get("/staff/calendar")
async def show_calendar(request: web.Request, session: Session) -> web.Response:
    """Show hours, closed days, benches and parts on their way."""
    return await _page(request, session)


@pages.post("/staff/calendar/hours")
async def set_hours(request: web.Request, session: Session) -> web.Response:
    """Set the week's opening hours."""
    form = await forms.read(request, WeekForm)
    week, wrong = read_week(form.typed)
    if form.values is None or wrong:
        return await _page(request, session, 422, "Look at what is marked and try again.", typed=form.typed, errors=form.errors | wrong)
    version = form.values.version
    return await _do(request, session, lambda at: keeping.set_hours(session, at, week, version=version), form.typed)


@pages.post("/staff/calendar/closures")
async def close_day(request: web.Request, session: Session) -> web.Response:
    """Close a day."""
    form = await forms.read(request, ClosedDay)
    wish = form.values
    if wish is None:
        return await _page(request, session, 422, "Say which day and why.", typed=form.typed, errors=form.errors)
    return await _do(request, session, lambda at: keeping.close_day(session, at, wish.day, wish.reason, version=wish.version))


@pages.post("/staff/calendar/closures/{closure_id}/remove")
async def open_day(request: web.Request, session: Session, closure_id: UUID) -> web.Response:
    """Open on a day that was to be closed."""
    version = await _version(request)
    return await _do(request, session, lambda at: keeping.open_day(session, at, closure_id, version=version))


@pages.post("/staff/calendar/benches")
async def add_bench(request: web.Request, session: Session) -> web.Response:
    """Put up another bench."""
    form = await forms.read(request, BenchForm)
    wish = form.values
    if wish is None:
        return await _page(request, session, 422, "Give the bench a name.", typed=form.typed, errors=form.errors)
    return await _do(request, session, lambda at: keeping.add_bench(session, at, wish.name, version=wish.version))


@pages.post("/staff/calendar/benches/{number}")
async def change_bench(request: web.Request, session: Session, number: Annotated[int, Field(ge=1, le=2**31 - 1)]) -> web.Response:
    """Name a bench, or take it out of use."""
    form = await forms.read(request, BenchForm)
    wish = form.values
    if wish is None:
        return await _page(request, session, 422, "Give the bench a name.", errors=form.errors)
    return await _do(
        request, session, lambda at: keeping.change_bench(session, at, number, name=wish.name, active=wish.active, version=wish.version)
    )


@pages.post("/staff/calendar/parts")
async def expect_part(request: web.Request, session: Session) -> web.Response:
    """Note a part that is on its way."""
    form = await forms.read(request, PartForm)
    wish = form.values
    if wish is None:
        return await _page(request, session, 422, "Say which part and when.", typed=form.typed, errors=form.errors)

    async def keep(at: Location) -> None:
        known = await catalogue.current(session)
        service = known.service(wish.service, known.device(wish.device))
        await keeping.expect_part(session, at, wish.device, service.code, wish.day, version=wish.version)

    return await _do(request, session, keep, form.typed)


@pages.post("/staff/calendar/parts/{part_id}/remove")
async def part_is_here(request: web.Request, session: Session, part_id: UUID) -> web.Response:
    """Forget that a part is on its way."""
    version = await _version(request)
    return await _do(request, session, lambda at: keeping.part_is_here(session, at, part_id, version=version))


def read_week(typed: dict[str, str]) -> tuple[dict[int, list[tuple[time, time]]], dict[str, str]]:
    """The hours of a posted week by weekday, and what is wrong in which field."""
    week: dict[int, list[tuple[time, time]]] = {}
    wrong: dict[str, str] = {}
    for weekday in range(7):
        try:
            week[weekday] = hours_text.parse(typed.get(f"day{weekday}", "")[:200])
        except HoursInvalid as invalid:
            wrong[f"day{weekday}"] = invalid.title
    return week, wrong


async def _version(request: web.Request) -> int:
    form = await forms.read(request, AtVersion)
    # No version is no version anybody has seen: refused as an old one.
    return form.values.version if form.values else 0


async def _do(
    request: web.Request, session: Session, work: Callable[[Location], Awaitable[None]], typed: dict[str, str] | None = None
) -> web.Response:
    try:
        async with session.begin_nested():
            await work(await capacity.get_location(session))
    except Refusal as refusal:
        return await _page(request, session, refusal.status, refusal.title, typed=typed)
    return see_other(f"{HOME}?done=1")


async def _page(
    request: web.Request,
    session: Session,
    status: int = 200,
    said: str = "",
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    location = await capacity.get_location_now(session)
    today = (await capacity.get_calendar(session, location, [])).local_day(session.now())
    ahead = [today + timedelta(days=number) for number in range(365)]
    calendar = await capacity.get_calendar(session, location, ahead)
    closures = (
        await session.scalars(select(Closure).where(Closure.location_id == location.id, Closure.day >= today).order_by(Closure.day))
    ).all()
    own, known = {row.day for row in closures}, await catalogue.current(session)
    parts = (await session.scalars(select(PartDue).where(PartDue.location_id == location.id).order_by(PartDue.day))).all()
    return page(
        request,
        "staff/calendar.html",
        status=status,
        **await staff_room.head(session),
        tab="shop",
        may_change=session.principal.may("manager"),
        version=location.version,
        done="done" in request.query and not said,
        said=said,
        typed=typed or {},
        errors=errors or {},
        week=[{"name": name, "hours": hours_words(calendar.hours.get(weekday, ()))} for weekday, name in enumerate(WEEKDAYS)],
        closures=[
            {
                "id": row.id,
                "day": day_label(row.day),
                "reason": row.reason,
                "booked": await bookings.list_booked(
                    session, location.id, calendar.instant(row.day, time.min), calendar.instant(row.day + timedelta(days=1), time.min)
                ),
            }
            for row in closures
        ],
        holidays=[
            {"day": day_label(day), "reason": reason}
            for day, reason in sorted(calendar.closed.items())
            if today <= day <= ahead[-1] and day not in own
        ],
        benches=(await session.scalars(select(Bench).where(Bench.location_id == location.id).order_by(Bench.number))).all(),
        parts=[
            {
                "id": row.id,
                "what": f"{known.devices[row.device_slug].name if row.device_slug in known.devices else row.device_slug}: "
                + (known.services[row.service_code].label if row.service_code in known.services else row.service_code),
                "day": day_label(row.day),
            }
            for row in parts
        ],
        services=[{"code": one.code, "label": one.label} for one in known.services.values() if one.needs_part],
        today=today,
    )
