"""Proving that an order is one's own: a code goes to the address on file, and whoever types it may do what the order's link allows.

Nothing here differs between an order that exists and one that does not, except that a mail goes out later, by a job.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, literal, select

from backend.core import audit, events, keys, locks
from backend.core.db import Session
from backend.core.errors import Forbidden, TooMany
from backend.core.ids import uuid7
from backend.identity import visitors

from . import queries, tries
from .errors import CodeExpired, CodeLocked, CodeWrong
from .events import CodeAsked
from .following import let_prover_follow
from .models import Order, OrderCode
from .tries import DAY, Asked

VALID = timedelta(minutes=10)
KEPT = DAY
#: Codes a browser, and an address, may ask for in an hour, whatever orders they are for.
ASKS_AN_HOUR = 6
ASKS_AN_ADDRESS = 40


async def ask(session: Session, reference: str) -> None:
    """Have a code sent to the address on file, in place of the one before; raises CodeLocked after too many wrong ones, TooMany."""
    visitor_id, wanted = _asker(session), queries.tidy_reference(reference)
    await locks.take(session, _name(wanted))
    asked, home = await _of_a_day(session, wanted, await queries.find_order(session, wanted))
    if (until := tries.next_try_at(asked, session.now(), home=home)) is not None:
        raise CodeLocked.until(until, session.now())
    if (until := tries.next_code_at(asked, session.now(), home=home)) is not None:
        raise TooMany.until(until, session.now())
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
    # Tries for one order queue up: of two at once, both count, and only one can use the code.
    await locks.take(session, _name(wanted))
    order = await queries.find_order(session, wanted)
    asked, home = await _of_a_day(session, wanted, order)
    if (until := tries.next_try_at(asked, session.now(), home=home)) is not None:
        return CodeLocked.until(until, session.now())
    row = await _newest(session, visitor_id, wanted)
    if row is None or row.used_at is not None or row.wrong >= tries.TRIES or session.now() >= row.expires_at:
        return CodeExpired()
    right = hmac.compare_digest(row.code_hash or b"", _hashed(session, row.id, digits))
    if order is None or not right:
        row.wrong += 1
        await session.flush()
        asked, home = await _of_a_day(session, wanted, order)
        if (until := tries.next_try_at(asked, session.now(), home=home)) is not None:
            return CodeLocked.until(until, session.now())
        return CodeWrong(left=tries.TRIES - row.wrong)
    row.used_at = session.now()
    await let_prover_follow(session, order)
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


def _name(reference: str) -> str:
    return f"code:{reference}"


async def _of_a_day(session: Session, reference: str, order: Order | None) -> tuple[list[Asked], bool]:
    """Return the codes asked for a reference within a day, and whether the asker is where the order was booked."""
    me = session.principal.visitor_id
    booker = order.visitor_id if order is not None else None
    near, home = visitors.near(OrderCode.visitor_id, me), visitors.near(OrderCode.visitor_id, booker)
    found = select(OrderCode.created_at, OrderCode.wrong, OrderCode.visitor_id == me, near, home)
    rows = await session.execute(found.where(OrderCode.reference == reference, OrderCode.created_at > session.now() - DAY))
    at_home = await session.scalar(select(visitors.near(literal(me), booker)))
    return [Asked(*row) for row in rows], bool(at_home)


def _hashed(session: Session, code_id: UUID, digits: str) -> bytes:
    # Six digits are soon guessed from a plain hash; without the site's secret this one says nothing.
    return hmac.new(keys.signing_key(session.settings, "order-code"), f"{code_id}:{digits}".encode(), hashlib.sha256).digest()
