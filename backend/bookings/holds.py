"""Holding a slot while somebody makes up their mind: a row in the calendar with an end."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete

from backend.capacity import queries as capacity
from backend.capacity import service as calendar
from backend.core import config, locks
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.identity import visitors
from backend.pricing import queries as pricing

from . import crowds, queries, rules
from .config import BookingConfig
from .errors import TooManyHolds
from .models import Hold
from .work import work_of


async def hold(session: Session, quote_ids: Sequence[UUID], starts_at: datetime) -> Hold:
    """Keep a slot for ten minutes, in place of the one this owner held before; refused as a booking would be."""
    quotes = [await pricing.access_offer(session, one) for one in quote_ids]
    settings = await config.get(session, BookingConfig)
    owner = rules.owner_of(session.principal)
    visitor_id = session.principal.visitor_id
    await locks.take(session, owner, visitors.queue_of(visitor_id))
    former, near, until = await crowds.find_hold_and_crowd(session)
    if near >= settings.holds_per_network and until is not None:
        raise TooManyHolds.until(until, session.now())
    location = await capacity.get_location(session)
    made = Hold(
        id=uuid7(),
        owner=owner,
        visitor_id=visitor_id,
        quote_id=quotes[0].id,
        more_quote_ids=[quote.id for quote in quotes[1:]],
        location_id=location.id,
        starts_at=starts_at,
        expires_at=session.now() + timedelta(minutes=settings.hold_minutes),
    )
    work = await work_of(session, quotes, location)
    made.ends_at = await calendar.occupy(
        session,
        location,
        starts_at,
        work.minutes,
        skills=work.skills,
        not_before=work.not_before,
        holder_id=made.id,
        expires_at=made.expires_at,
        instead_of=former.id if former else None,
    )
    if former is not None:
        await session.delete(former)
        await session.flush()
    session.add(made)
    await session.flush()
    return made


async def let_go(session: Session, hold_id: UUID) -> None:
    """Give a held slot back before its time is over; raises HoldUnknown."""
    await locks.take(session, rules.owner_of(session.principal))
    held = await queries.access_hold(session, hold_id)
    await calendar.release(session, held.id)
    await session.delete(held)


async def forget_expired(session: Session, kept: timedelta) -> int:
    """Free the benches of expired holds and delete holds that expired longer ago than `kept`; return how many benches came free."""
    freed = await calendar.purge_expired(session)
    await session.execute(delete(Hold).where(Hold.expires_at <= session.now() - kept))
    return freed
