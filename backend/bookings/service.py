"""Booking a repair, and the links by which it is followed; `changes.py` moves and cancels."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from backend.capacity import queries as capacity
from backend.capacity import service as calendar
from backend.capacity.models import Location
from backend.core import audit, config, events, hints, locks, race
from backend.core.db import Session
from backend.core.ids import digest, reference, token, uuid7
from backend.customers import rules as customer_rules
from backend.customers import service as customers
from backend.identity import visitors
from backend.pricing import queries as pricing
from backend.pricing.errors import QuoteBooked
from backend.pricing.models import Quote

from . import crowds, joins, mail_in, queries, rules
from .config import BookingConfig
from .errors import HoldExpired, HoldMismatch, HoldUnknown, QuoteMissing, TimeMissing, TooManyBookings, TooManyOpen
from .events import BookingConfirmed
from .mail_in import Parcel
from .models import CONFIRMED, DROP_OFF, MAIL_IN, BookedQuote, Booking, Hold, Order, ReturnAddress, TrackingLink
from .work import work_of

_TRIES = 8


async def confirm(
    session: Session,
    *,
    quote_ids: Sequence[UUID],
    name: str,
    email: str,
    phone: str | None = None,
    hold_id: UUID | None = None,
    starts_at: datetime | None = None,
    parcel: Parcel | None = None,
) -> tuple[Order, Booking, Sequence[Quote], Location]:
    """Book the repairs of some quotes, one a device: from a hold, directly at a time, or as a parcel; all of it stands, or nothing."""
    name, email = customer_rules.name(name), customer_rules.email(email)
    who = session.principal
    phone = customer_rules.phone(phone) if phone else None
    await locks.take(session, rules.owner_of(who), visitors.queue_of(who.visitor_id))
    own = await queries.find_own_hold(session)
    if hold_id is not None and (own is None or own.id != hold_id):
        raise HoldUnknown
    hold = own if hold_id else None
    quotes = await _offers(session, quote_ids, hold, starts_at, parcel)
    if await queries.is_booked(session, [quote.id for quote in quotes]):
        raise QuoteBooked
    await _check_count(session, email)
    location = await capacity.get_location(session, hold.location_id if hold else None)
    now = session.now()
    booking_id = uuid7()
    # The time before everything else: most who are refused are refused here.
    if parcel is not None:
        if own is not None:
            await calendar.release(session, own.id)
        start, end = await mail_in.take_day(session, location, quotes, parcel.address.postcode, parcel.day)
    elif hold is None:
        start = _moment(starts_at)
        work = await work_of(session, quotes, location)
        end = await calendar.occupy(
            session,
            location,
            start,
            work.minutes,
            skills=work.skills,
            not_before=work.not_before,
            holder_id=booking_id,
            instead_of=own.id if own else None,
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
        arrival=DROP_OFF if parcel is None else MAIL_IN,
        rev=1,
        created_at=now,
    )
    booking = Booking(
        id=booking_id,
        order_id=order.id,
        quote_id=quotes[0].id,
        starts_at=start,
        ends_at=end,
        state=CONFIRMED,
        version=1,
        confirmed_at=now,
        changed_at=now,
    )
    await _write(session, order, booking, quotes)
    if parcel is not None:
        to = parcel.address
        session.add(ReturnAddress(order_id=order.id, line1=to.line1, line2=to.line2, city=to.city, postcode=to.postcode))
    await joins.opened(session, order, booking, quotes)
    await events.record(session, BookingConfirmed(booking_id=booking.id))
    await audit.record(
        session, "booking.confirmed", subject=booking.id, order=order.id, quotes=[str(quote.id) for quote in quotes], starts_at=start
    )
    return order, booking, quotes, location


async def touch(session: Session, order: Order) -> None:
    """Count a change a follower of the order would see and hint at it; the caller holds the order's row."""
    order.rev += 1
    await hints.send(session, "order", {"id": order.id, "rev": order.rev})


async def link(session: Session, order_id: UUID) -> str:
    """Make a tracking link for an order and return its address; only the token's hash is stored."""
    secret = token()
    session.add(TrackingLink(token_hash=digest(secret), order_id=order_id, created_at=session.now()))
    return f"{session.settings.public_url}/track/{secret}"


async def _offers(
    session: Session, quote_ids: Sequence[UUID], hold: Hold | None, starts_at: datetime | None, parcel: Parcel | None
) -> Sequence[Quote]:
    if hold is None:
        if not quote_ids:
            raise QuoteMissing
        if parcel is None:
            _moment(starts_at)
        return [await pricing.access_offer(session, one) for one in quote_ids]
    other_quotes, other_time = {*quote_ids} not in (set(), {*hold.quote_ids}), starts_at not in (None, hold.starts_at)
    if parcel is not None or other_quotes or other_time:
        raise HoldMismatch
    return [await pricing.access_offer(session, one) for one in hold.quote_ids]


def _moment(starts_at: datetime | None) -> datetime:
    if starts_at is None:
        raise TimeMissing
    return starts_at


async def _check_count(session: Session, email: str) -> None:
    who = session.principal
    if who.visitor_id is None:
        return
    settings = await config.get(session, BookingConfig)
    counts = await crowds.count_bookings(session, visitor_id=who.visitor_id, email=email)
    for count, limit in (
        (counts.visitor_day, settings.per_visitor_and_day),
        (counts.email_day, settings.per_email_and_day),
        (counts.network_hour, settings.per_network_and_hour),
        (counts.network_day, settings.per_network_and_day),
    ):
        if count.made >= limit and count.first is not None:
            raise TooManyBookings.until(count.first + count.window, session.now())
    if counts.ahead >= settings.open_per_customer:
        raise TooManyOpen


async def _write(session: Session, order: Order, booking: Booking, quotes: Sequence[Quote]) -> None:
    await race.before("booking.insert")
    for _ in range(_TRIES):
        order.reference = reference("RT")
        try:
            async with session.begin_nested():
                session.add(order)
                await session.flush()
                session.add(booking)
                await session.flush()
                rows = [BookedQuote(booking_id=booking.id, quote_id=one.id, position=at, live=True) for at, one in enumerate(quotes)]
                # In one order for everybody, so that two who want the same quotes wait for each other and not crosswise.
                for row in sorted(rows, key=lambda row: row.quote_id):
                    session.add(row)
                    await session.flush()
        except IntegrityError as error:
            # Somebody else may have accepted the same quote since we looked, such as staff for a customer on the telephone.
            if "uq_bookings_quote_id" in str(error.orig) or "uq_booked_quotes_quote_id" in str(error.orig):
                raise QuoteBooked from None
            # One in millions draws a reference that is in use; anything else is a fault.
            if "uq_orders_reference" not in str(error.orig):
                raise
            continue
        return
    raise RuntimeError("no free reference found")
