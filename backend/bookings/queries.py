"""Reading orders, bookings and holds."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from backend.core.db import Session
from backend.core.ids import digest

from . import rules
from .errors import HoldUnknown, ReferenceUnknown, TrackingUnknown
from .models import Booking, Hold, Order, TrackingLink

LONGEST_TOKEN = 64


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
    if order is None or not rules.owns(session.principal, order):
        raise ReferenceUnknown
    return order, await get_booking_of(session, order.id)


async def get_booking_of(session: Session, order_id: UUID) -> Booking:
    """Return an order's booking; raises ReferenceUnknown."""
    booking = (await session.scalars(select(Booking).where(Booking.order_id == order_id))).first()
    if booking is None:
        raise ReferenceUnknown
    return booking


async def get_booking(session: Session, booking_id: UUID) -> Booking:
    """Return a booking; raises ReferenceUnknown."""
    booking = await session.get(Booking, booking_id)
    if booking is None:
        raise ReferenceUnknown
    return booking


async def list_own(session: Session, limit: int = 20) -> Sequence[tuple[Order, Booking]]:
    """Return the orders of the asking visitor or conversation, newest first."""
    who = session.principal
    mine = Order.visitor_id == who.visitor_id if who.visitor_id is not None else Order.conversation_id == who.conversation_id
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
    statement = select(Hold).where(Hold.owner == rules.owner_of(session.principal))
    return (await session.scalars(statement.with_for_update() if lock else statement)).first()


async def access_tracked_order(session: Session, token: str) -> Order:
    """Return the order a tracking link leads to; raises TrackingUnknown."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        raise TrackingUnknown
    statement = select(Order).join(TrackingLink, TrackingLink.order_id == Order.id).where(TrackingLink.token_hash == digest(token))
    order = (await session.scalars(statement)).first()
    if order is None:
        raise TrackingUnknown
    return order
