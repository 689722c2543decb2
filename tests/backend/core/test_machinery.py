"""Events, jobs, hints, configuration and rate limits."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.core import config, events, hints, jobs, limits
from backend.core.errors import TooMany
from backend.core.events import Delivery, Event, event, on
from backend.core.ids import uuid7
from backend.core.site import Site
from tests.conftest import MovableClock, eventually

Drain = Callable[[], Awaitable[None]]


@event
class KettleBoiled(Event):
    """Tea can be made."""

    kettle_id: UUID
    cups: int


heard: list[tuple[KettleBoiled, UUID]] = []
failures: list[str] = []


@on(KettleBoiled)
async def make_tea(site: Site, what: KettleBoiled, delivery: Delivery) -> None:
    heard.append((what, delivery.id))
    if failures:
        raise RuntimeError(failures.pop())


class Opening(config.Config):
    key: ClassVar[str] = "opening-trial"
    hour: int = 9


@pytest.fixture(autouse=True)
def silence() -> None:
    heard.clear()
    failures.clear()


async def test_an_event_is_heard_after_its_commit(site: Site, drain: Drain) -> None:
    what = KettleBoiled(kettle_id=uuid7(), cups=2)
    async with site.work() as session:
        made = await events.record(session, what)
    await drain()
    assert heard == [(what, made)]


async def test_an_event_of_a_rolled_back_transaction_never_happened(site: Site, drain: Drain) -> None:
    with pytest.raises(ZeroDivisionError):
        async with site.work() as session:
            await events.record(session, KettleBoiled(kettle_id=uuid7(), cups=1))
            raise ZeroDivisionError
    await drain()
    assert heard == []


async def test_a_failed_delivery_is_tried_again_with_the_same_id(site: Site, drain: Drain) -> None:
    failures.append("no milk")
    async with site.work() as session:
        made = await events.record(session, KettleBoiled(kettle_id=uuid7(), cups=1))
    await drain()
    async with site.work() as session:
        await session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 second' WHERE status = 'todo'"))
    await drain()
    assert [delivery for _, delivery in heard] == [made, made]


async def test_a_job_of_a_killed_worker_is_put_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "STALLED_AFTER", 0.3)
    async with site.work() as session:
        await events.record(session, KettleBoiled(kettle_id=uuid7(), cups=1))
    async with site.work() as session:
        # As a worker leaves it that was killed in the middle: taken, and its heartbeat long past.
        await session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes')"))
        await session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)")
        )
    working = asyncio.create_task(Jobs_of(site).work(concurrency=2))
    try:

        async def came() -> bool:
            return len(heard) == 1

        await eventually(came, 10)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


def Jobs_of(site: Site) -> jobs.Jobs:  # a second worker process of the same site
    return jobs.Jobs(site)


async def test_hints_come_with_the_commit_and_after_a_lost_connection_again(site: Site) -> None:
    got: list[int] = []
    missed: list[bool] = []
    await site.hints.start()
    site.hints.listen("tea", lambda data: got.append(data["cup"]))
    site.hints.on_missed(lambda: missed.append(True))
    async with site.work() as session:
        await hints.send(session, "tea", {"cup": 1})
        await asyncio.sleep(0.05)
        assert got == []

    async def first() -> bool:
        return got == [1]

    await eventually(first)
    async with site.work() as session:
        await session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))

    async def back() -> bool:
        return bool(missed)

    await eventually(back)
    async with site.work() as session:
        await hints.send(session, "tea", {"cup": 2})

    async def second() -> bool:
        return got == [1, 2]

    await eventually(second)


async def test_configuration_has_versions_and_refuses_a_stale_save(site: Site) -> None:
    async with site.work() as session:
        assert (await config.get(session, Opening)).hour == 9
        assert await config.put(session, Opening(hour=8), expected_version=0) == 1
    async with site.work() as session:
        assert (await config.get(session, Opening)).hour == 8
    with pytest.raises(config.ConfigChanged):
        async with site.work() as session:
            await config.put(session, Opening(hour=7), expected_version=0)


async def test_limits_count_even_what_is_refused_and_forget_with_the_window(site: Site, clock: MovableClock) -> None:
    for _ in range(3):
        await limits.hit(site, "tea", 3, 3600)
    with pytest.raises(TooMany) as refused:
        await limits.hit(site, "tea", 3, 3600)
    assert 0 < refused.value.extra["retry_after"] <= 3600
    clock.move(hours=1)
    await limits.hit(site, "tea", 3, 3600)
