"""one-slot: a hundred people book the same time at the same moment, at two processes; as many succeed as there are benches."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp

from tests import seed
from tests.chaos.report import Report
from tests.people import browser, from_home
from tests.stack import Stack

AT_ONCE = 100
DEVICE, FAULTS = "samsung-galaxy-s23-ultra", ["screen_cracked"]
OVERLAPS = """
    SELECT count(*) AS n FROM occupancy a JOIN occupancy b ON a.bench = b.bench AND a.id < b.id AND a.during && b.during
"""
BOOKED = "SELECT count(*) AS n FROM bookings WHERE starts_at = %s::timestamptz AND state <> 'cancelled'"


def judge(capacity: int, answers: Sequence[tuple[int, str]], booked: int, overlaps: int) -> list[str]:
    """Faults of one round: `answers` are (status, code), `booked` the rows at that time, `overlaps` pairs on one bench."""
    faults = []
    made = sum(status == 201 for status, _ in answers)
    if made != capacity or booked != capacity:
        faults.append(f"{made} answers said booked and {booked} are, for {capacity} benches")
    strange = Counter(answer for answer in answers if answer[0] != 201 and answer != (409, "slot_taken"))
    faults += [f"{count} were answered {status} {code}" for (status, code), count in strange.items()]
    if overlaps:
        faults.append(f"{overlaps} times two jobs are on one bench")
    return faults


async def one_slot(stack: Stack, *, rounds: int = 2) -> Report:
    """Run the scenario on a stack with two sites: `rounds` for one bench and as many for three."""
    began, faults = time.monotonic(), []
    again: Counter[str] = Counter()
    people = await seed.visitors(stack.database, AT_ONCE)
    async with browser() as http:
        customers = [{"Authorization": f"Bearer {credential}", **from_home()} for credential, _ in people]
        for capacity in (1, 3):
            async with _benches(stack, capacity):
                for number in range(rounds):
                    quotes = await _quotes(http, stack, customers)
                    moment = await _free_moment(http, stack, customers[0], quotes[0])
                    answers = await _book(http, stack, customers, quotes, moment, again)
                    booked = (await seed.rows(stack.database, BOOKED, moment))[0]["n"]
                    overlaps = (await seed.rows(stack.database, OVERLAPS))[0]["n"]
                    faults += [f"{capacity} benches, round {number}: {fault}" for fault in judge(capacity, answers, booked, overlaps)]
    figures = {
        "rounds": f"{rounds} for 1 bench, {rounds} for 3",
        "at once": AT_ONCE,
        "asked to come again": again.total(),
        "duration": f"{time.monotonic() - began:.0f} s",
    }
    return Report("one-slot", figures, faults)


async def _quotes(http: aiohttp.ClientSession, stack: Stack, customers: list[dict[str, str]]) -> list[str]:
    async def quote(index: int, headers: dict[str, str]) -> str:
        body: dict[str, Any] = {"device": DEVICE, "faults": FAULTS, "urgency": "standard"}
        async with http.post(f"{stack.bases[index % 2]}/api/v1/quotes", json=body, headers=headers) as answer:
            said = await answer.json()
            assert answer.status == 201, said
            return str(said["id"])

    made: list[str] = []
    for start in range(0, len(customers), 10):
        made += await asyncio.gather(*(quote(index, headers) for index, headers in enumerate(customers[start : start + 10])))
    return made


async def _free_moment(http: aiohttp.ClientSession, stack: Stack, headers: dict[str, str], quote: str) -> str:
    """A time at which every bench is free: the last one offered, whose day nobody else has come to yet."""
    for week in range(8):
        params = {"quote": quote, "days": "7", "from": time.strftime("%Y-%m-%d", time.gmtime(time.time() + (6 - week) * 7 * 86_400))}
        async with http.get(f"{stack.base}/api/v1/slots", params=params, headers=headers) as answer:
            slots = (await answer.json())["slots"]
        for slot in reversed(slots):
            if not (await seed.rows(stack.database, TAKEN, slot["starts_at"], slot["ends_at"]))[0]["n"]:
                return str(slot["starts_at"])
    raise AssertionError("the shop is fully booked")


TAKEN = "SELECT count(*) AS n FROM occupancy WHERE during && tstzrange(%s::timestamptz, %s::timestamptz + interval '1 hour')"


async def _book(
    http: aiohttp.ClientSession, stack: Stack, customers: list[dict[str, str]], quotes: list[str], moment: str, again: Counter[str]
) -> list[tuple[int, str]]:
    async def book(index: int) -> tuple[int, str]:
        customer = {"name": "Sam Carter", "email": f"sam.{uuid4().hex[:12]}@example.com"}
        body = {"quote_id": quotes[index], "starts_at": moment, "customer": customer}
        headers = customers[index] | {"Idempotency-Key": str(uuid4())}
        end = time.monotonic() + 60
        while True:
            async with http.post(f"{stack.bases[index % 2]}/api/v1/bookings", json=body, headers=headers) as answer:
                said = await answer.json(content_type=None)
            if answer.status != 503 or time.monotonic() > end:
                return answer.status, str(said.get("code", ""))
            # A crowd beyond what the connections carry is asked to come again, and does so under the same key.
            again[str(said.get("code"))] += 1
            await asyncio.sleep(0.5)

    return list(await asyncio.gather(*(book(index) for index in range(len(customers)))))


@asynccontextmanager
async def _benches(stack: Stack, count: int) -> AsyncIterator[None]:
    """As many benches as asked for at the shop's location; the others are out of use for that long."""
    before = await seed.rows(stack.database, "SELECT number, location_id, active FROM benches ORDER BY number")
    missing = count - len(before)
    for index in range(missing):
        name = f"extra {index + 1}"
        await seed.rows(
            stack.database, "INSERT INTO benches (location_id, name, active) VALUES (%s, %s, true)", before[0]["location_id"], name
        )
    numbers = [row["number"] for row in await seed.rows(stack.database, "SELECT number FROM benches ORDER BY number")]
    await seed.rows(stack.database, "UPDATE benches SET active = number = ANY(%s)", numbers[:count])
    try:
        yield
    finally:
        active = [row["number"] for row in before if row["active"]]
        await seed.rows(stack.database, "UPDATE benches SET active = number = ANY(%s)", active)
