"""How often: fixed windows counted in Redis where there is one, else by an upsert; never in the caller's transaction: refusals count.

What a route allows (`Allowance`) is counted by the edge before it does anything else. What is only read is counted in the process
itself: a write each would cost more than the reading, and it is this process's time that is guarded.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from . import address, jobs
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


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often a route may be asked in a window: by one visitor, and by all visitors of one address, who may be a whole street.

    Turns of the assistant are bounded by the messages that cause them, and staff by nobody.
    """

    name: str
    visitor: int
    address: int
    seconds: int = 60
    #: Nothing is written: each process counts for itself.
    reading: bool = False

    def __str__(self) -> str:
        """Return it in words, for the description of the API."""
        return f"more than {self.visitor} in {self.seconds} seconds by one visitor, or {self.address} from one address"


async def spend(site: "Site", request: web.Request, allowance: Allowance) -> None:
    """Count a request against what its route allows; raises TooMany."""
    visitor = site.hooks.counted(request)
    if visitor is None:
        return
    # The address first: who invents visitors is stopped before each of them has a row.
    for who, limit in ((f"address:{address.of(request, site.settings)}", allowance.address), (f"visitor:{visitor}", allowance.visitor)):
        await hit(site, f"{allowance.name}:{who}", limit, allowance.seconds, reading=allowance.reading)


async def hit(site: "Site", key: str, limit: int, seconds: int, *, reading: bool = False) -> None:
    """Count one use of the key; raise TooMany with `retry_after` (seconds) past the limit of the window."""
    now = site.clock.now()
    start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    ends = start + timedelta(seconds=seconds)
    count = await site.counters.count(f"{key} {start.isoformat()}", seconds) if site.counters else None
    if count is None and reading:
        count = site.windows.count(key, now, ends)
    if count is None:
        count = await _count_in_database(site, key, start, ends)
    if count > limit:
        raise TooMany.until(ends, now)


class Windows:
    """Counts of one process, kept until their windows end."""

    #: Past so many keys those that are over are looked for; there are never many more.
    ROOM = 10_000

    def __init__(self) -> None:
        self._counts: dict[str, tuple[datetime, int]] = {}

    def count(self, key: str, now: datetime, ends: datetime) -> int:
        """Count one use of the key and return how many there are in the window that ends then."""
        if len(self._counts) >= self.ROOM and key not in self._counts:
            self._counts = {kept: value for kept, value in self._counts.items() if value[0] > now}
            if len(self._counts) >= self.ROOM:  # a flood: the oldest go
                self._counts = dict(list(self._counts.items())[self.ROOM // 2 :])
        before = self._counts.get(key)
        count = before[1] + 1 if before is not None and before[0] == ends else 1
        self._counts[key] = (ends, count)
        return count


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
