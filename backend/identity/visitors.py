"""The visitor credential: a random token a browser keeps, by which it gets back to its own conversation."""

from datetime import timedelta

from sqlalchemy import select, update

from backend.core.db import Session
from backend.core.ids import digest, token
from backend.identity.errors import CredentialUnknown
from backend.identity.models import Visitor

PREFIX = "rv_"
LONGEST = 128
SEEN_EVERY = timedelta(minutes=5)


async def find(session: Session, credential: str) -> Visitor | None:
    """The visitor that holds this credential, or None."""
    if not credential.startswith(PREFIX) or len(credential) > LONGEST or not credential.isascii():
        return None
    found: Visitor | None = await session.scalar(select(Visitor).where(Visitor.token_hash == digest(credential)))
    # A write at every request would make rows of tables that are otherwise only read; said outright, for sessions that keep no changes.
    if found is not None and session.now() - found.last_seen_at >= SEEN_EVERY:
        await session.execute(update(Visitor).where(Visitor.id == found.id).values(last_seen_at=session.now()))
    return found


async def get(session: Session, credential: str) -> Visitor:
    """The visitor that holds this credential; raises CredentialUnknown, never a new visitor in its place."""
    found = await find(session, credential)
    if found is None:
        raise CredentialUnknown
    return found


async def open(session: Session, credential: str | None) -> tuple[Visitor, str]:  # noqa: A001 read as visitors.open
    """The visitor behind a credential, or a new one when there is none; raises CredentialUnknown for a wrong one."""
    if credential is not None:
        return await get(session, credential), credential
    secret = PREFIX + token()
    now = session.now()
    visitor = Visitor(token_hash=digest(secret), created_at=now, last_seen_at=now)
    session.add(visitor)
    await session.flush()
    return visitor, secret
