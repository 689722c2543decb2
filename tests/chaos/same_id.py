"""same-id: one client id stands for one message, however many clients send it, at whatever process, by socket or HTTP.

Every round has eight clients at two processes: six send one body, two another, all at once. The first body to come wins; its senders
get the same answer, the others are told that the id is taken, and one row is stored.
"""

import asyncio
import time
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from tests import seed
from tests.chaos.report import Report
from tests.people import SaidNo, Tab, Twin, browser, open_conversation
from tests.stack import Stack
from tests.wire import Lost

#: A conversation takes a hundred messages a minute; refused copies do not count, kept ones do.
PAIRS_EACH = 80
TAKEN = "client_id_reused"
STORED = "SELECT id::text, seq, client_id, text FROM messages WHERE conversation_id = ANY(%s::uuid[]) AND author_kind = 'customer'"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one client was told: a place, or a code."""

    body: str
    id: str | None = None
    seq: int | None = None
    code: str | None = None


def judge(client_id: str, answers: list[Answer], stored: list[tuple[str, int, str]]) -> list[str]:
    """Faults of one pair: `stored` are the rows (id, seq, text) under the client id."""
    if len(stored) != 1:
        return [f"{client_id}: {len(stored)} rows"]
    row_id, seq, text = stored[0]
    faults = []
    for answer in answers:
        if answer.body == text and (answer.id, answer.seq) != (row_id, seq):
            faults.append(f"{client_id}: the stored body was answered with {answer}")
        if answer.body != text and answer.code != TAKEN:
            faults.append(f"{client_id}: another body was answered with {answer}")
    return faults


async def same_id(stack: Stack, *, pairs: int = 100) -> Report:
    """Run the scenario on a stack with two sites."""
    began, faults, first_won = time.monotonic(), [], 0
    technician = await asyncio.to_thread(stack.technician)
    async with browser() as http:
        for start in range(0, pairs, PAIRS_EACH):
            credential, conversation = await open_conversation(http, stack.base)
            await technician.take(http, conversation)
            tabs = [Tab(http, [stack.bases[index % 2]], credential).open() for index in range(4)]
            await asyncio.gather(*(tab.ready() for tab in tabs))
            clients: list[Tab | Twin] = [*tabs, *(Twin(http, [stack.bases[index % 2]], credential, conversation) for index in range(4))]
            answers: dict[str, list[Answer]] = {}
            for number in range(start, min(pairs, start + PAIRS_EACH)):
                client_id = str(uuid4())
                bodies = [f"message {number}" if index % 4 else f"other words {number}" for index in range(len(clients))]
                answers[client_id] = await asyncio.gather(
                    *(_send(client, client_id, body) for client, body in zip(clients, bodies, strict=True))
                )
            await asyncio.gather(*(tab.close() for tab in tabs))
            rows = await seed.rows(stack.database, STORED, [conversation])
            for client_id, told in answers.items():
                stored = [(row["id"], row["seq"], row["text"]) for row in rows if row["client_id"] == client_id]
                first_won += bool(stored) and stored[0][2].startswith("message")
                faults += judge(client_id, told, stored)
    figures = {"pairs": pairs, "clients": 8, "won by the usual body": first_won, "duration": f"{time.monotonic() - began:.0f} s"}
    return Report("same-id", figures, faults)


async def _send(client: Tab | Twin, client_id: str, body: str) -> Answer:
    try:
        acked = await client.say(body, client_id=client_id, deadline=30)
    except SaidNo as error:
        return Answer(body, code=error.code)
    except (Lost, aiohttp.ClientError) as error:
        return Answer(body, code=repr(error))
    return Answer(body, acked.id, acked.seq)
