"""Taking and giving back benches and people; the only writer of what is taken."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg.errors
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from backend.core import locks, race
from backend.core.db import Session
from backend.core.ids import uuid7

from . import queries, rules
from .errors import SlotNotOffered, SlotPast, SlotTaken
from .models import Location, Occupancy


async def occupy(
    session: Session,
    location: Location,
    start: datetime,
    work_minutes: int,
    *,
    holder_id: UUID,
    skills: frozenset[str] = frozenset(),
    not_before: date | None = None,
    expires_at: datetime | None = None,
    instead_of: UUID | None = None,
) -> datetime:
    """Take a bench and somebody with the skills, and return when it ends; raises SlotPast, SlotNotOffered or SlotTaken.

    `instead_of` gives back what another holder of the same owner has, in the same transaction.
    """
    terms = await queries.get_terms(session)
    verdict = rules.judge(terms, start, session.now())
    if verdict == "past":
        raise SlotPast
    if verdict == "not_offered":
        raise SlotNotOffered
    length = await queries.appointment_length(session, work_minutes)
    day = start.astimezone(ZoneInfo(location.zone)).date()
    calendar = await queries.get_calendar(session, location, [day])
    if not rules.on_grid(calendar, terms, start, length) or (not_before is not None and day < not_before):
        raise SlotNotOffered
    end = start + length
    during = Range(start, end + terms.buffer)
    former = [instead_of] if instead_of else []
    room = await queries.get_room(session, location, calendar, [day], but=former)
    if not rules.place(room, terms, start, end, skills):
        raise SlotTaken  # without queueing up for a time that is gone
    # Concurrent inserts into an exclusion constraint may deadlock: takers of one day queue up. The constraint still has the last word.
    await locks.take(session, f"day:{location.id}:{day.isoformat()}")
    if instead_of is not None:
        await release(session, instead_of)
    await _purge(session, during)
    for _ in range(len(room.benches) + len(room.crew or ())):
        room = await queries.look_again(session, room, during)
        found = rules.place(room, terms, start, end, skills)
        if found is None:
            raise SlotTaken
        await race.before("occupancy.insert")
        row = Occupancy(
            id=uuid7(),
            bench=found.bench,
            technician=found.technician,
            during=during,
            holder_id=holder_id,
            expires_at=expires_at,
            created_at=session.now(),
        )
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError as error:
            if not isinstance(error.orig, psycopg.errors.ExclusionViolation):
                raise
            continue
        return end
    raise SlotTaken


async def settle(session: Session, hold_id: UUID, holder_id: UUID) -> bool:
    """Turn a live hold's place into the holder's for good; False when the hold has expired (compare-and-set)."""
    statement = update(Occupancy).where(Occupancy.holder_id == hold_id, Occupancy.expires_at > session.now())
    await race.before("occupancy.settle")
    changed = await session.execute(statement.values(holder_id=holder_id, expires_at=None).returning(Occupancy.id))
    return changed.first() is not None


async def release(session: Session, holder_id: UUID) -> bool:
    """Give a holder's place back; False when it had none."""
    gone = await session.execute(delete(Occupancy).where(Occupancy.holder_id == holder_id).returning(Occupancy.id))
    return gone.first() is not None


async def purge_expired(session: Session) -> int:
    """Delete the occupancy of holds that have expired and return how many went."""
    gone = await session.execute(delete(Occupancy).where(Occupancy.expires_at <= session.now()).returning(Occupancy.id))
    return len(gone.all())


async def _purge(session: Session, during: Range[datetime]) -> None:
    expired = delete(Occupancy).where(Occupancy.expires_at <= session.now(), Occupancy.during.overlaps(during))
    await session.execute(expired)
