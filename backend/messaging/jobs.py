"""The jobs that carry mail."""

from datetime import datetime
from functools import partial
from uuid import UUID

from backend.core import jobs, logs, race
from backend.core.site import Site

from . import delivery, text_jobs
from .gateways import mail_gateway

log = logs.get(__name__)


@jobs.task(queue="mail")
async def deliver(site: Site, message_id: str) -> None:
    """Try to send one message; running it again, or twice at once, sends nothing twice."""
    # First, so that a wrong setting leaves the message queued for when it is mended.
    gateway = mail_gateway(site.settings)
    async with site.work() as session:
        taken = await delivery.claim(session, UUID(message_id))
        if isinstance(taken, datetime):
            await jobs.enqueue(session, deliver, at=taken, message_id=message_id)
    if not isinstance(taken, delivery.Claim):
        return
    await race.before("mail.send")
    outcome = await gateway.send_mail(taken.letter, partial(_hand_over, site, taken))
    await race.before("mail.settle")
    async with site.work() as session:
        again = await delivery.settle(session, taken, outcome)
        if again is not None:
            await jobs.enqueue(session, deliver, at=again, message_id=taken.message_id)
    log.info(
        "mail_attempted", message_id=message_id, attempt=taken.attempt, outcome=type(outcome).__name__, code=getattr(outcome, "code", None)
    )


async def _hand_over(site: Site, taken: delivery.Attempt) -> bool:
    async with site.work() as session:
        return await delivery.hand_over(session, taken)


@jobs.periodic(cron="* * * * *")
async def finish_halfway(site: Site) -> None:
    """Finish what a crash left half-way: sent for sure, or not sent for sure, or honestly unknown."""
    async with site.work() as session:
        for row in await delivery.finish_halfway(session):
            if row.channel == "email":
                await jobs.enqueue(session, deliver, message_id=row.id)
            else:
                await text_jobs.enqueue(session, row)
