"""bot-turn: from sending a message to the assistant's first words on the same page."""

import asyncio
import time

import aiohttp

from tests.bench.customer import QUESTIONS, Walker
from tests.bench.figures import Figure, rounded
from tests.bench.load import Sample, Work, at_rate, in_turn
from tests.chaos.report import percentile
from tests.people import Tab
from tests.seed import visitors
from tests.stack import Stack

RATE = 5.0
CROWD = 16
#: A conversation takes a hundred messages a minute.
PAUSE = 0.62


async def bot_turn(stack: Stack, http: aiohttp.ClientSession, *, seconds: float) -> list[Figure]:
    """At five turns a second, then as many as the shop bears."""
    walkers = await _walkers(stack, http, 60)
    try:
        for walker in walkers[:8]:  # the first turn of a process is not like the others
            await walker.turn(30)
        calm = await at_rate(RATE, seconds, _next_idle(walkers))
        work = Work(stack)
        sustained = await in_turn(CROWD, max(2.0, seconds / 3), _own(walkers))
        spent = work.each("bot-turn processor time", "turn", len(sustained.seconds), bar=40)
        failed = sum(walker.failed for walker in walkers)
    finally:
        await _close(walkers)
    note = f"{calm.note}; mix of {len(walkers)} customers, 6 of 10 turns with a backend call" + (
        f"; {failed} turns FAILED" if failed else ""
    )
    return [
        Figure("bot-turn p50 at 5/s", calm.ms(0.5), "ms", 40, note=note),
        Figure("bot-turn p95 at 5/s", calm.ms(0.95), "ms", 100),
        Figure("bot-turn p99 at 5/s", calm.ms(0.99), "ms"),
        Figure(
            "bot-turn sustained", sustained.rate, "turns/s", 50, more_is_better=True, note=f"{CROWD} customers in a loop; {sustained.note}"
        ),
        Figure("bot-turn p95 sustained", sustained.ms(0.95), "ms", 500),
        spent,
    ]


async def late_turn(stack: Stack, http: aiohttp.ClientSession, *, turns: int) -> list[Figure]:
    """The last turns of one long conversation against the fifth turns of young ones, measured in alternation."""
    sample = min(15, turns // 4)
    old, *young = await _walkers(stack, http, 1 + sample)
    fifth, late = Sample(), Sample()
    try:
        for number in range(turns - sample):
            began = time.monotonic()
            await old.ask(QUESTIONS[number % len(QUESTIONS)])
            if turns > 60:
                await asyncio.sleep(max(0.0, PAUSE - (time.monotonic() - began)))
        for number in range(4):
            for walker in young:
                await walker.ask(QUESTIONS[number])
        for walker in young:
            late.seconds.append(await old.ask(QUESTIONS[0]))
            fifth.seconds.append(await walker.ask(QUESTIONS[0]))
            await asyncio.sleep(0.1)
    finally:
        await _close([old, *young])
    ratio = rounded(percentile(late.seconds, 0.5) / percentile(fifth.seconds, 0.5))
    note = f"p50 of the last {sample} turns {late.ms(0.5)} ms, of the fifth turns of {sample} others {fifth.ms(0.5)} ms"
    return [Figure(f"bot-turn {turns} against turn 5", ratio, "×", 1.2, note=note)]


async def _walkers(stack: Stack, http: aiohttp.ClientSession, count: int) -> list[Walker]:
    people = await visitors(stack.database, count)
    walkers = [Walker(Tab(http, stack.bases, credential).open(), number=number) for number, (credential, _) in enumerate(people)]
    await asyncio.gather(*(walker.tab.ready(30) for walker in walkers))
    return walkers


async def _close(walkers: list[Walker]) -> None:
    await asyncio.gather(*(walker.tab.close() for walker in walkers))


def _next_idle(walkers: list[Walker]):  # type: ignore[no-untyped-def]
    async def begin(number: int) -> float | None:
        for step in range(len(walkers)):
            walker = walkers[(number + step) % len(walkers)]
            if not walker.busy:
                break
        else:
            raise RuntimeError("every customer still waits for an answer")
        walker.busy = True
        try:
            return await walker.turn()
        finally:
            walker.busy = False

    return begin


def _own(walkers: list[Walker]):  # type: ignore[no-untyped-def]
    # Each worker goes round its own few customers: nobody writes more than a hundred messages a minute.
    each = len(walkers) // CROWD
    at = [0] * CROWD

    async def step(number: int) -> float | None:
        at[number] += 1
        return await walkers[number * each + at[number] % each].turn()

    return step
