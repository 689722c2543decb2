"""The visitor credential: a random token a browser keeps, by which it gets back to its own conversation."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select, update

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


async def open(  # noqa: A001 read as visitors.open
    session: Session, credential: str | None, *, network: bytes | None = None
) -> tuple[Visitor, str]:
    """The visitor behind a credential, or a new one, of this network, when there is none; raises CredentialUnknown for a wrong one."""
    if credential is not None:
        return await get(session, credential), credential
    secret = PREFIX + token()
    now = session.now()
    visitor = Visitor(token_hash=digest(secret), network=network, created_at=now, last_seen_at=now)
    session.add(visitor)
    await session.flush()
    return visitor, secret


def network_of(visitor_id: UUID | None) -> ColumnElement[bytes | None]:
    """The network of a visitor, for use in a statement; null when it is not known."""
    return select(Visitor.network).where(Visitor.id == visitor_id).scalar_subquery()


def near(column: SQLColumnExpression[Any], visitor_id: UUID | None) -> ColumnElement[bool]:
    """Whether the visitor a column names came from the same network as this one; of an unknown network nobody is near."""
    return select(Visitor.id).where(Visitor.id == column, Visitor.network == network_of(visitor_id)).exists()


def queue_of(visitor_id: UUID | None) -> ColumnElement[str | None]:
    """The name under which those queue up who count what the visitor's network has; null when that is not known, and nobody waits."""
    return "network:" + func.encode(network_of(visitor_id), "hex")
