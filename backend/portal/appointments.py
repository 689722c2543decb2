"""Moving an appointment and giving it up, on pages that need no script: by the link of the order, and in the staff room."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from backend.bookings import changes
from backend.bookings import queries as bookings
from backend.bookings.models import Booking, Order
from backend.bookings.schemas import label_of
from backend.capacity import queries as capacity
from backend.capacity.words import day_label, full_day_label
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.schema import Moment, Strict
from backend.identity import csrf
from backend.portal import forms, staff_room
from backend.portal.rendering import page, see_other

pages = Api("portal", page=True)

#: How many days of times one page shows.
DAYS = 7
CHANGED = "This appointment changed in the meantime. Look again before you change it."


class Wish(Strict):
    """Where to move; a form knows only text."""

    to: Moment
    version: Annotated[int, Field(ge=1, le=2**31, strict=False)]


class Word(Strict):
    """The word that an appointment is given up."""

    version: Annotated[int, Field(ge=1, le=2**31, strict=False)]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose pages these are: where they lie, where they lead back to, and how they are framed."""

    path: str
    frame: str


def _by_link(token: str) -> Place:
    return Place(f"/track/{token}", "base.html")


def _by_staff(reference: str) -> Place:
    return Place(f"/staff/orders/{reference}", "staff/base.html")


From = Annotated[date | None, Query, Field(alias="from")]
To = Annotated[Moment | None, Query]


@pages.get("/track/{token}/move")
async def show_times(request: web.Request, session: Session, token: str, since: From = None, to: To = None) -> web.Response:
    """Show the follower of a link the times there are, or ask for the word on one."""
    order = await bookings.access_tracked_order(session, token)
    return await _move_page(request, session, _by_link(token), order, since=since, to=to)


@pages.post("/track/{token}/move")
async def move(request: web.Request, session: Session, token: str) -> web.Response:
    """Move the appointment of a link; when that cannot be, say why and show other times."""
    csrf.check_origin(request, session.settings)
    order = await bookings.access_tracked_order(session, token, lock=True)
    return await _move(request, session, _by_link(token), order)


@pages.get("/track/{token}/cancel")
async def ask_to_cancel(request: web.Request, session: Session, token: str) -> web.Response:
    """Ask the follower of a link whether the appointment is to be given up."""
    return await _cancel_page(request, session, _by_link(token), await bookings.access_tracked_order(session, token))


@pages.post("/track/{token}/cancel")
async def cancel(request: web.Request, session: Session, token: str) -> web.Response:
    """Give the appointment of a link up."""
    csrf.check_origin(request, session.settings)
    return await _cancel(request, session, _by_link(token), await bookings.access_tracked_order(session, token, lock=True))


@pages.get("/staff/orders/{reference}/move")
async def show_times_to_staff(request: web.Request, session: Session, reference: str, since: From = None, to: To = None) -> web.Response:
    """Show staff the times an appointment can be moved to, or ask for the word on one."""
    order, _ = await bookings.access_order(session, reference)
    return await _move_page(request, session, _by_staff(order.reference), order, since=since, to=to)


@pages.post("/staff/orders/{reference}/move")
async def move_by_staff(request: web.Request, session: Session, reference: str) -> web.Response:
    """Move an appointment for a customer."""
    order, _ = await bookings.access_order(session, reference, lock=True)
    return await _move(request, session, _by_staff(order.reference), order)


@pages.get("/staff/orders/{reference}/cancel")
async def ask_staff_to_cancel(request: web.Request, session: Session, reference: str) -> web.Response:
    """Ask staff whether the appointment is to be given up."""
    order, _ = await bookings.access_order(session, reference)
    return await _cancel_page(request, session, _by_staff(order.reference), order)


@pages.post("/staff/orders/{reference}/cancel")
async def cancel_by_staff(request: web.Request, session: Session, reference: str) -> web.Response:
    """Give an appointment up for a customer."""
    order, _ = await bookings.access_order(session, reference, lock=True)
    return await _cancel(request, session, _by_staff(order.reference), order)


