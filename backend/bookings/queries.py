"""Reading orders, bookings and holds."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, or_, select

from backend.capacity.models import Occupancy
from backend.core import config
from backend.core.db import Session
from backend.core.ids import digest
from backend.pricing import queries as pricing
from backend.pricing.models import Quote

from . import rules
from .config import BookingConfig
from .errors import HoldUnknown, ReferenceUnknown, TrackingExpired, TrackingUnknown
from .models import CANCELLED, CONFIRMED, MAIL_IN, BookedQuote, Booking, Hold, Order, OrderFollower, ReturnAddress, TrackingLink

LONGEST_TOKEN = 64
# Built once: putting them together costs more than running them.
_HELD = select(Hold).where(Hold.owner == bindparam("owner"))
_HELD_LOCKED = _HELD.with_for_update()


def tidy_reference(text: str) -> str:
    """Return a reference as we write it, whatever the case and the spaces people give it."""
    letters = re.sub(r"[^A-Z0-9]", "", text.upper()[:40])
    return f"RT-{letters.removeprefix('RT')}" if letters else ""


async def find_order(session: Session, reference: str) -> Order | None:
    """Return an order by its reference, or None; tells nobody's principal anything."""
    return (await session.scalars(select(Order).where(Order.reference == tidy_reference(reference)))).first()


async def get_order(session: Session, order_id: UUID) -> Order:
    """Return an order; raises ReferenceUnknown."""
    order = await session.get(Order, order_id)
    if order is None:
        raise ReferenceUnknown
    return order


async def access_order(session: Session, reference: str, *, lock: bool = False) -> tuple[Order, Booking]:
    """Return an order and its booking if the principal may see them; raises ReferenceUnknown for foreign ones too."""
    statement = select(Order).where(Order.reference == tidy_reference(reference))
    order = (await session.scalars(statement.with_for_update() if lock else statement)).first()
    if order is None or not (rules.owns(session.principal, order) or await _follows(session, order)):
        raise ReferenceUnknown
    return order, await get_booking_of(session, order.id)


async def get_booking_of(session: Session, order_id: UUID) -> Booking:
    """Return an order's booking; raises ReferenceUnknown."""
    booking = (await session.scalars(select(Booking).where(Booking.order_id == order_id))).first()
    if booking is None:
        raise ReferenceUnknown
    return booking


async def list_quotes(session: Session, booking: Booking) -> Sequence[Quote]:
    """Return the quotes a booking accepts, with their lines, in the order they were named; for callers who have checked who asks."""
    named = select(BookedQuote.quote_id).where(BookedQuote.booking_id == booking.id).order_by(BookedQuote.position)
    # A booking from before several devices could be brought at once has its one quote only in its own row.
    ids = (await session.scalars(named)).all() or [booking.quote_id]
    found = await pricing.list_quotes(session, ids)
    return [found[one] for one in ids]


async def is_booked(session: Session, quote_ids: Collection[UUID]) -> bool:
    """Tell whether one of some quotes is accepted by a booking that stands."""
    first = exists().where(Booking.quote_id.in_(quote_ids), Booking.state != CANCELLED)
    other = exists().where(BookedQuote.quote_id.in_(quote_ids), BookedQuote.live)
    return bool(await session.scalar(select(or_(first, other))))


async def get_booking(session: Session, booking_id: UUID) -> Booking:
    """Return a booking; raises ReferenceUnknown."""
    booking = await session.get(Booking, booking_id)
    if booking is None:
        raise ReferenceUnknown
    return booking


