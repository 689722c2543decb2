"""From an intention to an answer: every step a short transaction of its own, none open while a server is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from backend.core.db import Session

from . import caps, mime, templates
from .gateway import Letter, Moot, NotSent, Outcome, Sent, Unknown
from .models import OutboundMessage
from .smtp import domain_of

#: How long to wait after each failed attempt; when it is used up the message has failed.
WAITS = tuple(timedelta(seconds=s) for s in (30, 120, 480, 1800, 7200, 21600))
#: News older than this is no news.
TOO_LATE = timedelta(hours=24)
#: A claim this old belongs to a process that died; longer than all the gateway's time limits together.
CLAIM = timedelta(minutes=5)
#: A queued message this long overdue has lost its job.
OVERDUE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at one message."""

    message_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Claim(Attempt):
    """An attempt at a mail."""

    letter: Letter


async def claim(session: Session, message_id: UUID) -> Claim | datetime | None:
    """Take a due message and write its letter, or return when to try again because its recipient was written to often enough.

    None if somebody has it, it is finished or there is nothing to say.
    """
    row = await locked(session, message_id)
    now = session.now()
    if row is None or row.channel != "email" or row.state != "queued" or row.due_at > now:
        return None
    if now - row.created_at > TOO_LATE:
        row.move("failed", at=now, error_code="too_late")
        return None
    if (until := await caps.hold_back(session, row)) is not None:
        return until if row.state == "queued" else None
    mail = await templates.write(session, row)
    if isinstance(mail, Moot):
        row.move("moot", at=now, error_code=mail.reason)
        return None
    try:
        letter = mime.letter(
            mail, sender=session.settings.mail_from, to=row.to, name=row.name, message_id=message_id_of(session, row.id), at=row.created_at
        )
    except ValueError:
        row.move("failed", at=now, error_code="address_invalid")
        return None
    row.move("sending", at=now)
    row.attempts += 1
    row.claimed_at = now
    row.handed_over_at = None
    return Claim(row.id, row.attempts, letter)


def message_id_of(session: Session, row_id: UUID) -> str:
    """Return the Message-ID of a row: the same at every attempt, so that a mail program shows a double only once."""
    return f"{row_id}@{domain_of(session.settings.mail_from)}"


async def hand_over(session: Session, taken: Attempt) -> bool:
    """Note that the provider may have it from now on; False if the claim has been taken away meanwhile."""
    done = await session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == taken.message_id, OutboundMessage.state == "sending", OutboundMessage.attempts == taken.attempt)
        .where(OutboundMessage.handed_over_at.is_(None))
        .values(handed_over_at=session.now())
        .returning(OutboundMessage.id)
    )
    return done.scalar_one_or_none() is not None


async def settle(session: Session, taken: Attempt, outcome: Outcome) -> datetime | None:
    """Merge the answer into the row; return when to try again, if at all."""
    row = await locked(session, taken.message_id)
    if row is None or row.attempts != taken.attempt or row.state not in ("sending", "unknown"):
        return None
    now = session.now()
    match outcome:
        case Sent(provider_id):
            row.move("sent", at=now)
            row.provider_id = provider_id
        case Unknown(code):
            if row.state != "unknown":
                row.move("unknown", at=now, error_code=code)
        case NotSent(code, again) if again and row.state == "sending" and row.attempts <= len(WAITS):
            row.move("queued", at=now, error_code=code)
            row.due_at = now + WAITS[row.attempts - 1]
            return row.due_at
        case NotSent(code, _):
            row.move("failed", at=now, error_code=code)
    return None


async def finish_halfway(session: Session) -> list[OutboundMessage]:
    """Finish what a crash left half-way; return the messages that need a job."""
    now = session.now()
    stranded = await session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.state == "sending", OutboundMessage.claimed_at < now - CLAIM)
        .order_by(OutboundMessage.due_at)
        .limit(200)
        .with_for_update(skip_locked=True)
    )
    for row in stranded:
        if row.handed_over_at is not None:
            row.move("unknown", at=now, error_code="crashed_while_sending")
        else:
            # The server never got it, so trying again is safe.
            row.move("queued", at=now, error_code="crashed_before_sending")
            row.due_at = now - OVERDUE
    await session.flush()
    overdue = await session.scalars(
        select(OutboundMessage)
        .where(OutboundMessage.state == "queued", OutboundMessage.due_at <= now - OVERDUE)
        .order_by(OutboundMessage.due_at)
        .limit(200)
        .with_for_update(skip_locked=True)
    )
    found = []
    for row in overdue:
        row.due_at = now
        found.append(row)
    return found


async def locked(session: Session, message_id: UUID) -> OutboundMessage | None:
    """Return a message, held until the transaction ends."""
    return await session.get(OutboundMessage, message_id, with_for_update=True)
