"""Proving that an order is one's own: a code goes to the address on file, and whoever types it may do what the order's link allows.

Nothing here differs between an order that exists and one that does not, except that a mail goes out later, by a job.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select

from backend.core import audit, events, keys, locks
from backend.core.db import Session
from backend.core.errors import Forbidden
from backend.core.ids import uuid7

from . import queries
from .errors import CodeExpired, CodeLocked, CodeWrong
from .events import CodeAsked
from .following import let_follow
from .models import Order, OrderCode

VALID = timedelta(minutes=10)
TRIES = 5
#: After so many wrong tries the next code has to wait this long, counted from the last one.
WAIT = timedelta(minutes=30)
KEPT = timedelta(days=1)
#: Codes a browser, and all browsers together for one order, may ask for; an hour and a day.
ASKS_AN_HOUR = 6
ASKS_FOR_AN_ORDER = (6, 15)
ASKS_AN_ADDRESS = 40


async def ask(session: Session, reference: str) -> None:
    """Have a code sent to the address on file, in place of the one before; raises CodeLocked after too many wrong tries."""
    visitor_id, wanted = _asker(session), queries.tidy_reference(reference)
    await locks.take(session, _name(visitor_id, wanted))
    last = await _newest(session, visitor_id, wanted)
    if last is not None and last.wrong >= TRIES and session.now() < last.created_at + WAIT:
        raise _locked(session, last)
    made = OrderCode(
        id=uuid7(), visitor_id=visitor_id, reference=wanted, wrong=0, created_at=session.now(), expires_at=session.now() + VALID
    )
    session.add(made)
    await session.flush()
    await events.record(session, CodeAsked(code_id=made.id))


async def write(session: Session, code_id: UUID) -> str | None:
    """Make the digits for a mail that is being written; None when the code has lapsed, was used or has a newer one."""
    row = await session.get(OrderCode, code_id, with_for_update=True)
    if row is None or row.used_at is not None or session.now() >= row.expires_at:
        return None
    newest = await _newest(session, row.visitor_id, row.reference)
    if newest is None or newest.id != row.id:
        return None
    digits = f"{secrets.randbelow(10**6):06}"
    row.code_hash = _hashed(session, row.id, digits)
    return digits


async def find_asked(session: Session, code_id: UUID) -> Order | None:
    """Return the order a code was asked for, or None where there is none."""
    row = await session.get(OrderCode, code_id)
    return await queries.find_order(session, row.reference) if row is not None else None


async def prove(session: Session, reference: str, digits: str) -> Order | CodeWrong | CodeExpired | CodeLocked:
    """Take the code and let the asking browser do what the order's link allows; refusals are returned, so that wrong tries count."""
    visitor_id, wanted = _asker(session), queries.tidy_reference(reference)
    # Tries of one browser for one order queue up: of two at once, both count, and only one can use the code.
    await locks.take(session, _name(visitor_id, wanted))
    row = await _newest(session, visitor_id, wanted)
    if row is not None and row.wrong >= TRIES and session.now() < row.created_at + WAIT:
        return _locked(session, row)
    if row is None or row.used_at is not None or row.wrong >= TRIES or session.now() >= row.expires_at:
        return CodeExpired()
    order = await queries.find_order(session, wanted)
    right = hmac.compare_digest(row.code_hash or b"", _hashed(session, row.id, digits))
    if order is None or not right:
        row.wrong += 1
        return _locked(session, row) if row.wrong >= TRIES else CodeWrong(left=TRIES - row.wrong)
    row.used_at = session.now()
    await let_follow(session, order)
    await audit.record(session, "order.proven", subject=order.id)
    return order


async def forget_old(session: Session) -> None:
    """Delete codes that have long lapsed."""
    await session.execute(delete(OrderCode).where(OrderCode.created_at < session.now() - KEPT))


async def _newest(session: Session, visitor_id: UUID, reference: str) -> OrderCode | None:
    asked = select(OrderCode).where(OrderCode.visitor_id == visitor_id, OrderCode.reference == reference)
    newest = asked.order_by(OrderCode.created_at.desc(), OrderCode.id.desc()).limit(1).with_for_update()
    return (await session.scalars(newest)).first()


def _asker(session: Session) -> UUID:
    if session.principal.visitor_id is None:
        raise Forbidden
    return session.principal.visitor_id


def _name(visitor_id: UUID, reference: str) -> str:
    return f"code:{visitor_id}:{reference}"


def _locked(session: Session, row: OrderCode) -> CodeLocked:
    return CodeLocked(retry_after=max(1, int((row.created_at + WAIT - session.now()).total_seconds())))


def _hashed(session: Session, code_id: UUID, digits: str) -> bytes:
    # Six digits are soon guessed from a plain hash; without the site's secret this one says nothing.
    return hmac.new(keys.signing_key(session.settings, "order-code"), f"{code_id}:{digits}".encode(), hashlib.sha256).digest()
