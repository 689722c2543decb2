"""Moving a booking and giving it up: by whoever made it, by the holder of its link, by staff."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update

from backend.capacity import queries as capacity
from backend.capacity import service as calendar
from backend.capacity.models import Location
from backend.capacity.rules import Span
from backend.core import audit, config, events
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.pricing.models import Quote

from . import joins, mail_in, queries, rules
from .config import BookingConfig
from .errors import AddressMissing
from .events import BookingCancelled, BookingRescheduled
from .models import ATTENDED, CANCELLED, CONFIRMED, MAIL_IN, BookedQuote, Booking, Order
from .service import touch
from .work import work_of


async def reschedule(session: Session, ref: str, starts_at: datetime) -> tuple[Order, Booking]:
    """Move one's own booking to another time."""
    order, booking = await queries.access_order(session, ref, lock=True)
    return await move(session, order, booking, starts_at)


async def reschedule_by_link(session: Session, token: str, starts_at: datetime) -> tuple[Order, Booking]:
    """Move the booking a tracking link leads to."""
    order = await queries.access_tracked_order(session, token, lock=True)
    return await move(session, order, await queries.get_booking_of(session, order.id), starts_at)


async def cancel(session: Session, ref: str) -> tuple[Order, Booking]:
    """Give one's own booking up."""
    order, booking = await queries.access_order(session, ref, lock=True)
    return await end(session, order, booking)


async def cancel_by_link(session: Session, token: str) -> tuple[Order, Booking]:
    """Give up the booking a tracking link leads to."""
    order = await queries.access_tracked_order(session, token, lock=True)
    return await end(session, order, await queries.get_booking_of(session, order.id))


async def move(session: Session, order: Order, booking: Booking, starts_at: datetime) -> tuple[Order, Booking]:
    """Move a booking whose order the caller holds; the old time comes free in the same transaction. The same time changes nothing."""
    await session.refresh(booking)
    by_staff, undoing = _by_staff(session), rules.takes_back(booking, starts_at, session.now())
    rules.check_move(booking, session.now(), await config.get(session, BookingConfig), by_staff=by_staff, undoing=undoing)
    if starts_at == booking.starts_at:
        return order, booking
    former, (start, finish) = booking.starts_at, await _take(session, order, booking, starts_at)
    if start == former:  # another hour of the day a parcel is expected on anyway
        return order, booking
    booking.starts_at, booking.ends_at = start, finish
    if not by_staff:
        booking.moves += -1 if undoing else 1
    # Staff moves are no mistake of the customer's to take back, and a move is taken back once.
    booking.former_starts_at = None if by_staff or undoing else former
    await _changed(session, order, booking)
    await joins.moved(session, order, booking)
    await events.record(session, BookingRescheduled(booking_id=booking.id))
    await audit.record(session, "booking.rescheduled", subject=booking.id, former=former, starts_at=booking.starts_at)
    return order, booking


async def end(session: Session, order: Order, booking: Booking) -> tuple[Order, Booking]:
    """Cancel a booking whose order the caller holds; its time comes free and its repairs end. Cancelling twice changes nothing."""
    await session.refresh(booking)
    if booking.state == CANCELLED:
        return order, booking
    rules.check_cancel(booking, session.now(), await config.get(session, BookingConfig), by_staff=_by_staff(session))
    await give_up(session, order, booking)
    await joins.cancelled(session, order, booking)
    return order, booking


async def give_up(session: Session, order: Order, booking: Booking) -> None:
    """Cancel a booking whose repairs the caller ends; the caller holds the order's row."""
    await calendar.release(session, booking.id)
    booking.state = CANCELLED
    await session.execute(update(BookedQuote).where(BookedQuote.booking_id == booking.id).values(live=False))
    await _changed(session, order, booking)
    await events.record(session, BookingCancelled(booking_id=booking.id))
    await audit.record(session, "booking.cancelled", subject=booking.id, starts_at=booking.starts_at)


async def mark_attended(session: Session, order_id: UUID) -> None:
    """Note that the device has arrived: from now on the appointment can be neither moved nor cancelled."""
    booking = await queries.get_booking_of(session, order_id)
    if booking.state == CONFIRMED:
        booking.state, booking.version, booking.changed_at = ATTENDED, booking.version + 1, session.now()


async def list_times(session: Session, order: Order, booking: Booking, first: date | None, days: int, limit: int) -> Sequence[Span]:
    """Return the times a booking could be moved to, its own counted as free but left out; for a parcel, days."""
    quotes, location = await _what_and_where(session, order, booking)
    if order.arrival == MAIL_IN:
        spans = await mail_in.list_days(session, location, quotes, await _postcode(session, order), first, days, but=order.id)
    else:
        work = await work_of(session, quotes, location)
        spans = await capacity.list_slots(
            session, location, work.minutes, first, days, limit + 1, skills=work.skills, not_before=work.not_before, but=[booking.id]
        )
    return [span for span in spans if span[0] != booking.starts_at][:limit]


async def refusals(session: Session, booking: Booking) -> tuple[Refusal | None, Refusal | None]:
    """Return what stands against moving a booking and against cancelling it, or None where nothing does."""
    terms, by_staff, now = await config.get(session, BookingConfig), _by_staff(session), session.now()
    found: list[Refusal | None] = []
    for check in (rules.check_move, rules.check_cancel):
        try:
            check(booking, now, terms, by_staff=by_staff)
            found.append(None)
        except Refusal as refusal:
            found.append(refusal)
    return found[0], found[1]


async def _take(session: Session, order: Order, booking: Booking, starts_at: datetime) -> Span:
    quotes, location = await _what_and_where(session, order, booking)
    if order.arrival == MAIL_IN:
        day = (await capacity.get_calendar(session, location, [])).local_day(starts_at)
        return await mail_in.take_day(session, location, quotes, await _postcode(session, order), day, but=order.id)
    work = await work_of(session, quotes, location)
    ends_at = await calendar.occupy(
        session,
        location,
        starts_at,
        work.minutes,
        skills=work.skills,
        not_before=work.not_before,
        holder_id=booking.id,
        instead_of=booking.id,
    )
    return starts_at, ends_at


async def _what_and_where(session: Session, order: Order, booking: Booking) -> tuple[Sequence[Quote], Location]:
    return await queries.list_quotes(session, booking), await capacity.get_location(session, order.location_id)


async def _postcode(session: Session, order: Order) -> str:
    address = await queries.find_return_address(session, order.id)
    if address is None:
        raise AddressMissing
    return address.postcode


async def _changed(session: Session, order: Order, booking: Booking) -> None:
    booking.version += 1
    booking.changed_at = session.now()
    await touch(session, order)
    await session.flush()


def _by_staff(session: Session) -> bool:
    return session.principal.may("technician") or session.principal.kind == "system"
