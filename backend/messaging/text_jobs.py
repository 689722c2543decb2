"""The jobs that carry texts, and that look up what became of those whose answer was lost."""

import hashlib
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from backend.core import jobs, logs, race
from backend.core.db import Session
from backend.core.site import Site

from . import delivery, text_delivery
from .addresses import Channel, join
from .gateway import Moot, NotSent
from .gateways import text_gateway
from .models import OutboundMessage
from .text_gateway import Seen, Text, Unreachable

log = logs.get(__name__)
#: A callback tells sooner; after this the service's books are read, and what is not in them was not sent.
ASK_AFTER, SURE_AFTER = timedelta(minutes=2), timedelta(minutes=5)


async def enqueue(session: Session, row: OutboundMessage, *, at: datetime | None = None) -> None:
    """Let a text go out, after those to the same number that came before it."""
    number = hashlib.blake2b(f"{row.to}".encode(), digest_size=12).hexdigest()
    await jobs.enqueue(session, deliver, at=at, lock=f"text:{number}", message_id=row.id)


@jobs.task(queue="texts")
async def deliver(site: Site, message_id: str) -> None:
    """Try to send one text; running it again, or twice at once, sends nothing twice."""
    gateway = text_gateway(site)
    async with site.work() as session:
        taken = await text_delivery.claim(session, UUID(message_id))
    if taken is None:
        return
    await race.before("text.send")
    outcome = await gateway.send_text(taken.text, partial(_hand_over, site, taken))
    await race.before("text.settle")
    async with site.work() as session:
        again = await delivery.settle(session, taken, outcome)
        row = await session.get_one(OutboundMessage, taken.message_id)
        if again is not None:
            await enqueue(session, row, at=again)
        if isinstance(outcome, NotSent) and outcome.code == "twilio_21610":
            await text_delivery.opted_out(session, row)
    log.info(
        "text_attempted", message_id=message_id, attempt=taken.attempt, outcome=type(outcome).__name__, code=getattr(outcome, "code", None)
    )


async def _hand_over(site: Site, taken: delivery.Attempt) -> bool:
    async with site.work() as session:
        return await delivery.hand_over(session, taken)


@jobs.periodic(cron="* * * * *")
async def look_up_unknown(site: Site) -> None:
    """Find out from the service's books what became of texts whose answer was lost."""
    async with site.work() as session:
        lost = await text_delivery.list_unknown(session, older=ASK_AFTER)
        texts = {row.id: await text_delivery.write(session, row) for row in lost}
    for row in lost:
        text = texts[row.id]
        if isinstance(text, Moot) or row.handed_over_at is None:
            continue
        try:
            since = row.handed_over_at - timedelta(minutes=1)
            seen = [one async for one in text_gateway(site).list_seen(to=join(_channel(row), row.to), since=since)]
        except Unreachable:
            return
        async with site.work() as session:
            await _resolve(session, row.id, text, seen)


def _channel(row: OutboundMessage) -> Channel:
    return "whatsapp" if row.channel == "whatsapp" else "sms"


async def _resolve(session: Session, row_id: UUID, text: Text, seen: list[Seen]) -> None:
    row = await delivery.locked(session, row_id)
    if row is None or row.state != "unknown":
        return
    ids = [one.provider_id for one in seen]
    known = set(await session.scalars(select(OutboundMessage.provider_id).where(OutboundMessage.provider_id.in_(ids))))
    ours = [one for one in reversed(seen) if one.provider_id not in known]
    match = next((one for one in ours if one.body == text.body), None)
    if match is None and row.channel == "whatsapp" and ours:
        match = ours[0]  # a template's words are the service's own; rather one too few than one twice
    if match is not None:
        await text_delivery.tell(session, row.id, match.provider_id, match.status, str(match.error_code) if match.error_code else None)
    elif row.claimed_at is not None and session.now() - row.claimed_at > SURE_AFTER:
        row.move("queued", at=session.now(), error_code="never_sent")
        row.due_at = session.now()
        await enqueue(session, row)
