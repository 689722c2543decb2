"""Texts on their way out: who may be written to decides when it goes, and what its service says of it afterwards is kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.core import logs
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.core.settings import SANDBOX_ACCOUNT, Settings

from . import delivery, text_jobs, text_rules
from .addresses import Channel, number_on
from .contents import CONTENTS
from .delivery import Attempt
from .gateway import Moot
from .models import OutboundMessage
from .text_gateway import Text
from .text_models import TextAddress

log = logs.get(__name__)
TEXTS: tuple[Channel, ...] = ("sms", "whatsapp")
#: Answers to STOP go out although the number has just opted out.
CONFIRMS = "opt_out_reply"
_EXCERPT = 200
Writer = Callable[[Session, OutboundMessage], Awaitable[Text | Moot]]
_WRITERS: dict[str, Writer] = {}


def writes(template: str) -> Callable[[Writer], Writer]:
    """Register who writes the texts of a template."""

    def register(writer: Writer) -> Writer:
        if _WRITERS.setdefault(template, writer) is not writer:
            raise RuntimeError(f"two writers for {template}")
        return writer

    return register


@dataclass(frozen=True, slots=True)
class TextClaim(Attempt):
    """An attempt at a text."""

    text: Text


async def queue(
    session: Session, *, channel: Channel, to: str, template: str, dedupe: str, context: dict[str, Any], conversation_id: UUID | None = None
) -> UUID | None:
    """Intend one text; it goes out after the commit. None if the same intention (`dedupe`) stands already."""
    now = session.now()
    values = {"channel": channel, "to": to, "name": "", "template": template, "dedupe": dedupe, "context": context}
    new = insert(OutboundMessage).values(
        id=uuid7(), **values, conversation_id=conversation_id, state="queued", attempts=0, created_at=now, due_at=now
    )
    stored = await session.scalar(new.on_conflict_do_nothing(index_elements=["dedupe"]).returning(OutboundMessage.id))
    if stored is not None:
        await text_jobs.enqueue(session, await session.get_one(OutboundMessage, stored))
    return stored


async def claim(session: Session, message_id: UUID) -> TextClaim | None:
    """Take a due text and write it; None if somebody has it, it is finished, there is nothing to say or it may not be said."""
    row = await delivery.locked(session, message_id)
    now = session.now()
    if row is None or row.channel not in TEXTS or row.state != "queued" or row.due_at > now:
        return None
    if now - row.created_at > delivery.TOO_LATE:
        row.move("failed", at=now, error_code="too_late")
        return None
    text = await write(session, row)
    if not isinstance(text, Moot):
        text = await _allowed(session, row, text)
    if isinstance(text, Moot):
        row.move("moot" if text.reason.startswith("no_") else "failed", at=now, error_code=text.reason)
        return None
    row.channel = text.channel
    row.move("sending", at=now)
    row.attempts += 1
    row.claimed_at = now
    row.handed_over_at = None
    return TextClaim(row.id, row.attempts, text)


async def write(session: Session, row: OutboundMessage) -> Text | Moot:
    """Write the text of a row."""
    writer = _WRITERS.get(row.template)
    return Moot("no_such_template") if writer is None else await writer(session, row)


async def opted_out(session: Session, row: OutboundMessage) -> None:
    """Remember that the service says this number wants nothing from us any more."""
    row_values = {"channel": row.channel, "number": row.to, "created_at": session.now(), "opted_out_at": session.now(), "carried_seq": 0}
    new = insert(TextAddress).values(**row_values)
    await session.execute(new.on_conflict_do_update(index_elements=["channel", "number"], set_={"opted_out_at": session.now()}))


async def tell(session: Session, message_id: UUID | None, provider_id: str, status: str, error_code: str | None) -> OutboundMessage | None:
    """Merge what the service says of a text; return the row if that is news."""
    row = await delivery.locked(session, message_id) if message_id is not None else None
    if row is None:
        found = select(OutboundMessage).where(OutboundMessage.provider_id == provider_id, OutboundMessage.channel.in_(TEXTS))
        row = (await session.scalars(found.limit(1).with_for_update())).one_or_none()
    if row is None or row.channel not in TEXTS or (row.provider_id or provider_id) != provider_id:
        log.warning("text_status_of_nothing", provider_id=provider_id)
        return None
    row.provider_id = provider_id
    if row.state == "unknown":
        row.move("sent", at=session.now())
    news = text_rules.further(row.receipt, status)
    if news is None:
        return None
    row.receipt = news
    if news in ("failed", "undelivered"):
        row.error_code = f"twilio_{error_code}" if error_code else news
        if error_code == "63016":
            # Our clock and WhatsApp's disagreed: the words go by SMS instead.
            await _instead(session, row)
    return row


async def find_address(session: Session, channel: str, number: str) -> TextAddress | None:
    """The number on a channel, if we know it."""
    return await session.get(TextAddress, (channel, number))


def content_sid(settings: Settings, name: str) -> str | None:
    """Return the id under which a template of WhatsApp's is approved, if it is."""
    if settings.twilio_account_sid == SANDBOX_ACCOUNT and name in CONTENTS:
        return CONTENTS[name].sandbox_sid
    return settings.twilio_contents.get(name)


async def _allowed(session: Session, row: OutboundMessage, text: Text) -> Text | Moot:
    address = await find_address(session, text.channel, text.to)
    if address is not None and address.opted_out_at is not None and row.template != CONFIRMS:
        return Moot("opted_out")
    if text.channel == "sms" or text.content_sid or text_rules.window_open(address.heard_at if address else None, session.now()):
        return text
    if row.context.get("piece"):
        return Moot("no_window")  # the first piece has said that there is more to read
    if sid := content_sid(session.settings, "answer_waiting"):
        excerpt = " ".join(text.body.split())
        excerpt = excerpt if len(excerpt) <= _EXCERPT else f"{excerpt[: _EXCERPT - 1]}…"
        return replace(text, body="", media=(), content_sid=sid, variables={"1": excerpt})
    other = await find_address(session, "sms", text.to)
    if number_on(session.settings, "sms") is None or (other is not None and other.opted_out_at is not None):
        return Moot("window_closed")
    return replace(text, channel="sms", media=())


async def _instead(session: Session, row: OutboundMessage) -> None:
    if row.channel == "whatsapp" and number_on(session.settings, "sms") is not None:
        await queue(
            session,
            channel="sms",
            to=row.to,
            template=row.template,
            dedupe=f"{row.dedupe}:sms",
            context={**row.context, "channel": "sms"},
            conversation_id=row.conversation_id,
        )


async def list_unknown(session: Session, *, older: timedelta) -> list[OutboundMessage]:
    """Texts of which nobody knows whether they were sent, and that have waited for a callback for so long."""
    where = (OutboundMessage.state == "unknown", OutboundMessage.channel.in_(TEXTS), OutboundMessage.claimed_at < session.now() - older)
    return list(await session.scalars(select(OutboundMessage).where(*where).order_by(OutboundMessage.claimed_at).limit(100)))
