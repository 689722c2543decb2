"""The calendar in the database: holidays, closures, and the constraint that has the last word."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from backend.capacity import queries, service
from backend.capacity.errors import SlotTaken
from backend.capacity.models import Bench, Closure, Location, Occupancy
from backend.core import race
from backend.core.ids import uuid7
from backend.core.site import Site
from tests.conftest import Client, MovableClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _taken(bench: int, start: datetime = NOON, minutes: int = 60) -> Occupancy:
    return Occupancy(id=uuid7(), bench=bench, during=Range(start, start + timedelta(minutes=minutes)), holder_id=uuid4(), created_at=NOON)


async def test_the_database_refuses_two_at_one_bench(shop: Location, site: Site) -> None:
    async with site.work() as session:
        benches = await queries.list_benches(session, shop)
        session.add_all([_taken(benches[0]), _taken(benches[1]), _taken(benches[0], NOON + timedelta(hours=1))])
    with pytest.raises(IntegrityError, match="ex_occupancy_bench_during"):
        async with site.work() as session:
            session.add(_taken(benches[0], NOON + timedelta(minutes=59)))


async def test_who_comes_past_the_lock_meets_the_constraint(shop: Location, site: Site) -> None:
    """Somebody writes the calendar between the look and the insert, on every bench: the last look finds nothing and says so."""

    async def snatch() -> None:
        async with site.work() as other:
            for bench in await queries.list_benches(other, shop):
                busy = await queries.list_busy(other, [bench], NOON, NOON + timedelta(hours=1))
                if not busy:
                    other.add(_taken(bench))
                    return

    race.place("occupancy.insert", snatch)
    with pytest.raises(SlotTaken):
        async with site.work() as session:
            await service.occupy(session, shop, NOON, 45, holder_id=uuid4())
    async with site.work() as session:
        assert len(list(await session.scalars(select(Occupancy)))) == 3


async def test_an_expired_hold_is_in_nobodys_way(shop: Location, site: Site, clock: MovableClock) -> None:
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number == 1
        await service.occupy(session, shop, NOON, 45, holder_id=uuid4(), expires_at=session.now() + timedelta(minutes=10))
    with pytest.raises(SlotTaken):
        async with site.work() as session:
            await service.occupy(session, shop, NOON, 45, holder_id=uuid4())
    clock.move(minutes=11)
    async with site.work() as session:
        await service.occupy(session, shop, NOON, 45, holder_id=uuid4())


async def test_closed_days_offer_no_slots(shop: Location, site: Site, visitor: Client, quote: Any, slots: Any) -> None:
    offer = await quote(visitor)
    async with site.work() as session:
        session.add(Closure(location_id=shop.id, day=date(2026, 11, 25), reason="Moving the benches"))
    days = {slot["starts_at"][:10] for slot in await slots(visitor, offer, days=7)}
    assert days == {"2026-11-24", "2026-11-26", "2026-11-27", "2026-11-28", "2026-11-30"}
    christmas = await slots(visitor, offer, **{"from": "2026-12-25", "days": 4})
    assert christmas == [slot for slot in christmas if slot["starts_at"].startswith("2026-12-26")] == []


async def test_the_shop_says_when_it_opens(shop: Location, client: Client, clock: MovableClock) -> None:
    open_now = await client.json("GET", "/api/v1/shop")
    assert open_now["address"] == "12 Mill Street, Leeds LS1 5AB" and open_now["zone"] == "Europe/London"
    assert open_now["today"]["open_now"] and open_now["today"]["hours"] == "09:00–18:00"
    assert {row["day"]: row["hours"] for row in open_now["hours"]}["Sunday"] == "Closed"
    closed = [(row["date"], row["reason"]) for row in open_now["closed_days"]]
    assert closed[0] == ("2026-12-25", "Christmas Day") and ("2027-01-01", "New Year's Day") in closed
    assert all(date.fromisoformat(day).weekday() != 6 for day, _ in closed), "a day it never opens needs no reason"
    clock.set(datetime(2026, 12, 24, 19, tzinfo=UTC))
    after_hours = await client.json("GET", "/api/v1/shop")
    assert not after_hours["today"]["open_now"] and after_hours["today"]["opens_at"].startswith("2026-12-29T09:00")
    clock.set(datetime(2026, 12, 25, 12, tzinfo=UTC))
    christmas = await client.json("GET", "/api/v1/shop")
    assert christmas["today"]["hours"] == "Closed" and christmas["today"]["reason"] == "Christmas Day"
