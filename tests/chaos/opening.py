"""one-conversation: twenty first messages of a new contact at the same moment make one conversation with twenty messages."""

import asyncio
import time
from collections.abc import Sequence
from uuid import uuid4

import aiohttp

from tests import seed
from tests.chaos.report import Report
from tests.people import HTTP_FAULTS, SaidNo, Tab, Twin, browser
from tests.stack import Stack
from tests.wire import Lost, Refused

AT_ONCE = 20
STORED = """
    SELECT c.id::text AS conversation, m.seq, m.client_id FROM conversations c
    LEFT JOIN messages m ON m.conversation_id = c.id AND m.author_kind = 'customer'
    WHERE c.visitor_id = %s ORDER BY m.seq
"""


def judge(found: Sequence[tuple[str, int, str]], sent: Sequence[str]) -> list[str]:
    """Faults of one round: `found` are the rows (conversation, seq, client id), `sent` the client ids."""
    faults = []
    if (count := len({conversation for conversation, _, _ in found})) != 1:
        faults.append(f"{count} conversations of one contact")
    stored = [client_id for _, _, client_id in found]
    if sorted(stored) != sorted(sent):
        faults.append(f"{len(stored)} messages stored ({len(set(stored))} different), {len(sent)} sent")
    if len({seq for _, seq, _ in found}) != len(found):
        faults.append("two messages share a place")
    return faults


async def one_conversation(stack: Stack, *, rounds: int = 5) -> Report:
    """Run the scenario on a stack with two sites; half of the messages by socket, half by HTTP."""
    began, faults = time.monotonic(), []
    async with browser() as http:
        for number in range(rounds):
            visitor, credential = await seed.stranger(stack.database)
            sent = [str(uuid4()) for _ in range(AT_ONCE)]
            gate = asyncio.Event()
            writers = [
                asyncio.create_task((_by_socket if index % 2 else _by_http)(http, stack.bases[index // 2 % 2], credential, client_id, gate))
                for index, client_id in enumerate(sent)
            ]
            await asyncio.sleep(0.05)
            gate.set()
            refused = [error for error in await asyncio.gather(*writers) if error]
            rows = await seed.rows(stack.database, STORED, visitor)
            faults += [f"round {number}: {fault}" for fault in [*refused, *judge([tuple(row.values()) for row in rows], sent)]]
    return Report("one-conversation", {"rounds": rounds, "at once": AT_ONCE, "duration": f"{time.monotonic() - began:.0f} s"}, faults)


async def _by_socket(http: aiohttp.ClientSession, base: str, credential: str, client_id: str, gate: asyncio.Event) -> str | None:
    await gate.wait()
    tab = Tab(http, [base], credential).open()
    try:
        await tab.ready()
        await tab.say("hello, my screen is broken", client_id=client_id)
    except (SaidNo, Lost, Refused, TimeoutError) as error:
        return f"by socket: {error!r}"
    finally:
        await tab.close()
    return None


async def _by_http(http: aiohttp.ClientSession, base: str, credential: str, client_id: str, gate: asyncio.Event) -> str | None:
    await gate.wait()
    try:
        headers = {"Authorization": f"Bearer {credential}"}
        async with http.post(f"{base}/api/v1/conversations", json={}, headers=headers) as answer:
            opened = await answer.json()
        await Twin(http, [base], credential, opened["conversation"]["id"]).say("hello, my screen is broken", client_id=client_id)
    except (SaidNo, Lost, KeyError, *HTTP_FAULTS) as error:
        return f"by HTTP: {error!r}"
    return None
