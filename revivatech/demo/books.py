"""The price books of the year: what the files say today, and what labour and parts came to before."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from backend.core.db import Session
from backend.devices import files as catalogue_files
from backend.devices.service import publish_catalogue
from backend.pricing import book
from backend.pricing.files import PriceFiles, read
from backend.pricing.models import PriceBook
from revivatech.demo.clock import standing_at

#: Books: how many days ago each came, the share of today's price that an hour and the check cost then, and the years its parts lag behind.
Past = tuple[tuple[int, Decimal, int], ...]
#: Before the year and in its course, or today's all along.
YEARS: Past = ((400, Decimal("0.90"), 1), (232, Decimal("0.95"), 0))
SAME: Past = ((400, Decimal(1), 0),)
_ROUND = 50


async def publish(session: Session, *, past: Past) -> None:
    """Publish catalogue and prices as the files say; where no book was ever published, first those of the past."""
    devices, today, now = catalogue_files.read(), read(), session.now()
    if await session.scalar(select(PriceBook.version).limit(1)) is None:
        for days, share, lag in past:
            with standing_at(session.site, now - timedelta(days=days)):
                await publish_catalogue(session, devices)
                await book.publish(session, earlier(today, share, lag) if share < 1 else today)
    await publish_catalogue(session, devices)
    await book.publish(session, today)


def earlier(files: PriceFiles, share: Decimal, lag: int) -> PriceFiles:
    """Return price files as they were when an hour cost a share of today's price."""

    def then(prices: Mapping[str, int]) -> dict[str, int]:
        return {kind: int(amount * share / _ROUND) * _ROUND for kind, amount in prices.items()}

    rates = files.rates.model_copy(update={name: then(getattr(files.rates, name)) for name in ("labour_per_hour", "bench_fee")})
    factors = files.tables.factors.model_copy(update={"priced_in": files.tables.factors.priced_in - lag})
    tables = files.tables.model_copy(update={"factors": factors})
    digest = hashlib.sha256(f"{files.digest}:{share}:{lag}".encode()).hexdigest()
    return files.model_copy(update={"rates": rates, "tables": tables, "digest": digest})
