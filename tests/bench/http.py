"""Reads over HTTP, and the device search."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import aiohttp

from backend.devices import files as data_files
from backend.devices.service import publish_catalogue
from tests.bench import catalogue
from tests.bench.figures import Figure
from tests.bench.load import Work, at_rate, in_turn
from tests.people import Tab, from_home
from tests.seed import shop, visitors
from tests.stack import Stack

#: How large the catalogue is that searches are measured on.
MODELS = 5_000
#: Visitors who read.
READERS = 20


async def http_reads(stack: Stack, http: aiohttp.ClientSession, *, rate: float, seconds: float) -> list[Figure]:
    """A quote, its times, a conversation, its messages, a repair's status, the home page: in turn, at a fixed rate."""
    people = await visitors(stack.database, READERS)
    readers = [{"Authorization": f"Bearer {credential}", **from_home()} for credential, _ in people]
    (credential, conversation), headers = people[0], readers[0]
    tab = await Tab(http, stack.bases, credential).open().ready()
    for number in range(20):
        await tab.say(f"message {number}")
    await tab.close()
    wish = {"device": "samsung-galaxy-s23-ultra", "faults": ["screen_cracked"], "urgency": "standard"}
    quotes = []
    for reader in readers:
        async with http.post(f"{stack.base}/api/v1/quotes", json=wish, headers=reader) as answer:
            quotes.append((await answer.json())["id"])
    monday = (datetime.now(UTC) + timedelta(days=7)).date()
    # Looking for times has a limit for each visitor, so a crowd looks.
    own = ("/api/v1/quotes/{quote}", f"/api/v1/slots?quote={{quote}}&from={monday}&days=7")
    paths = [
        f"/api/v1/conversations/{conversation}",
        f"/api/v1/conversations/{conversation}/messages?after_rev=0&limit=100",
        "/api/v1/devices/samsung-galaxy-s23-ultra",
        "/",
    ]

    async def read(number: int) -> float:
        turn, who = number % (len(own) + len(paths)), number // (len(own) + len(paths)) % READERS
        if turn < len(own):
            return await _timed(http, stack.base + own[turn].format(quote=quotes[who]), readers[who])
        return await _timed(http, stack.base + paths[turn - len(own)], headers)

    await at_rate(rate, min(2, seconds), read)
    work = Work(stack)
    sample = await at_rate(rate, seconds, read)
    return [
        Figure(f"http reads p50 at {rate:g}/s", sample.ms(0.5), "ms", note=f"{len(own) + len(paths)} addresses in turn; {sample.note}"),
        Figure(f"http reads p95 at {rate:g}/s", sample.ms(0.95), "ms", 60),
        work.each("http read processor time", "read", len(sample.seconds)),
    ]


async def device_search(stack: Stack, http: aiohttp.ClientSession, *, seconds: float) -> list[Figure]:
    """What people type, letter by letter and with slips, on a catalogue of 5,000: the search itself, then over HTTP."""
    files = data_files.read()
    large = files.model_copy(update={"devices": catalogue.entries(MODELS), "digest": f"bench {MODELS}"})
    typed = catalogue.typed(large.devices, 2_000)
    alone = catalogue.search_times(large.devices, typed)
    words = itertools.cycle(typed)

    async def search(number: int) -> float:
        return await _timed(http, f"{stack.base}/api/v1/devices/search", {}, {"q": next(words)})

    async with shop(stack.database) as site, site.work() as session:
        await publish_catalogue(session, large)
    try:
        await asyncio.sleep(1)  # until the site has heard of it
        await in_turn(1, 2, search)  # the site reads the new version
        crowd = await in_turn(10, seconds, search)
        single = await in_turn(1, seconds / 2, search)
    finally:
        async with shop(stack.database) as site, site.work() as session:
            await publish_catalogue(session, files)
    return [
        Figure("device search itself p95", alone.ms(0.95), "ms", 5, note=f"{MODELS} models, each query new; n={len(alone.seconds)}"),
        Figure("device search p50, one at a time", single.ms(0.5), "ms", 5, note=f"over HTTP, {MODELS} models; {single.note}"),
        Figure("device search p95, ten at once", crowd.ms(0.95), "ms", note=f"{crowd.rate:g}/s; {crowd.note}"),
    ]


async def _timed(http: aiohttp.ClientSession, address: str, headers: dict[str, str], params: dict[str, str] | None = None) -> float:
    import time

    began = time.perf_counter()
    async with http.get(address, headers=headers, params=params) as answer:
        body = await answer.read()
        took = time.perf_counter() - began
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status} {body[:80]!r}")
    return took
