"""The demo shop is believable, the same every time, and writes to nobody."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select

from backend.bookings.models import Order
from backend.core.events import EventRow
from backend.core.site import Site
from revivatech.demo import shop
from tests.conftest import Client


async def test_the_demo_shop_is_laid_out_once(site: Site, staff: Any) -> None:
    await shop.lay_out(site)
    technician: Client = await staff("technician")
    listed = await technician.json("GET", "/api/v1/orders", params={"limit": 100})
    stages = Counter(repair["stage"] for order in listed["items"] for repair in order["repairs"])
    assert len(listed["items"]) >= 40 and len(stages) >= 6 and stages["booked"] >= 3 and stages["closed"] >= 10
    times = [order["starts_at"] for order in listed["items"]]
    assert min(times) < "2026-11-01" and max(times) > "2026-11-25"
    await shop.lay_out(site)
    again = await technician.json("GET", "/api/v1/orders", params={"limit": 100})
    assert again == listed
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(EventRow)) == 0
        references = (await session.scalars(select(Order.reference).order_by(Order.created_at))).all()
    assert len(set(references)) == len(references)
