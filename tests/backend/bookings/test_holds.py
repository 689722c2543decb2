"""A held time is kept for ten minutes, for one owner, and then free again."""

import asyncio
from typing import Any

from sqlalchemy import func, select

from backend.bookings.jobs import forget_expired_holds
from backend.bookings.models import Hold
from backend.capacity.models import Bench, Location, Occupancy
from backend.core import race
from backend.core.site import Site
from tests.backend.conftest import WHO
from tests.conftest import Client, MovableClock


async def _one_bench(site: Site) -> None:
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number == 1


async def _other(client: Client) -> Client:
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    return Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"})


async def test_a_hold_keeps_the_time_from_others_and_not_from_its_owner(
    visitor: Client, client: Client, quote: Any, slots: Any, site: Site, shop: Location
) -> None:
    await _one_bench(site)
    offer = await quote(visitor)
    first, second = [slot["starts_at"] for slot in await slots(visitor, offer, limit=5)][0:4:3]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": first})
    assert held["label"].startswith("Tue 24 Nov, ")
    async with await _other(client) as other:
        theirs = await quote(other)
        assert first not in [slot["starts_at"] for slot in await slots(other, theirs)]
        refused = await other.json("POST", "/api/v1/holds", status=409, json={"quote_id": theirs["id"], "starts_at": first})
        assert refused["code"] == "slot_taken"
        assert (await other.json("DELETE", f"/api/v1/holds/{held['id']}", status=404))["code"] == "hold_unknown"
        assert first in [slot["starts_at"] for slot in await slots(visitor, offer)]
        # The second hold takes the first one's place.
        await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": second})
        await other.json("POST", "/api/v1/holds", status=201, json={"quote_id": theirs["id"], "starts_at": first})
        # A hold that cannot be had leaves the one before as it was.
        await visitor.json("POST", "/api/v1/holds", status=409, json={"quote_id": offer["id"], "starts_at": first})
        assert second not in [slot["starts_at"] for slot in await slots(other, theirs)]
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Hold)) == 2


async def test_a_held_time_is_booked_without_asking_the_calendar_again(visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json={"hold_id": held["id"], "customer": WHO})
    assert booked["starts_at"] == start
    async with site.work() as session:
        assert (await session.scalars(select(Occupancy.expires_at))).all() == [None]
        assert await session.scalar(select(func.count()).select_from(Hold)) == 0
    again = await visitor.json("POST", "/api/v1/bookings", status=404, json={"hold_id": held["id"], "customer": WHO})
    assert again["code"] == "hold_unknown"


async def test_an_expired_hold_says_so_and_is_in_nobodys_way(
    visitor: Client, client: Client, quote: Any, slots: Any, site: Site, clock: MovableClock, shop: Location
) -> None:
    await _one_bench(site)
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[2]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})
    clock.move(minutes=10, seconds=1)
    refused = await visitor.json("POST", "/api/v1/bookings", status=410, json={"hold_id": held["id"], "customer": WHO})
    assert refused["code"] == "hold_expired"
    async with await _other(client) as other:
        theirs = await quote(other)
        assert start in [slot["starts_at"] for slot in await slots(other, theirs)]
        await other.json("POST", "/api/v1/bookings", status=201, json={"quote_id": theirs["id"], "starts_at": start, "customer": WHO})
    refused = await visitor.json("POST", "/api/v1/bookings", status=410, json={"hold_id": held["id"], "customer": WHO})
    assert refused["code"] == "hold_expired"


async def test_letting_go(visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})
    await visitor.json("DELETE", f"/api/v1/holds/{held['id']}", status=204)
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Occupancy)) == 0
    assert (await visitor.json("DELETE", f"/api/v1/holds/{held['id']}", status=404))["code"] == "hold_unknown"


async def test_the_minute_job_tidies_up(visitor: Client, quote: Any, slots: Any, site: Site, clock: MovableClock) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})

    async def left() -> tuple[int, int]:
        await forget_expired_holds.work(site)
        async with site.work() as session:
            counted = [await session.scalar(select(func.count()).select_from(table)) or 0 for table in (Occupancy, Hold)]
        return counted[0], counted[1]

    assert await left() == (1, 1)
    clock.move(minutes=11)
    assert await left() == (0, 1)
    clock.move(days=1, minutes=1)
    assert await left() == (0, 0)


async def test_a_hold_that_expires_while_it_is_booked_is_expired(
    visitor: Client, quote: Any, slots: Any, site: Site, clock: MovableClock
) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[3]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})

    async def somebody_tidies_up() -> None:
        clock.move(minutes=11)
        await forget_expired_holds.work(site)

    race.place("occupancy.settle", somebody_tidies_up)
    refused = await visitor.json("POST", "/api/v1/bookings", status=410, json={"hold_id": held["id"], "customer": WHO})
    assert refused["code"] == "hold_expired"


async def test_one_owner_asking_twenty_times_at_once_holds_one_time(visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(visitor)
    free = [slot["starts_at"] for slot in await slots(visitor, offer, limit=20)]
    answers = await asyncio.gather(
        *(visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start}) for start in free)
    )
    async with site.work() as session:
        left = (await session.scalars(select(Hold))).one()
        taken = (await session.scalars(select(Occupancy))).one()
    assert taken.holder_id == left.id and str(left.id) in [answer["id"] for answer in answers]
