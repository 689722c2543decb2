"""Whether somebody of the staff is there: everything they do here says so, and five minutes of nothing mean that nobody is.

Whoever has the desk open is asked every few seconds, and is gone from it within a minute of not answering.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.core import hints
from backend.core.db import Session
from backend.identity.models import Presence, StaffSession

TOPIC = "presence"
#: How long somebody counts as there after they were last seen, and how often that is written at most.
LASTS = timedelta(minutes=5)
EVERY = timedelta(minutes=1)
#: How long a desk may be silent; with the pause between two questions and between two looks it makes a minute.
DESK_LASTS = timedelta(seconds=53)
Status = Literal["here", "away", "gone"]


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
    back = seen_at is None or now - seen_at >= LASTS
    later = {"seen_at": func.greatest(Presence.seen_at, new.excluded.seen_at), **({"away": False} if back else {})}
    await session.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_=later))
    if back:
        await hints.send(session, TOPIC, {})


async def come(session: Session, staff_id: UUID) -> None:
    """Note that somebody has opened the desk."""
    now = session.now()
    before = await session.get(Presence, staff_id)
    new = insert(Presence).values(staff_id=staff_id, seen_at=now, desk_at=now)
    again: dict[str, object] = {"seen_at": now, "desk_at": now}
    if before is not None and status(before, now) == "gone":
        again["away"] = False
    await session.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_=again))
    await hints.send(session, TOPIC, {})


async def answered(session: Session, desks: Mapping[UUID, datetime]) -> None:
    """Note when desks last answered; of somebody who is signed in nowhere any more nothing is noted."""
    for staff_id, at in sorted(desks.items()):
        signed_in = exists().where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
        row = select(literal(staff_id), literal(at), literal(at)).where(signed_in)
        new = insert(Presence).from_select(["staff_id", "seen_at", "desk_at"], row)
        later = {name: func.greatest(getattr(Presence, name), new.excluded[name]) for name in ("seen_at", "desk_at")}
        await session.execute(new.on_conflict_do_update(index_elements=["staff_id"], set_=later))
    # Who signed out while this waited for their row was put back by it: a new look takes them away again.
    still = exists().where(StaffSession.staff_id == Presence.staff_id, StaffSession.revoked_at.is_(None))
    await session.execute(delete(Presence).where(Presence.staff_id.in_(desks.keys()), ~still))


async def turn(session: Session, staff_id: UUID, *, away: bool) -> None:
    """Note that somebody is not to be counted on just now, or is again."""
    turned = update(Presence).where(Presence.staff_id == staff_id, Presence.away.is_not(away)).values(away=away)
    if (await session.execute(turned.returning(Presence.staff_id))).first() is not None:
        await hints.send(session, TOPIC, {})


async def take_up(session: Session, staff_id: UUID) -> None:
    """Note that somebody takes work on: whoever has closed the desk does so without it, and counts as there for as long as that lasts."""
    now = session.now()
    new = insert(Presence).values(staff_id=staff_id, seen_at=now)
    closed = Presence.desk_at <= now - DESK_LASTS
    await session.execute(new.on_conflict_do_nothing())
    await session.execute(update(Presence).where(Presence.staff_id == staff_id, closed).values(desk_at=None, seen_at=now))


def status(seen: Presence | None, now: datetime) -> Status:
    """How somebody counts right now; what `is_lost` asks of the database."""
    if seen is None or (now - seen.desk_at >= DESK_LASTS if seen.desk_at is not None else now - seen.seen_at >= LASTS):
        return "gone"
    return "away" if seen.away else "here"


def is_lost(now: datetime) -> ColumnElement[bool]:
    """Whether whoever a statement has joined with their presence is gone."""
    desk_silent = Presence.desk_at <= now - DESK_LASTS
    unseen = Presence.desk_at.is_(None) & (Presence.seen_at <= now - LASTS)
    return or_(Presence.staff_id.is_(None), desk_silent, unseen)


async def leave(session: Session, staff_id: UUID) -> None:
    """Note that a member of staff has gone; whatever they do in another browser brings them back."""
    gone = await session.execute(delete(Presence).where(Presence.staff_id == staff_id).returning(Presence.staff_id))
    if gone.first() is not None:
        await hints.send(session, TOPIC, {})


async def last_seen(session: Session) -> datetime | None:
    """When somebody of the staff was last seen, whoever it was of those who have not turned away."""
    seen: datetime | None = await session.scalar(select(func.max(Presence.seen_at)).where(~Presence.away))
    return seen


async def somebody_is_there(session: Session) -> bool:
    """Tell whether anybody of the staff counts as there right now."""
    seen = await last_seen(session)
    return seen is not None and session.now() - seen < LASTS
