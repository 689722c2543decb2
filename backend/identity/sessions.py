"""Where staff are signed in: server-side sessions, so that ending one takes effect at the next request."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from backend.core import audit
from backend.core.db import Session
from backend.core.ids import digest, token
from backend.core.principal import Principal
from backend.identity import presence
from backend.identity.errors import SessionEnded
from backend.identity.models import ABSOLUTE_LIMIT, Staff, StaffSession
from backend.identity.roles import included

SEEN_EVERY = timedelta(minutes=1)
LONGEST = 128


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member of staff with the session they are using."""

    staff: Staff
    session: StaffSession

    @property
    def principal(self) -> Principal:
        return Principal(kind="staff", id=self.staff.id, roles=included(self.staff.role), session_id=self.session.id, name=self.staff.name)


async def begin(session: Session, staff: Staff) -> tuple[SignedIn, str]:
    """A new session for somebody who has just proved who they are, and the secret for their cookie."""
    secret = token()
    now = session.now()
    row = StaffSession(
        staff_id=staff.id,
        token_hash=digest(secret),
        csrf=token(),
        created_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE_LIMIT,
    )
    session.add(row)
    await session.flush()
    return SignedIn(staff, row), secret


async def resume(session: Session, secret: str, *, active: bool = True) -> SignedIn:
    """Who is signed in with this cookie; raises SessionEnded when it is unknown, over, revoked, or the person is disabled.

    What a page asks by itself (`active=False`) does not count as somebody being there.
    """
    if not secret or len(secret) > LONGEST or not secret.isascii():
        raise SessionEnded
    signed_in = await _load(session, StaffSession.token_hash == digest(secret))
    now = session.now()
    if signed_in is None or not signed_in.session.live(now) or signed_in.staff.disabled_at is not None:
        raise SessionEnded
    if active and now - signed_in.session.last_seen_at >= SEEN_EVERY:
        # Said outright: a request that only reads keeps no changed objects.
        await session.execute(update(StaffSession).where(StaffSession.id == signed_in.session.id).values(last_seen_at=now))
    return signed_in


async def find_live(session: Session, session_id: UUID) -> SignedIn | None:
    """Who is signed in by this session, unless it is over or the person shut out."""
    signed_in = await _load(session, StaffSession.id == session_id)
    if signed_in is None or not signed_in.session.live(session.now()) or signed_in.staff.disabled_at is not None:
        return None
    return signed_in


async def list_live(session: Session, session_ids: Collection[UUID]) -> set[UUID]:
    """Those of the sessions that are not over, of people who are not shut out."""
    both = select(StaffSession).join(Staff, Staff.id == StaffSession.staff_id)
    rows = await session.scalars(both.where(StaffSession.id.in_(session_ids), Staff.disabled_at.is_(None)))
    return {row.id for row in rows if row.live(session.now())}


async def active(session: Session, session_id: UUID) -> None:
    """Note that somebody did something in a session, as `resume` does; written once a minute at most."""
    due = StaffSession.last_seen_at <= session.now() - SEEN_EVERY
    await session.execute(update(StaffSession).where(StaffSession.id == session_id, due).values(last_seen_at=session.now()))


async def current(session: Session) -> SignedIn | None:
    """Who is signed in behind the principal of this unit of work, if it is staff."""
    if session.principal.kind != "staff" or session.principal.session_id is None:
        return None
    return await _load(session, StaffSession.id == session.principal.session_id)


async def end(session: Session, session_id: UUID) -> None:
    """Sign out of one session; a second time changes nothing."""
    ended = await session.scalar(
        update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=session.now())
        .returning(StaffSession.staff_id)
    )
    if ended is not None:
        await presence.leave(session, ended)
        await audit.record(session, "staff.signed_out", subject=ended)


async def end_all(session: Session, staff_id: UUID) -> int:
    """Sign somebody out everywhere, from the next request on; says how many sessions that were."""
    ended = await session.scalars(
        update(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=session.now())
        .returning(StaffSession.id)
    )
    count = len(ended.all())
    await presence.leave(session, staff_id)
    await audit.record(session, "staff.sessions_revoked", subject=staff_id, sessions=count)
    return count


async def _load(session: Session, condition: ColumnElement[bool]) -> SignedIn | None:
    both = select(Staff, StaffSession).join(StaffSession, StaffSession.staff_id == Staff.id)
    row = (await session.execute(both.where(condition))).one_or_none()
    return SignedIn(row[0], row[1]) if row is not None else None
