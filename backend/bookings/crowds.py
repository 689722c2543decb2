"""How much visitors, addresses and networks have booked and hold: a visitor costs nothing, so those of one network count together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from backend.core.db import Session
from backend.customers.models import ContactPoint
from backend.identity import visitors

from . import rules
from .models import CONFIRMED, Booking, Hold, Order


@dataclass(frozen=True, slots=True)
class Count:
    """How many bookings were made in a window, and when the first of them was."""

    made: int
    first: datetime | None
    window: timedelta


@dataclass(frozen=True, slots=True)
class Counts:
    """What was booked lately, given up or not, and how many appointments lie ahead of a visitor or under their e-mail address."""

    visitor_day: Count
    email_day: Count
    network_hour: Count
    network_day: Count
    ahead: int


async def count_bookings(session: Session, *, visitor_id: UUID, email: str) -> Counts:
    """Count what a visitor, an e-mail address and the visitor's network have booked."""
    now = session.now()
    named = select(ContactPoint.customer_id).where(ContactPoint.kind == "email", ContactPoint.value == email)
    mine, theirs, near = Order.visitor_id == visitor_id, Order.customer_id.in_(named), visitors.near(Order.visitor_id, visitor_id)
    hour, day = timedelta(hours=1), timedelta(days=1)
    asked = ((mine, day), (theirs, day), (near, hour), (near, day))
    wanted: list[ColumnElement[Any]] = []
    for whose, window in asked:
        within = and_(whose, Order.created_at > now - window)
        wanted += [func.count().filter(within), func.min(Order.created_at).filter(within)]
    ahead = select(func.count()).select_from(Order).join(Booking, Booking.order_id == Order.id)
    ahead = ahead.where(Booking.state == CONFIRMED, Booking.starts_at > now, or_(mine, theirs))
    lately = select(*wanted, ahead.scalar_subquery()).where(Order.created_at > now - day)
    *pairs, lying_ahead = (await session.execute(lately)).one()
    counts = [Count(pairs[2 * at], pairs[2 * at + 1], window) for at, (_, window) in enumerate(asked)]
    return Counts(counts[0], counts[1], counts[2], counts[3], lying_ahead)


async def find_hold_and_crowd(session: Session) -> tuple[Hold | None, int, datetime | None]:
    """Return the principal's own hold, how many live ones others of the same network have, and when the first of those ends."""
    who, me = session.principal, rules.owner_of(session.principal)
    others = (Hold.expires_at > session.now(), Hold.owner != me, visitors.near(Hold.visitor_id, who.visitor_id))
    # One row, whether there is a hold of one's own or not.
    crowd = select(func.count().label("near"), func.min(Hold.expires_at).label("until")).where(*others).subquery()
    own = aliased(Hold)
    found, near, until = (
        await session.execute(select(own, crowd.c.near, crowd.c.until).select_from(crowd).outerjoin(own, own.owner == me))
    ).one()
    return found, near, until
