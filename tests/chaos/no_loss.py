"""no-loss (customers): nothing acknowledged is lost, doubled, reordered or shown in a wrong conversation, whatever is killed.

Most conversations are owned by a technician, so that the assistant's pace does not limit the number of messages; one in ten is with the
assistant, and there every message must get exactly one answer turn. Two pages of every customer are open all the time, at different sites.
"""

import asyncio
import contextlib
import functools
import random
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg

from tests import seed
from tests.chaos.checks import check
from tests.chaos.history import Ack, History, Row, Sent, View
from tests.chaos.nemesis import Nemesis
from tests.chaos.others import Others
from tests.chaos.proxy import Line
from tests.chaos.report import Report, milliseconds, percentile
from tests.people import Acked, SaidNo, Tab, Technician, Twin, browser, open_conversation
from tests.stack import Stack
from tests.wire import Lost

AGREE = 5.0
#: Asked of the assistant over and over: none of it leads anywhere.
QUESTIONS = ("when are you open?", "where are you?", "how long is the warranty?", "how can I pay?")
STORED = """
    SELECT conversation_id::text, id::text, client_id, author_kind, seq, rev, text, turn_id::text
    FROM messages WHERE conversation_id = ANY(%s::uuid[])
"""


@dataclass
class Talk:
    """One conversation with its two pages and the other ways to write into it."""

    id: str
    pages: tuple[Tab, Tab]
    twin: Twin
    with_assistant: bool
    epoch: int = 0
    written: dict[str, int] = field(default_factory=dict)


