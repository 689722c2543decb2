"""The verbs of a booking: confirm, reschedule, cancel."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from backend.capacity import queries as capacity
from backend.capacity import service as calendar
from backend.capacity.models import Location
from backend.core import audit, config, events, hints, locks, race
from backend.core.db import Session
from backend.core.ids import digest, reference, token, uuid7
from backend.customers import rules as customer_rules
from backend.customers import service as customers
from backend.pricing import queries as pricing
from backend.pricing.errors import QuoteBooked
from backend.pricing.models import Quote

from . import joins, queries, rules
from .config import BookingConfig
from .errors import HoldExpired, HoldMismatch, HoldUnknown, QuoteMissing, TimeMissing, TooManyBookings
from .events import BookingCancelled, BookingConfirmed, BookingRescheduled
from .models import ATTENDED, CANCELLED, CONFIRMED, Booking, Hold, Order, TrackingLink

DROP_OFF = "drop_off"
_TRIES = 8


async def confirm(
    session: Session,
    *,
    quote_id: UUID | None,
    name: str,
    email: str,
    phone: str | None = None,
    hold_id: UUID | None = None,
    starts_at: datetime | None = None,
) -> tuple[Order, Booking, Quote, Location]:
    """Book a quote's repair, from a hold or directly at a time; the order, its booking and its repairs stand together or not at all."""
    name, email = customer_rules.name(name), customer_rules.email(email)
    who = session.principal
    phone = customer_rules.phone(phone) if phone else None
    await locks.take(session, rules.owner_of(who))
    own = await queries.find_own_hold(session)
    if hold_id is not None and (own is None or own.id != hold_id):
        raise HoldUnknown
    hold = own if hold_id else None
    quote = await _offer(session, quote_id, hold, starts_at)
    taken = await session.scalar(select(Booking.id).where(Booking.quote_id == quote.id, Booking.state != CANCELLED))
    if taken is not None:
        raise QuoteBooked
    await _check_count(session)
    location = await capacity.get_location(session, hold.location_id if hold else None)
    now = session.now()
    booking_id = uuid7()
    # The time before everything else: most who are refused are refused here.
    if hold is None:
        start = _moment(starts_at)
        end = await calendar.occupy(
            session, location, start, quote.duration_minutes, holder_id=booking_id, instead_of=own.id if own else None
        )
    else:
        start, end = hold.starts_at, hold.ends_at
        if not await calendar.settle(session, hold.id, booking_id):
            raise HoldExpired
    if own is not None:
        await session.delete(own)
    customer = await customers.find_or_create(session, visitor_id=who.visitor_id, name=name, email=email, phone=phone)
    order = Order(
        id=uuid7(),
        customer_id=customer.id,
        location_id=location.id,
        visitor_id=who.visitor_id,
        conversation_id=who.conversation_id,
        arrival=DROP_OFF,
        rev=1,
        created_at=now,
    )
    booking = Booking(
        id=booking_id,
        order_id=order.id,
        quote_id=quote.id,
        starts_at=start,
        ends_at=end,
        state=CONFIRMED,
        version=1,
        confirmed_at=now,
        changed_at=now,
    )
    await _write(session, order, booking)
    await joins.opened(session, order, booking, quote)
    await events.record(session, BookingConfirmed(booking_id=booking.id))
    await audit.record(session, "booking.confirmed", subject=booking.id, order=order.id, quote=quote.id, starts_at=start)
    return order, booking, quote, location


async def reschedule(session: Session, ref: str, starts_at: datetime) -> tuple[Order, Booking]:
    """Move a booking to another time; the old one comes free in the same transaction. The same time changes nothing."""
    order, booking = await queries.access_order(session, ref, lock=True)
    await session.refresh(booking)
    rules.check_changeable(booking, session.now(), by_staff=session.principal.may("technician"))
    if starts_at == booking.starts_at:
        return order, booking
    quote = (await pricing.list_quotes(session, [booking.quote_id]))[booking.quote_id]
    location = await capacity.get_location(session, order.location_id)
    former = booking.starts_at
    end = await calendar.occupy(session, location, starts_at, quote.duration_minutes, holder_id=booking.id, instead_of=booking.id)
    booking.starts_at, booking.ends_at = starts_at, end
    await _changed(session, order, booking)
    await events.record(session, BookingRescheduled(booking_id=booking.id))
    await audit.record(session, "booking.rescheduled", subject=booking.id, former=former, starts_at=starts_at)
    return order, booking


