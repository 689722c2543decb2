"""What is held per process: the tables change, and everybody sees it."""

import asyncio
import time
from datetime import date

import pytest
from sqlalchemy import delete, select, text

from backend.capacity import queries
from backend.capacity.models import Bench, Closure, Location
from backend.core import config
from backend.core.config import Config, ConfigRow
from backend.core.held import WATCHED, Held
from backend.core.site import Site

pytestmark = pytest.mark.usefixtures("shop")
DAY = date(2026, 12, 3)


class Opening(Config):
    key = "opening"
    hour: int = 9


async def test_a_value_is_worked_out_once(site: Site) -> None:
    worked_out = 0

    async def load(_: object) -> int:
        nonlocal worked_out
        worked_out += 1
        return worked_out

    held = Held(load, ConfigRow)
    await site.hints.start()
    for _ in range(3):
        async with site.work() as session:
            assert await held.get(session) == 1
    site.shelf.forget({ConfigRow.__tablename__})
    async with site.work() as session:
        assert await held.get(session) == 2


async def test_who_changes_a_table_sees_it_at_once_and_so_does_the_next_to_ask(site: Site) -> None:
    await site.hints.start()
    async with site.work() as session:
        shop = await session.scalar(select(Location))
        assert shop is not None
        assert DAY not in (await queries.get_calendar(session, shop, [DAY])).closed
        benches = await queries.list_benches(session, shop)
    async with site.work() as session:
        session.add(Closure(location_id=shop.id, day=DAY, reason="Stocktaking"))
        await session.flush()
        assert DAY in (await queries.get_calendar(session, shop, [DAY])).closed
        async with site.work() as other:  # not committed: nobody else may see it
            assert DAY not in (await queries.get_calendar(other, shop, [DAY])).closed
    async with site.work() as session:
        assert DAY in (await queries.get_calendar(session, shop, [DAY])).closed
        await session.execute(delete(Bench).where(Bench.number == benches[-1]))  # past the ORM's eyes
    async with site.work() as session:
        assert await queries.list_benches(session, shop) == benches[:-1]
        await config.put(session, Opening(hour=8))
    async with site.work() as session:
        assert (await config.get(session, Opening)).hour == 8


async def test_a_change_of_another_process_or_by_hand_is_heard(site: Site) -> None:
    await site.hints.start()
    async with site.work() as session:
        shop = await session.scalar(select(Location))
        assert shop is not None
        before = await queries.list_benches(session, shop)
    async with site.engine.begin() as connection:
        await connection.execute(text("UPDATE benches SET active = false WHERE number = :number"), {"number": before[0]})
    deadline = time.monotonic() + 5
    while True:
        async with site.work() as session:
            if await queries.list_benches(session, shop) == before[1:]:
                break
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_without_ears_nothing_is_held(site: Site) -> None:
    assert not site.hints.connected.is_set()
    async with site.work() as session:
        shop = await session.scalar(select(Location))
        assert shop is not None
        before = await queries.list_benches(session, shop)
    async with site.engine.begin() as connection:
        await connection.execute(text("UPDATE benches SET active = false WHERE number = :number"), {"number": before[0]})
    async with site.work() as session:
        assert await queries.list_benches(session, shop) == before[1:]


async def test_every_watched_table_tells_of_its_changes(site: Site) -> None:
    async with site.engine.connect() as connection:
        found = await connection.scalars(
            text("SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'tell_changed'")
        )
        assert set(found) >= WATCHED
