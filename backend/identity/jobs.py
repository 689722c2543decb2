"""Upkeep of identity: sessions that are long over and tickets nobody used are forgotten."""

from datetime import timedelta

from sqlalchemy import delete

from backend.core import jobs
from backend.core.principal import SYSTEM
from backend.core.site import Site
from backend.identity import tickets
from backend.identity.models import StaffSession

KEPT = timedelta(days=30)


@jobs.periodic(cron="41 3 * * *")
async def forget_old_sessions(site: Site) -> None:
    """Delete sessions that ended a month ago; what was done in them stays in the audit log."""
    async with site.work(SYSTEM) as session:
        await session.execute(delete(StaffSession).where(StaffSession.expires_at < session.now() - KEPT))


@jobs.periodic(cron="*/10 * * * *")
async def forget_old_tickets(site: Site) -> None:
    """Delete tickets nobody used in time."""
    async with site.work(SYSTEM) as session:
        await tickets.forget_old(session)
