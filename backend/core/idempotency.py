"""One answer per Idempotency-Key: stored in the transaction that made it, refusals not remembered, kept for seven days.

An answer may hold a secret, such as the link to an order, which stands nowhere else but as a hash: answers are kept sealed.
"""

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from . import jobs, sealing
from .db import Base, Session
from .errors import BadRequest, Conflict
from .principal import SYSTEM

if TYPE_CHECKING:
    from .site import Site

KEPT = timedelta(days=7)
_PURPOSE = "revivatech idempotency 1"


class IdempotencyRow(Base):
    """The answer to one keyed request."""

    __tablename__ = "idempotency_keys"
    scope: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int | None]
    #: Sealed; in clear only in rows from before answers were.
    answer: Mapped[bytes | None]
    at: Mapped[datetime] = mapped_column(index=True)


class KeyReused(Conflict):
    """The same key came with another body."""

    code, title = "idempotency_key_reused", "This Idempotency-Key was used for a different request."


class AnswerLost(Conflict):
    """It was done, and its answer cannot be opened: the site's secret has changed since."""

    code, title = "idempotency_answer_lost", "This was done already; its answer can no longer be shown."


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
    try:
        answer = sealing.unseal(session.settings, _PURPOSE, stored.answer or b"", place=_place(scope, route, key))
    except sealing.Unopened:
        raise AnswerLost from None
    return stored.status or 200, answer


async def keep(session: Session, *, scope: str, route: str, key: str, status: int, answer: bytes) -> None:
    """Store the answer beside what it did."""
    where = (IdempotencyRow.scope == scope, IdempotencyRow.route == route, IdempotencyRow.key == key)
    sealed = sealing.seal(session.settings, _PURPOSE, answer, place=_place(scope, route, key))
    await session.execute(update(IdempotencyRow).where(*where).values(status=status, answer=sealed))


def _place(scope: str, route: str, key: str) -> str:
    return f"{scope}\n{route}\n{key}"


@jobs.periodic(cron="17 * * * *")
async def forget_old_keys(site: "Site") -> None:
    """Delete keys older than seven days."""
    async with site.work(SYSTEM) as session:
        await session.execute(delete(IdempotencyRow).where(IdempotencyRow.at < site.clock.now() - KEPT))
