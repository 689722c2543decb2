"""chat-ack: many open pages of conversations that technicians own; from sending to the ack, and to the customer's other page."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import aiohttp

from tests.bench.figures import Figure, rounded
from tests.bench.load import Sample, Work, at_rate, undisturbed
from tests.people import Tab
from tests.seed import rows, visitors
from tests.stack import Stack

OWNED = (
    "UPDATE conversations SET owner = 'technician', technician_id = (SELECT id FROM staff LIMIT 1), epoch = 2 WHERE id = ANY(%s::uuid[])"
)

#: Whoever is gone has their conversations taken from them.
PRESENT = """INSERT INTO presence (staff_id, seen_at, away) SELECT id, now(), false FROM staff WHERE %s
ON CONFLICT (staff_id) DO UPDATE SET seen_at = excluded.seen_at, away = false"""
#: Beyond this a rate counts as more than the machine bears, in milliseconds.
TOO_LATE = 500.0


async def chat_ack(stack: Stack, http: aiohttp.ClientSession, *, sockets: int, rate: float, seconds: float) -> list[Figure]:
    """Two pages a conversation; messages at a fixed rate, from one page, awaited on the other."""
    await asyncio.to_thread(stack.technician)
    people = await visitors(stack.database, sockets // 2)
    await rows(stack.database, PRESENT, True)
    await rows(stack.database, OWNED, [conversation for _, conversation in people])
    before = _memory(stack)
    pages: list[tuple[Tab, Tab]] = []
    seen: dict[str, float] = {}
    sent: dict[str, float] = {}

    def heard(event: str, payload: Any) -> None:
        if event == "message" and payload["client_id"] in sent:
            seen.setdefault(payload["client_id"], time.perf_counter())

    try:
        for start in range(0, len(people), 50):
            some = [
                (Tab(http, stack.bases, credential), Tab(http, stack.bases, credential, heard=heard))
                for credential, _ in people[start : start + 50]
            ]
            pages += some
            await asyncio.gather(*(tab.open().ready(30) for pair in some for tab in pair))
        grown = _memory(stack) - before

        async def send(number: int) -> float:
            client_id = str(uuid4())
            sent[client_id] = began = time.perf_counter()
            await pages[number % len(pages)][0].send({"client_id": client_id, "text": f"message {number}"}, deadline=30)
            return time.perf_counter() - began

        with undisturbed():
            borne, lost = rate / 16, 0
            for share in (16, 8, 4, 2, 1):  # upwards, because a crowd that is turned away comes back and makes it worse
                sent.clear()
                seen.clear()
                before_this, work = _lost(pages), Work(stack)
                tried = await at_rate(rate / share, seconds / 5, send)
                await asyncio.sleep(1)
                if share < 16 and (tried.faults or tried.ms(0.95) > TOO_LATE):
                    break
                borne, acks, lost = rate / share, tried, _lost(pages) - before_this
                spent = work.each("chat message processor time", "message", len(acks.seconds))
                waited = [seen[client_id] - began for client_id, began in sent.items() if client_id in seen]
                missing = len(sent) - len(waited)
        other = Sample(waited)
    finally:
        await asyncio.gather(*(tab.close() for pair in pages for tab in pair))
    note = f"{len(pages) * 2} sockets, at {borne:g} messages/s: {acks.note}" + (f", {lost} lines LOST" if lost else "")
    return [
        spent,
        Figure(
            "chat messages borne", borne, "messages/s", rate, more_is_better=True, note=f"the last of five rates with p95 ≤ {TOO_LATE:g} ms"
        ),
        Figure("chat-ack p50", acks.ms(0.5), "ms", note=note),
        Figure("chat-ack p95", acks.ms(0.95), "ms", 50),
        Figure("chat-ack p99", acks.ms(0.99), "ms", 150),
        Figure(
            "chat to the other page p95", other.ms(0.95), "ms", 150, note=f"{missing} did not arrive within a second" if missing else ""
        ),
        Figure("memory of an open socket", rounded(grown / (len(pages) * 2) / 1024), "kB", 64, note="growth of the site over all sockets"),
    ]


def _lost(pages: list[tuple[Tab, Tab]]) -> int:
    return sum(tab.lost for pair in pages for tab in pair)


def _memory(stack: Stack) -> float:
    """Resident bytes of all sites."""
    total = 0
    for name in stack.names("site"):
        with open(f"/proc/{stack.pids()[name]}/statm") as file:
            total += int(file.read().split()[1]) * 4096
    return total