async def _move(request: web.Request, session: Session, place: Place, order: Order) -> web.Response:
    form = await forms.read(request, Wish)
    if form.values is None:
        return await _move_page(request, session, place, order, status=422, said="Choose one of the times below.")
    wish, booking = form.values, await bookings.get_booking_of(session, order.id)
    if booking.version != wish.version:
        if booking.starts_at == wish.to:  # the same button, pressed twice
            return see_other(f"{place.path}?done=moved")
        return await _move_page(request, session, place, order, status=409, said=CHANGED)
    refusal = await _try(session, lambda: changes.move(session, order, booking, wish.to))
    if refusal is not None:
        return await _move_page(request, session, place, order, status=refusal.status, said=refusal.title)
    return see_other(f"{place.path}?done=moved")


async def _cancel(request: web.Request, session: Session, place: Place, order: Order) -> web.Response:
    form = await forms.read(request, Word)
    booking = await bookings.get_booking_of(session, order.id)
    if form.values is None or booking.version != form.values.version:
        return await _cancel_page(request, session, place, order, status=409, said=CHANGED)
    refusal = await _try(session, lambda: changes.end(session, order, booking))
    if refusal is not None:
        return await _cancel_page(request, session, place, order, status=refusal.status, said=refusal.title)
    return see_other(f"{place.path}?done=cancelled")


async def _try(session: Session, work: Callable[[], Awaitable[Any]]) -> Refusal | None:
    """Do it, or nothing of it: what a refused move gave back meanwhile is taken again."""
    try:
        async with session.begin_nested():
            await work()
    except Refusal as refusal:
        return refusal
    return None


async def _move_page(
    request: web.Request,
    session: Session,
    place: Place,
    order: Order,
    *,
    since: date | None = None,
    to: datetime | None = None,
    status: int = 200,
    said: str = "",
) -> web.Response:
    booking = await _fresh(session, order)
    location = await capacity.get_location(session, order.location_id)
    zone = ZoneInfo(location.zone)
    today = session.now().astimezone(zone).date()
    against, _ = await changes.refusals(session, booking)
    first = min(max(since or today, today), today + timedelta(days=730))
    days: list[dict[str, Any]] = []
    if against is None and to is None:
        for start, _ in await changes.list_times(session, order, booking, first, DAYS, 400):
            local = start.astimezone(zone)
            if not days or days[-1]["label"] != full_day_label(local.date()):
                days.append({"label": full_day_label(local.date()), "times": []})
            words = day_label(local.date()) if order.arrival == "mail_in" else f"{local:%H:%M}"
            days[-1]["times"].append({"at": start, "words": words})
    return page(
        request,
        "move.html",
        status=status,
        **await staff_room.head(session),
        frame=place.frame,
        back=place.path,
        reference=order.reference,
        version=booking.version,
        now_at=label_of(order, booking.starts_at, zone),
        to={"at": to, "words": label_of(order, to, zone)} if to and against is None else None,
        against=against.title if against else "",
        days=days,
        earlier=max(first - timedelta(days=DAYS), today) if first > today else None,
        later=first + timedelta(days=DAYS),
        until=day_label(first + timedelta(days=DAYS - 1)),
        since=day_label(first),
        phone=location.phone,
        said=said,
    )


async def _cancel_page(
    request: web.Request, session: Session, place: Place, order: Order, *, status: int = 200, said: str = ""
) -> web.Response:
    booking = await _fresh(session, order)
    location = await capacity.get_location(session, order.location_id)
    _, against = await changes.refusals(session, booking)
    return page(
        request,
        "cancel.html",
        status=status,
        **await staff_room.head(session),
        frame=place.frame,
        back=place.path,
        reference=order.reference,
        version=booking.version,
        now_at=label_of(order, booking.starts_at, ZoneInfo(location.zone)),
        against=against.title if against else "",
        phone=location.phone,
        said=said,
    )


async def _fresh(session: Session, order: Order) -> Booking:
    booking = await bookings.get_booking_of(session, order.id)
    await session.refresh(booking)
    await session.refresh(order)
    return booking
