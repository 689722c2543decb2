"""Browsers that may speak about an order though they did not book it: they showed its link, or typed the code sent to its address."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from backend.core import audit
from backend.core.db import Session

from . import queries
from .errors import ReferenceUnknown
from .models import Order, OrderFollower, TrackingLink
from .service import touch


async def follow(session: Session, token: str) -> Order:
    """Let the asking visitor's conversation do with the order of a tracking link what the link's page does, while the link lives."""
    link = await queries.access_link(session, token)
    order = await queries.get_order(session, link.order_id)
    follower = await _follower(session, order)
    if follower is not None:
        shown = await session.get(TrackingLink, follower.token_hash) if follower.token_hash else None
        # Of several links the one that lives longest counts.
        if shown is None or shown.created_at < link.created_at:
            follower.token_hash = link.token_hash
            await audit.record(session, "order.followed", subject=order.id)
    return order


async def let_prover_follow(session: Session, order: Order) -> None:
    """Let the asking visitor, who has just proven the order, do what its link allows, for `proof_days`."""
    follower = await _follower(session, order)
    if follower is not None:
        follower.proven_at = session.now()


async def end_links(session: Session, reference: str) -> None:
    """End every link of an order, and with them what they lent; the next mail about it brings a new one. Raises ReferenceUnknown."""
    order = await queries.find_order(session, reference)
    if order is None:
        raise ReferenceUnknown
    await session.refresh(order, with_for_update=True)
    gone = await session.execute(delete(TrackingLink).where(TrackingLink.order_id == order.id).returning(TrackingLink.token_hash))
    await audit.record(session, "order.links_ended", subject=order.id, links=len(gone.all()))
    # Pages that are open ask again, and find nothing.
    await touch(session, order)


async def _follower(session: Session, order: Order) -> OrderFollower | None:
    """Return the asking visitor's row, new or old, locked; None for whoever booked the order, who needs none."""
    who = session.principal
    if who.visitor_id is None or who.visitor_id == order.visitor_id:
        return None
    new = insert(OrderFollower).values(order_id=order.id, visitor_id=who.visitor_id, created_at=session.now())
    await session.execute(new.on_conflict_do_nothing())
    return await session.get_one(OrderFollower, (order.id, who.visitor_id), with_for_update=True)