async def cancel(session: Session, ref: str) -> tuple[Order, Booking]:
    """Give a booking up; its time comes free and its repairs end. Cancelling twice changes nothing."""
    order, booking = await queries.access_order(session, ref, lock=True)
    await session.refresh(booking)
    if booking.state == CANCELLED:
        return order, booking
    rules.check_changeable(booking, session.now(), by_staff=session.principal.may("technician"))
    await give_up(session, order, booking)
    await joins.cancelled(session, order, booking)
    return order, booking


async def give_up(session: Session, order: Order, booking: Booking) -> None:
    """Cancel a booking whose repairs the caller ends; the caller holds the order's row."""
    await calendar.release(session, booking.id)
    booking.state = CANCELLED
    await _changed(session, order, booking)
    await events.record(session, BookingCancelled(booking_id=booking.id))
    await audit.record(session, "booking.cancelled", subject=booking.id, starts_at=booking.starts_at)


async def mark_attended(session: Session, order_id: UUID) -> None:
    """Note that the device has arrived: from now on the appointment can be neither moved nor cancelled."""
    booking = await queries.get_booking_of(session, order_id)
    if booking.state == CONFIRMED:
        booking.state, booking.version, booking.changed_at = ATTENDED, booking.version + 1, session.now()


async def touch(session: Session, order: Order) -> None:
    """Count a change a follower of the order would see and hint at it; the caller holds the order's row."""
    order.rev += 1
    await hints.send(session, "order", {"id": order.id, "rev": order.rev})


async def link(session: Session, order_id: UUID) -> str:
    """Make a tracking link for an order and return its address; only the token's hash is stored."""
    secret = token()
    session.add(TrackingLink(token_hash=digest(secret), order_id=order_id, created_at=session.now()))
    return f"{session.settings.public_url}/track/{secret}"


async def _offer(session: Session, quote_id: UUID | None, hold: Hold | None, starts_at: datetime | None) -> Quote:
    if hold is None:
        if quote_id is None:
            raise QuoteMissing
        _moment(starts_at)
        return await pricing.access_offer(session, quote_id)
    if (quote_id is not None and quote_id != hold.quote_id) or (starts_at is not None and starts_at != hold.starts_at):
        raise HoldMismatch
    return await pricing.access_offer(session, hold.quote_id)


def _moment(starts_at: datetime | None) -> datetime:
    if starts_at is None:
        raise TimeMissing
    return starts_at


async def _check_count(session: Session) -> None:
    who = session.principal
    if who.visitor_id is None:
        return
    settings = await config.get(session, BookingConfig)
    since = session.now() - timedelta(days=1)
    count = await session.scalar(
        select(func.count()).select_from(Order).where(Order.visitor_id == who.visitor_id, Order.created_at > since)
    )
    if (count or 0) >= settings.per_visitor_and_day:
        raise TooManyBookings


async def _write(session: Session, order: Order, booking: Booking) -> None:
    await race.before("booking.insert")
    for _ in range(_TRIES):
        order.reference = reference("RT")
        try:
            async with session.begin_nested():
                session.add(order)
                await session.flush()
                session.add(booking)
        except IntegrityError as error:
            # Somebody else may have accepted the same quote since we looked, such as staff for a customer on the telephone.
            if "uq_bookings_quote_id" in str(error.orig):
                raise QuoteBooked from None
            # One in millions draws a reference that is in use; anything else is a fault.
            if "uq_orders_reference" not in str(error.orig):
                raise
            continue
        return
    raise RuntimeError("no free reference found")


async def _changed(session: Session, order: Order, booking: Booking) -> None:
    booking.version += 1
    booking.changed_at = session.now()
    await touch(session, order)
    await session.flush()
