"""What was written while nobody could tell us: found in the provider's own list, and what was left half-read begun again."""

from datetime import timedelta

from sqlalchemy import delete, select

from backend.core import jobs, logs
from backend.core.site import Site
from backend.messaging.addresses import Channel, join, number_on, split
from backend.messaging.gateways import text_gateway
from backend.messaging.text_gateway import Seen, Unreachable
from backend.messaging.text_models import InboundText
from channels.texts import reading, webhooks

log = logs.get(__name__)
CHANNELS: tuple[Channel, ...] = ("sms", "whatsapp")
#: How far back the list is read every minute, and once an hour.
OFTEN, SELDOM = timedelta(hours=2), timedelta(hours=26)
UNREAD_AFTER = timedelta(minutes=2)
#: What was read is kept so long, to know it again.
KEPT = timedelta(days=30)


@jobs.periodic(cron="* * * * *")
async def reconcile(site: Site) -> None:
    """Let in what the provider has and we were never told of."""
    now = site.clock.now()
    since = now - (SELDOM if now.minute == 0 else OFTEN)
    for channel in CHANNELS:
        number = number_on(site.settings, channel)
        if number is None:
            continue
        try:
            seen = [one async for one in text_gateway(site).list_seen(to=join(channel, number), since=since)]
            await _let_in(site, seen)
        except Unreachable as error:
            log.warning("texts_not_reconciled", channel=channel, error=str(error))
    await _begin_again(site)


async def _let_in(site: Site, seen: list[Seen]) -> None:
    async with site.at_once() as session:
        ids = [one.provider_id for one in seen]
        known = set(await session.scalars(select(InboundText.sid).where(InboundText.sid.in_(ids))))
    # The oldest first, as they were written.
    for one in reversed(seen):
        if one.provider_id in known or split(one.sender) is None:
            continue
        form = {"MessageSid": one.provider_id, "From": one.sender, "To": one.to, "Body": one.body, "NumMedia": str(one.media)}
        if one.media:
            for number, media_id in enumerate(await text_gateway(site).list_media(one.provider_id)):
                form[f"MediaUrl{number}"] = f"/Media/{media_id}"
        async with site.work() as session:
            if await webhooks.keep(session, form, source="list"):
                log.warning("text_was_missed", sid=one.provider_id)


async def _begin_again(site: Site) -> None:
    async with site.work() as session:
        left = select(InboundText).where(InboundText.done_at.is_(None), InboundText.received_at < session.now() - UNREAD_AFTER)
        for row in (await session.scalars(left.order_by(InboundText.received_at).limit(200))).all():
            await jobs.enqueue(session, reading.read, lock=reading.queue_of(row.form["From"]), sid=row.sid)
        await session.execute(delete(InboundText).where(InboundText.done_at < session.now() - KEPT))
