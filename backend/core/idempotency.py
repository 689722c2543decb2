"""One answer per Idempotency-Key: stored in the transaction that made it, refusals not remembered, kept for seven days."""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from . import jobs
from .db import Base, Session
from .errors import BadRequest, Conflict
from .principal import SYSTEM

if TYPE_CHECKING:
    from .site import Site

KEPT = timedelta(days=7)


class IdempotencyRow(Base):
    """The answer to one keyed request."""

    __tablename__ = "idempotency_keys"
    scope: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int | None]
    answer: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(index=True)


class KeyReused(Conflict):
    """The same key came with another body."""

    code, title = "idempotency_key_reused", "This Idempotency-Key was used for a different request."


class KeyInvalid(BadRequest):
    """The key is missing or not a plausible key."""

    code, title = "idempotency_key_invalid", "Send an Idempotency-Key of 8 to 200 visible characters."


def check(key: str) -> None:
    """Refuse what cannot be a key."""
    if not 8 <= len(key) <= 200 or not key.isascii() or not key.isprintable():
        raise KeyInvalid


async def claim(session: Session, *, scope: str, route: str, key: str, body: bytes) -> tuple[int, bytes] | None:
    """Claim the key for this transaction, or return the stored status and answer; waits while another transaction holds it."""
    hashed = hashlib.sha256(body).digest()
    row = insert(IdempotencyRow).values(scope=scope, route=route, key=key, body_hash=hashed, at=session.now())
    claimed = await session.execute(row.on_conflict_do_nothing().returning(IdempotencyRow.key))
    if claimed.first():
        return None
    where = (IdempotencyRow.scope == scope, IdempotencyRow.route == route, IdempotencyRow.key == key)
    stored = (await session.scalars(select(IdempotencyRow).where(*where))).one()
    if stored.body_hash != hashed:
        raise KeyReused
    return stored.status or 200, stored.answer or b""


async def keep(session: Session, *, scope: str, route: str, key: str, status: int, answer: bytes) -> None:
    """Store the answer beside what it did."""
    where = (IdempotencyRow.scope == scope, IdempotencyRow.route == route, IdempotencyRow.key == key)
    await session.execute(update(IdempotencyRow).where(*where).values(status=status, answer=answer))


@jobs.periodic(cron="17 * * * *")
async def forget_old_keys(site: "Site") -> None:
    """Delete keys older than seven days."""
    async with site.work(SYSTEM) as session:
        await session.execute(delete(IdempotencyRow).where(IdempotencyRow.at < site.clock.now() - KEPT))
