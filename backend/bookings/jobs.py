"""What runs by itself for bookings."""

from datetime import timedelta

from backend.core import jobs
from backend.core.principal import SYSTEM
from backend.core.site import Site

from . import holds, proof

#: An expired hold is remembered this long, so that booking it says "expired" and not "unknown".
REMEMBERED = timedelta(days=1)


@jobs.periodic(cron="* * * * *")
async def forget_expired_holds(site: Site) -> None:
    """Free the benches of holds that have expired."""
    async with site.work(SYSTEM) as session:
        await holds.forget_expired(session, REMEMBERED)


@jobs.periodic(cron="23 * * * *")
async def forget_old_codes(site: Site) -> None:
    """Delete codes that were asked for longer than a day ago."""
    async with site.work(SYSTEM) as session:
        await proof.forget_old(session)
