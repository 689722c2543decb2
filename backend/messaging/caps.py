"""How often one recipient is written to because of what customers do: anybody can book, move and cancel under anybody's address.

What is past the cap waits until there is room again, and is then written from what is true: of a booking that came and went
meanwhile nothing is left to say. What cannot wait, or would have to for longer than news are news, is dropped and audited.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from backend.core import audit, config, locks, logs
from backend.core.db import Session

from .config import MailConfig
from .models import OutboundMessage

log = logs.get(__name__)
#: News of what customers did themselves, and the codes they ask for. What staff do is never counted and never held back.
Kind = Literal["news", "code"]
#: How long after it was intended a mail may wait for room.
PATIENCE: dict[Kind, timedelta] = {"news": timedelta(hours=24), "code": timedelta(0)}
#: The reason why a mail waits or was dropped.
REASON = "recipient_limit"
_GONE_OUT = ("sending", "sent", "unknown")
Caps = Sequence[tuple[int, timedelta]]


def name(kind: Kind, to: str) -> str:
    """Return under which name a mail is counted: `ada+shop@` and `ada@` are one letter box."""
    local, _, domain = to.lower().rpartition("@")
    return f"{kind}:{local.partition('+')[0] or local}@{domain}"


def full_until(gone: Sequence[datetime], caps: Caps, now: datetime) -> datetime | None:
    """Return when there is room again after mails that went out at these times, newest first; None while there is."""
    ends = [gone[limit - 1] + window for limit, window in caps if len(gone) >= limit]
    return max((end for end in ends if end > now), default=None)


async def hold_back(session: Session, row: OutboundMessage) -> datetime | None:
    """Keep a queued mail back when its recipient has had enough: return when to try again, or drop it. None lets it go out."""
    if row.counted is None:
        return None
    # Of two that are about to go out only one may be the last.
    await locks.take(session, f"mail:{row.counted}")
    kind: Kind = "code" if row.counted.startswith("code:") else "news"
    now, caps = session.now(), _caps(kind, await config.get(session, MailConfig))
    gone = select(OutboundMessage.claimed_at).where(
        OutboundMessage.counted == row.counted,
        OutboundMessage.state.in_(_GONE_OUT),
        OutboundMessage.claimed_at > now - max(window for _, window in caps),
    )
    newest = gone.order_by(OutboundMessage.claimed_at.desc()).limit(max(limit for limit, _ in caps))
    until = full_until([at for at in await session.scalars(newest) if at is not None], caps, now)
    if until is None:
        return None
    dropped = until > row.created_at + PATIENCE[kind]
    if dropped or row.held_at is None:
        did = "dropped" if dropped else "held"
        log.warning(f"mail_{did}", message_id=str(row.id), template=row.template)
        await audit.record(session, f"mail.{did}", subject=row.order_id or row.id, message=row.id, template=row.template)
    if dropped:
        row.move("failed", at=now, error_code=REASON)
        return now
    row.held_at = row.held_at or now
    row.error_code, row.due_at = REASON, until
    return until


async def is_told(session: Session, order_id: UUID | None) -> bool:
    """Tell whether any news of an order went out, or may have."""
    told = select(OutboundMessage.id).where(
        OutboundMessage.order_id == order_id, OutboundMessage.state.in_(_GONE_OUT), OutboundMessage.template != "order_code"
    )
    return await session.scalar(told.limit(1)) is not None


def _caps(kind: Kind, settings: MailConfig) -> Caps:
    hour, day = timedelta(hours=1), timedelta(days=1)
    if kind == "code":
        return (settings.codes_an_hour, hour), (settings.codes_a_day, day)
    return (settings.news_an_hour, hour), (settings.news_a_day, day)