async def list_own(session: Session, limit: int = 20) -> Sequence[tuple[Order, Booking]]:
    """Return the orders of the asking visitor or conversation, and those it follows, newest first."""
    who = session.principal
    mine: ColumnElement[bool] = Order.conversation_id == who.conversation_id
    if who.visitor_id is not None:
        followed = select(OrderFollower.order_id).where(OrderFollower.visitor_id == who.visitor_id, await _still_follows(session))
        mine = or_(Order.visitor_id == who.visitor_id, Order.id.in_(followed))
    if who.visitor_id is None and who.conversation_id is None:
        return []
    rows = await session.execute(
        select(Order, Booking)
        .join(Booking, Booking.order_id == Order.id)
        .where(mine)
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return [(order, booking) for order, booking in rows]


async def access_hold(session: Session, hold_id: UUID, *, lock: bool = False) -> Hold:
    """Return the principal's own hold, expired or not; raises HoldUnknown."""
    hold = await session.get(Hold, hold_id, with_for_update=lock or None)
    if hold is None or hold.owner != rules.owner_of(session.principal):
        raise HoldUnknown
    return hold


async def find_own_hold(session: Session, *, lock: bool = False) -> Hold | None:
    """Return the hold the principal has, expired or not, or None."""
    return (await session.scalars(_HELD_LOCKED if lock else _HELD, {"owner": rules.owner_of(session.principal)})).first()


async def access_link(session: Session, token: str) -> TrackingLink:
    """Return a tracking link by its token; raises TrackingUnknown, or TrackingExpired for one whose time is over."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        raise TrackingUnknown
    link = await session.get(TrackingLink, digest(token))
    if link is None:
        raise TrackingUnknown
    if session.now() - link.created_at >= timedelta(days=(await config.get(session, BookingConfig)).link_days):
        raise TrackingExpired
    return link


async def access_tracked_order(session: Session, token: str, *, lock: bool = False) -> Order:
    """Return the order a tracking link leads to; raises TrackingUnknown, or TrackingExpired for a link that was one once."""
    link = await access_link(session, token)
    statement = select(Order).where(Order.id == link.order_id)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def find_return_address(session: Session, order_id: UUID) -> ReturnAddress | None:
    """Return where a posted device goes back to, or None; for callers who have checked who asks."""
    return await session.get(ReturnAddress, order_id)


async def list_booked(
    session: Session, location_id: UUID, since: datetime, until: datetime, *, technician: int | None = None
) -> Sequence[str]:
    """Return the references of what is booked at a location between two instants, or only what somebody is to work on."""
    wanted = select(Order.reference).join(Booking, Booking.order_id == Order.id)
    wanted = wanted.where(Order.location_id == location_id, Booking.state == CONFIRMED, Booking.starts_at < until, Booking.ends_at > since)
    if technician is not None:
        wanted = wanted.join(Occupancy, Occupancy.holder_id == Booking.id).where(Occupancy.technician == technician)
    return (await session.scalars(wanted.order_by(Booking.starts_at).limit(50))).all()


async def list_arrivals(
    session: Session, location_id: UUID, since: datetime, until: datetime, *, but: UUID | None = None
) -> Sequence[datetime]:
    """Return when parcels are expected at a location between two instants, leaving one order aside."""
    wanted = select(Booking.starts_at).join(Order, Order.id == Booking.order_id)
    wanted = wanted.where(Order.location_id == location_id, Order.arrival == MAIL_IN, Booking.state != CANCELLED)
    wanted = wanted.where(Booking.starts_at >= since, Booking.starts_at < until)
    return (await session.scalars(wanted.where(Order.id != but) if but else wanted)).all()


async def of_conversation(session: Session, conversation_id: UUID, visitor_id: UUID | None) -> ColumnElement[bool]:
    """Whether an order was made in a conversation, or is its visitor's, or followed by them; for use in a statement about orders."""
    followed = select(OrderFollower.order_id).where(OrderFollower.visitor_id == visitor_id, await _still_follows(session))
    return or_(Order.conversation_id == conversation_id, Order.visitor_id == visitor_id, Order.id.in_(followed))


async def _follows(session: Session, order: Order) -> bool:
    who = session.principal
    if who.visitor_id is None:
        return False
    mine = select(OrderFollower.order_id).where(OrderFollower.order_id == order.id, OrderFollower.visitor_id == who.visitor_id)
    return await session.scalar(mine.where(await _still_follows(session))) is not None


async def list_followers(session: Session, order_id: UUID) -> Sequence[UUID]:
    """Return the visitors that follow an order and may still."""
    following = select(OrderFollower.visitor_id).where(OrderFollower.order_id == order_id, await _still_follows(session))
    return (await session.scalars(following)).all()


async def _still_follows(session: Session) -> ColumnElement[bool]:
    """Whether what a follower has lent from a link or a code holds: a link that ended takes with it what it lent."""
    terms, now = await config.get(session, BookingConfig), session.now()
    living = exists().where(
        TrackingLink.token_hash == OrderFollower.token_hash, TrackingLink.created_at > now - timedelta(days=terms.link_days)
    )
    return or_(living, OrderFollower.proven_at > now - timedelta(days=terms.proof_days))