class Run:
    """One run of the scenario."""

    def __init__(self, stack: Stack, *, messages: int, kills: int, conversations: int, number: int) -> None:
        self.stack = stack
        self.kills = kills
        self.conversations = conversations
        self.each = -(-messages // max(1, conversations - conversations // 10))
        self.random = random.Random(number)
        self.number = number
        self.history = History()
        self.talks: list[Talk] = []
        self.acks: list[Acked] = []
        self.agreements: list[float] = []
        self.faults: list[str] = []
        #: How far the customers may go; grows with the kills, so that every kill meets traffic.
        self.allowed = 0.0
        self.over = asyncio.Event()

    async def go(self, http: aiohttp.ClientSession) -> Report:
        lines = [await Line(port).start() for port in self.stack.ports.site]
        technician = await asyncio.to_thread(self.stack.technician)
        began = time.monotonic()
        try:
            await self._open(http, lines, technician)
            people = [asyncio.create_task(self._write(http, talk, technician)) for talk in self.talks]
            nemesis = Nemesis(self.stack, lines, seed=self.number)
            for number, kill in enumerate(nemesis.deck(self.kills), 1):
                self.allowed = number / self.kills
                await asyncio.sleep(self.random.uniform(0.2, 1.0))
                await nemesis.strike(kill)
                await self._agree(f"after round {number} ({kill})")
            self.allowed = 1.0
            bulk = [task for task, talk in zip(people, self.talks, strict=True) if not talk.with_assistant]
            await asyncio.gather(*bulk)
            self.over.set()
            await asyncio.to_thread(self.stack.wait_ready, 120)
            await asyncio.gather(*people)
            await self._answered()
            await self._agree("at the end")
            await self._record()
        finally:
            for task in people if "people" in locals() else []:
                task.cancel()
            await asyncio.gather(*(page.close() for talk in self.talks for page in talk.pages))
            for line in lines:
                await line.close()
        figures = {
            "messages acknowledged": len(self.history.acks),
            "of these to the assistant": sum(ack.conversation in self.history.answered for ack in self.history.acks),
            "by technicians": sum(sent.author == "technician" for sent in self.history.sent),
            "conversations": f"{len(self.talks)}, {sum(talk.with_assistant for talk in self.talks)} with the assistant, two pages each",
            "faults injected": ", ".join(f"{name} {count}" for name, count in sorted(nemesis.done.items())),
            "lines lost by pages": sum(page.lost for talk in self.talks for page in talk.pages),
            "sent more than once": sum(ack.tries > 1 for ack in self.acks),
            "shop back after": f"p50 {percentile(nemesis.heals, 0.5):.1f} s, longest {max(nemesis.heals):.1f} s",
            "pages agree after": f"p50 {percentile(self.agreements, 0.5):.2f} s, longest {max(self.agreements):.2f} s",
            "send to ack": milliseconds([ack.seconds for ack in self.acks]),
            "duration": f"{time.monotonic() - began:.0f} s",
        }
        return Report("no-loss", figures, self.faults + check(self.history))

    async def _open(self, http: aiohttp.ClientSession, lines: list[Line], technician: Technician) -> None:
        ways = [line.base for line in lines]
        direct = self.stack.bases
        for index in range(self.conversations):
            credential, conversation = await open_conversation(http, direct[index % len(direct)])
            there, back = (ways, ways[::-1]) if index % 2 else (ways[::-1], ways)
            pages = (Tab(http, there, credential).open(), Tab(http, back, credential).open())
            talk = Talk(conversation, pages, Twin(http, back, credential, conversation), with_assistant=index % 10 == 9)
            self.talks.append(talk)
        for talk in self.talks:
            await asyncio.gather(*(page.ready() for page in talk.pages))
            if talk.with_assistant:
                self.history.answered.add(talk.id)
            else:
                talk.epoch = await technician.take(http, talk.id)

    async def _write(self, http: aiohttp.ClientSession, talk: Talk, technician: Technician) -> None:
        if talk.with_assistant:
            await self._chat(talk)
            return
        for order in range(self.each):
            while self.allowed * self.each <= order:
                await asyncio.sleep(0.05)
            # A spread of the length of a round: faults hit messages on their way, not between them.
            await asyncio.sleep(self.random.uniform(0, 1.2))
            await self._say(talk, f"{talk.id} message {order}", over_http=self.random.random() < 0.2)
            if self.random.random() < 0.15:
                await self._reply(http, talk, technician)

    async def _chat(self, talk: Talk) -> None:
        page = talk.pages[0]
        while not self.over.is_set():
            question = f"{self.random.choice(QUESTIONS)} ({talk.written.get('customer', 0)})"
            seen = await self._say(talk, question, over_http=False)
            # A turn begun just before rasa is killed costs its 8 s, its worker's death a lease of 12 s; a failure says so in words.
            await page.until(functools.partial(_answer_after, seen), 90)
            await asyncio.sleep(self.random.uniform(0.1, 0.6))
            await self._leave_the_queue(talk)

    async def _leave_the_queue(self, talk: Talk) -> None:
        """Three failed turns in a row queue the customer for a person, as they should; these customers would rather go on."""
        row = (await self._rows("SELECT owner FROM conversations WHERE id = %s", talk.id))[0]
        if row["owner"] != "waiting":
            return
        client_id = str(uuid4())
        self.history.needless.add(client_id)
        await self._say(talk, "never mind", over_http=False, client_id=client_id)

    async def _say(self, talk: Talk, text: str, *, over_http: bool, client_id: str | None = None) -> int:
        client_id = client_id or str(uuid4())
        self._note(talk, client_id, text, "customer")
        way: Tab | Twin = talk.twin if over_http else talk.pages[0]
        try:
            acked = await way.say(text, client_id=client_id)
        except (SaidNo, Lost) as error:
            self.faults.append(f"refused: {text!r}: {error}")
            return 0
        self.acks.append(acked)
        self.history.acks.append(Ack(talk.id, client_id, acked.id, acked.seq))
        return acked.seq

    async def _reply(self, http: aiohttp.ClientSession, talk: Talk, technician: Technician) -> None:
        client_id, order = str(uuid4()), talk.written.get("technician", 0)
        body: dict[str, Any] = {"client_id": client_id, "text": f"{talk.id} answer {order}", "epoch": talk.epoch}
        self._note(talk, client_id, body["text"], "technician")
        try:
            status, said = await technician.insist(http, "POST", f"/api/v1/conversations/{talk.id}/replies", body)
        except Lost as error:
            self.faults.append(f"refused: {error}")
            return
        if status != 201:
            self.faults.append(f"refused: {body['text']!r}: {said}")
            return
        self.history.acks.append(Ack(talk.id, client_id, said["id"], said["seq"]))

    def _note(self, talk: Talk, client_id: str, text: str, author: str) -> None:
        order = talk.written.get(author, 0)
        talk.written[author] = order + 1
        self.history.sent.append(Sent(talk.id, client_id, text, order, author))

    async def _answered(self) -> None:
        """Give the assistant time for what it still owes."""
        end = time.monotonic() + 40
        ids = list(self.history.answered)
        owing = "SELECT count(*) AS n FROM conversations WHERE id = ANY(%s::uuid[]) AND owner = 'bot' AND asked_seq > answered_seq"
        while (await self._rows(owing, ids))[0]["n"] and time.monotonic() < end:
            await asyncio.sleep(0.2)

    async def _agree(self, when: str) -> None:
        """From the healing on, every page must know within 5 s what the database knew at the healing."""
        began, others = time.monotonic(), Others(self.stack)
        ids = [talk.id for talk in self.talks]
        known = await self._rows("SELECT id, rev FROM conversations WHERE id = ANY(%s::uuid[])", ids)
        truth = {str(row["id"]): row["rev"] for row in known}
        while behind := [page for talk in self.talks for page in talk.pages if page.fold.rev < truth[talk.id]]:
            if time.monotonic() - began > AGREE * 6:
                break
            await asyncio.sleep(0.02)
        took = time.monotonic() - began
        self.agreements.append(took)
        if took > AGREE and took * (1 - others.share(took)) > AGREE:
            self.faults.append(f"late: {when} it took {took:.1f} s until all pages agreed, {len(behind)} never did")

    async def _record(self) -> None:
        ids = [talk.id for talk in self.talks]
        self.history.rows = [
            Row(r["conversation_id"], r["id"], r["client_id"], r["author_kind"], r["seq"], r["rev"], r["text"], r["turn_id"])
            for r in await self._rows(STORED, ids)
        ]
        for talk in self.talks:
            for number, page in enumerate(talk.pages, 1):
                shown = tuple(
                    Row(talk.id, m["id"], m["client_id"], m["author"]["kind"], m["seq"], m["rev"], m["text"]) for m in page.fold.shown()
                )
                self.history.views.append(View(f"page {number}", talk.id, shown, tuple(page.fold.contradictions)))

    async def _rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        for _ in range(50):
            with contextlib.suppress(psycopg.OperationalError):
                return await seed.rows(self.stack.database, statement, *values)
            await asyncio.sleep(0.2)
        return await seed.rows(self.stack.database, statement, *values)


async def no_loss(stack: Stack, *, messages: int = 3_000, kills: int = 20, conversations: int = 0, number: int = 1) -> Report:
    """Run the scenario on a stack with two sites; without a number of conversations, one for every 50 messages (at most 500)."""
    conversations = conversations or max(10, min(500, messages // 50))
    async with browser() as http:
        return await Run(stack, messages=messages, kills=kills, conversations=conversations, number=number).go(http)


def _answer_after(seq: int, page: Tab) -> bool:
    return any(message["seq"] > seq and message["author"]["kind"] in ("bot", "system") for message in page.fold.messages.values())
