"""How often: fixed windows counted in Redis where there is one, else by an upsert; never in the caller's transaction: refusals count."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from . import jobs
from .db import Base
from .errors import TooMany
from .principal import SYSTEM

if TYPE_CHECKING:
    from .site import Site


class RateWindow(Base):
    """One key's count in one window."""

    __tablename__ = "rate_windows"
    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


async def hit(site: "Site", key: str, limit: int, seconds: int) -> None:
    """Count one use of the key; raise TooMany with `retry_after` (seconds) past the limit of the window."""
    now = site.clock.now()
    start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    ends = start + timedelta(seconds=seconds)
    count = await site.counters.count(f"{key} {start.isoformat()}", seconds) if site.counters else None
    if count is None:
        count = await _count_in_database(site, key, start, ends)
    if count > limit:
        raise TooMany(retry_after=max(1, int((ends - now).total_seconds())))


async def _count_in_database(site: "Site", key: str, start: datetime, ends: datetime) -> int:
    statement = insert(RateWindow).values(key=key, window=start, count=1, ends_at=ends)
    upsert = statement.on_conflict_do_update(index_elements=["key", "window"], set_={"count": RateWindow.count + 1}).returning(
        RateWindow.count
    )
    async with site.work(SYSTEM) as session:
        return (await session.execute(upsert)).scalar_one()


@jobs.periodic(cron="*/10 * * * *")
async def forget_past_windows(site: "Site") -> None:
    """Delete windows that are over."""
    async with site.work(SYSTEM) as session:
        await session.execute(delete(RateWindow).where(RateWindow.ends_at < site.clock.now()))
