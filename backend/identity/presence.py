"""Whether somebody of the staff is there: everything they do here says so, and five minutes of nothing mean that nobody is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from backend.core import hints
from backend.core.db import Session
from backend.identity.models import Presence

TOPIC = "presence"
#: How long somebody counts as there after they were last seen, and how often that is written at most.
LASTS = timedelta(minutes=5)
EVERY = timedelta(minutes=1)


async def present(session: Session, staff_id: UUID) -> None:
    """Note that a member of staff is there; who was away until now is hinted at.

    A page that refreshes itself counts: it does so only while it is looked at, and for no longer than its session lasts.
    """
    now = session.now()
    # Looked at first: what is written anew locks the row, and a page asks for much at once.
    seen_at = await session.scalar(select(Presence.seen_at).where(Presence.staff_id == staff_id))
    if seen_at is not None and now - seen_at < EVERY:
        return
    new = insert(Presence).values(staff_id=staff_id, seen_at=now)
    later = {"seen_at": func.greatest(Presence.seen_at, new.excluded.seen_at)}
    await session.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_=later))
    if seen_at is None or now - seen_at >= LASTS:
        await hints.send(session, TOPIC, {})


async def leave(session: Session, staff_id: UUID) -> None:
    """Note that a member of staff has gone; whatever they do in another browser brings them back."""
    gone = await session.execute(delete(Presence).where(Presence.staff_id == staff_id).returning(Presence.staff_id))
    if gone.first() is not None:
        await hints.send(session, TOPIC, {})


async def last_seen(session: Session) -> datetime | None:
    """When somebody of the staff was last seen, whoever it was."""
    seen: datetime | None = await session.scalar(select(func.max(Presence.seen_at)))
    return seen


async def somebody_is_there(session: Session) -> bool:
    """Tell whether anybody of the staff counts as there right now."""
    seen = await last_seen(session)
    return seen is not None and session.now() - seen < LASTS
