"""Browsers that may speak about an order though they did not book it: they showed its link, or typed the code sent to its address."""

from sqlalchemy.dialects.postgresql import insert

from backend.core import audit
from backend.core.db import Session

from . import queries
from .models import Order, OrderFollower


async def follow(session: Session, token: str) -> Order:
    """Let the asking visitor's conversation do with the order of a tracking link what the link's page does."""
    order = await queries.access_tracked_order(session, token)
    await let_follow(session, order)
    return order


async def let_follow(session: Session, order: Order) -> None:
    """Let the asking visitor do what the order's link allows; whoever booked it may anyway."""
    who = session.principal
    if who.visitor_id is None or who.visitor_id == order.visitor_id:
        return
    new = insert(OrderFollower).values(order_id=order.id, visitor_id=who.visitor_id, created_at=session.now())
    made = await session.execute(new.on_conflict_do_nothing().returning(OrderFollower.order_id))
    if made.first() is not None:
        await audit.record(session, "order.followed", subject=order.id)
