"""However many want one slot, as many get it as there are benches."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.bookings.models import Order
from backend.capacity.models import Bench, Location, Occupancy, Shift, Technician
from backend.core.db import Session
from backend.core.principal import Principal
from backend.core.site import Site
from backend.identity import visitors
from backend.identity.staff import create_staff
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


async def _roster(session: Session, shop: Location, people: int) -> None:
    for number in range(people):
        person = await create_staff(session, email=f"t{number}@example.com", name="T", role="technician", password="maple-teacup-orbit")
        one = Technician(staff_id=person.id, location_id=shop.id, skills=["screens"], active=True)
        session.add(one)
        await session.flush()
        session.add_all(Shift(technician=one.number, weekday=day, begins=time(9), ends=time(18)) for day in range(7))


@pytest.mark.parametrize(("benches", "people"), [(1, 0), (3, 0), (3, 1), (1, 3)])
async def test_a_hundred_want_one_slot(site: Site, shop: Location, client: Client, benches: int, people: int) -> None:
    """As many get it as there are benches, or people to work at them if a roster is kept."""
    capacity = min(benches, people) if people else benches
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number <= benches
        await _roster(session, shop, people)
    for number in range(ROUNDS):
        start = datetime(2026, 11, 25, 10, tzinfo=UTC) + timedelta(days=number)
        crowd = await _crowd(site)

        async def want(credential: str, quote: str, start: datetime = start) -> tuple[int, str]:
            body = {
                "quote_id": quote,
                "starts_at": start.isoformat(),
                "customer": {"name": "Ben Whitaker", "email": f"{uuid4().hex}@mail.example"},
            }
            headers = {"Authorization": f"Bearer {credential}", "Idempotency-Key": str(uuid4())}
            while True:
                async with client.post("/api/v1/bookings", json=body, headers=headers) as response:
                    answer = await response.json()
                # A crowd beyond what the connections of a busy machine carry is asked to come again, and does so under the same key.
                if response.status != 503:
                    return response.status, answer.get("code", "")
                await asyncio.sleep(0.5)

        answers = Counter(await asyncio.gather(*(want(*person) for person in crowd)))
        assert answers == {(201, ""): capacity, (409, "slot_taken"): CROWD - capacity}
        async with site.work() as session:
            taken = await session.scalar(select(func.count()).select_from(Occupancy).where(Occupancy.during.contains(start)))
            assert taken == capacity
            assert await session.scalar(select(func.count()).select_from(Order)) == capacity * (number + 1)
