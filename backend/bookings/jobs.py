"""What runs by itself for bookings."""

from datetime import timedelta

from backend.core import jobs
from backend.core.principal import SYSTEM
from backend.core.site import Site

from . import holds

#: An expired hold is remembered this long, so that booking it says "expired" and not "unknown".
REMEMBERED = timedelta(days=1)


@jobs.periodic(cron="* * * * *")
async def forget_expired_holds(site: Site) -> None:
    """Free the benches of holds that have expired."""
    async with site.work(SYSTEM) as session:
        await holds.forget_expired(session, REMEMBERED)
