"""However many want one slot, as many get it as there are benches."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.bookings.models import Order
from backend.capacity.models import Bench, Location, Occupancy
from backend.core.principal import Principal
from backend.core.site import Site
from backend.identity import visitors
from backend.pricing import service as pricing
from tests.conftest import Client

CROWD = 100
ROUNDS = 2


async def _crowd(site: Site) -> list[tuple[str, str]]:
    """Visitors with a quote each: credentials and quote ids."""
    people = []
    async with site.work() as session:
        for _ in range(CROWD):
            visitor, credential = await visitors.open(session, None)
            session.principal = Principal("visitor", id=visitor.id, visitor_id=visitor.id)
            offer = await pricing.make_quote(session, device="apple-iphone-13", faults=["screen_cracked"], services=[], urgency="standard")
            people.append((credential, str(offer.id)))
    return people


@pytest.mark.parametrize("benches", [1, 3])
async def test_a_hundred_want_one_slot(site: Site, shop: Location, client: Client, benches: int) -> None:
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number <= benches
    for number in range(ROUNDS):
        start = datetime(2026, 11, 25, 10, tzinfo=UTC) + timedelta(days=number)
        people = await _crowd(site)

        async def want(credential: str, quote: str, start: datetime = start) -> tuple[int, str]:
            body = {
                "quote_id": quote,
                "starts_at": start.isoformat(),
                "customer": {"name": "Ben Whitaker", "email": f"{uuid4().hex}@mail.example"},
            }
            headers = {"Authorization": f"Bearer {credential}", "Idempotency-Key": str(uuid4())}
            async with client.post("/api/v1/bookings", json=body, headers=headers) as response:
                answer = await response.json()
                return response.status, answer.get("code", "")

        answers = Counter(await asyncio.gather(*(want(*person) for person in people)))
        assert answers == {(201, ""): benches, (409, "slot_taken"): CROWD - benches}
        async with site.work() as session:
            taken = await session.scalar(select(func.count()).select_from(Occupancy).where(Occupancy.during.contains(start)))
            assert taken == benches
            assert await session.scalar(select(func.count()).select_from(Order)) == benches * (number + 1)
