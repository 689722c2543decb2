"""Who breaks things: one process killed a round, often with something else stopped or cut at the same time."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg

from tests.chaos.proxy import Line
from tests.stack import Stack

#: How often each process is killed in every twenty kills; `crash` kills one of PostgreSQL's children, so that it restarts itself.
KILLS = {"site": 8, "worker": 4, "postgres": 2, "crash": 1, "rasa": 1, "actions": 2, "restart": 2}
COMPANIONS = ("stop site", "stop worker", "stop postgres", "stop rasa", "cut", "hold")
#: What customers feel; the assistant may take its time to come back.
FELT = ("site", "worker", "postgres")


class Nemesis:
    """Injects faults into a stack; `done` counts them by name, `heals` the seconds until the shop served again."""

    def __init__(self, stack: Stack, lines: list[Line], *, seed: int) -> None:
        self._stack = stack
        self._lines = lines
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.heals: list[float] = []

    def deck(self, kills: int) -> list[str]:
        """The kills of a run: every kind in its share, in random order."""
        full = [name for name, count in KILLS.items() for _ in range(count)]
        names = [name for _ in range(-(-kills // len(full))) for name in self._random.sample(full, len(full))][:kills]
        if kills < len(full):
            # A short run shall still see every kind once.
            names[: len(KILLS)] = list(KILLS)[: len(names)]
        self._random.shuffle(names)
        return names

    async def strike(self, kill: str) -> None:
        """One round: the kill, perhaps with a companion; returns when the shop serves again."""
        companion = self._random.choice(COMPANIONS) if self._random.random() < 0.5 else None
        async with self._accompanied(companion):
            await asyncio.sleep(self._random.uniform(0, 0.5))
            await self._kill(kill)
        await self.heal()

    async def heal(self) -> None:
        """Wait until everything that customers feel is up again."""
        began = time.monotonic()
        while not await asyncio.to_thread(self._stack.is_ready, FELT):
            assert time.monotonic() - began < 120, f"the shop did not come back: {self._stack.children()}\n{self._stack.tail()}"
            await asyncio.sleep(0.1)
        self.heals.append(time.monotonic() - began)

    async def _kill(self, what: str) -> None:
        names = self._stack.names("site" if what == "restart" else what)
        if what == "crash":
            await asyncio.to_thread(self._crash)
        elif names:
            name = self._random.choice(names)
            before = self._stack.children().get(name, {}).get("starts")
            self._stack.kill(name, signal.SIGTERM if what == "restart" else signal.SIGKILL)
            await self._until(lambda: self._stack.children().get(name, {}).get("starts") != before or not self._stack.pids().get(name))
        self.done[what if what in ("crash", "restart") else f"kill {what}"] += 1

    def _crash(self) -> None:
        with psycopg.connect(self._stack.database, autocommit=True, connect_timeout=5) as connection:
            mine = connection.info.backend_pid
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> %s ORDER BY random() LIMIT 1", [mine]
            ).fetchone()
        if found:
            os.kill(int(found[0]), signal.SIGKILL)

    @asynccontextmanager
    async def _accompanied(self, companion: str | None) -> AsyncIterator[None]:
        end: Callable[[], Awaitable[None]] | None = await self._begin(companion) if companion else None
        try:
            yield
            if end:
                await asyncio.sleep(self._random.uniform(0.3, 3))
        finally:
            if end:
                await end()

    async def _begin(self, companion: str) -> Callable[[], Awaitable[None]]:
        self.done[companion] += 1
        if companion == "cut":
            line = self._random.choice(self._lines)
            line.cut()
            return _nothing
        if companion == "hold":
            line = self._random.choice(self._lines)
            line.hold()

            async def resume() -> None:
                line.resume()

            return resume
        name = self._random.choice(self._stack.names(companion.removeprefix("stop ")) or ["worker"])
        pid = self._stack.stop_process(name, signal.SIGSTOP)

        async def go_on() -> None:
            if pid is not None:
                self._stack.go_on(pid)

        return go_on

    async def _until(self, check: Callable[[], bool], timeout: float = 2) -> None:
        deadline = time.monotonic() + timeout
        while not check() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)


async def _nothing() -> None:
    """Some faults end by themselves."""
