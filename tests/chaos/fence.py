"""takeover-fence: from the moment a technician has taken over, the assistant says nothing and does nothing more.

What came first is asked of the database, which remembers when each transaction was committed. The real assistant is slowed by stopping
its processes; in some batches the site is killed as well. Turns that talk, turns that hold a time and turns that book are all caught.
"""

import asyncio
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import aiohttp

from tests import seed
from tests.chaos.report import Report
from tests.people import Acked, SaidNo, Tab, Technician, browser
from tests.stack import Stack
from tests.wire import Lost

OPENING = "hiya dropped my s23 ultra and the glass is smashed, how much?"
KINDS = ("words", "hold", "book", "book")
SLOWED = ("rasa", "site killed", "actions", "rasa")
BATCH = 20
#: The longest a turn may live, and a little: after that nothing of it can arrive any more.
SETTLED = 12.0

SAID = """
    SELECT conversation_id::text AS conversation, seq, author_kind AS author, text, pg_xact_commit_timestamp(xmin) AS committed
    FROM messages WHERE conversation_id = ANY(%s::uuid[]) ORDER BY seq
"""
BOOKED = """
    SELECT o.conversation_id::text AS conversation, 'booked ' || o.reference AS what, o.reference,
           pg_xact_commit_timestamp(e.xmin) AS committed
    FROM orders o JOIN bookings b ON b.order_id = o.id JOIN events e ON e.data ->> 'booking_id' = b.id::text
    WHERE e.name = 'BookingConfirmed' AND o.conversation_id = ANY(%s::uuid[])
"""
HELD = """
    SELECT v.id::text AS conversation, 'held ' || h.starts_at AS what, NULL AS reference, pg_xact_commit_timestamp(h.xmin) AS committed
    FROM holds h JOIN conversations v ON h.owner IN ('visitor:' || v.visitor_id, 'conversation:' || v.id)
    WHERE v.id = ANY(%s::uuid[])
"""
OWNED = "SELECT id::text AS conversation, owner, epoch FROM conversations WHERE id = ANY(%s::uuid[])"


@dataclass(frozen=True, slots=True)
class Said:
    """A stored message and when it was committed."""

    seq: int
    author: str
    text: str
    committed: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """Something done for the customer and when it was committed."""

    what: str
    reference: str | None
    committed: datetime


@dataclass
class Takeover:
    """One conversation after the dust has settled."""

    conversation: str
    kind: str
    joined: str
    epoch: int
    said: list[Said] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    owner: str = "technician"
    epoch_at_end: int = 0

    @property
    def line(self) -> Said | None:
        """The line that tells the customer who has taken over."""
        return next((said for said in self.said if said.author == "system" and said.text == self.joined), None)


def judge(taken: Takeover) -> list[str]:
    """The faults of one takeover, in words."""
    faults = []
    line, where = taken.line, f"{taken.conversation} ({taken.kind})"
    if line is None:
        return [f"{where}: nobody told the customer of the takeover"]
    if (taken.owner, taken.epoch_at_end) != ("technician", taken.epoch):
        faults.append(f"{where}: taken at epoch {taken.epoch}, at the end {taken.owner} at epoch {taken.epoch_at_end}")
    faults += [
        f"{where}: the assistant said {said.text!r} after the takeover"
        for said in taken.said
        if said.author == "bot" and said.seq > line.seq
    ]
    for done in taken.done:
        if done.committed > line.committed:
            faults.append(f"{where}: {done.what} after the takeover")
        elif done.reference and not any(done.reference in said.text for said in taken.said if said.seq < line.seq):
            faults.append(f"{where}: {done.what} before the takeover and not shown")
    return faults


class Fence:
    """The scenario on one stack."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession, technician: Technician, *, number: int) -> None:
        self.stack = stack
        self.http = http
        self.technician = technician
        self.random = random.Random(number)
        self.takeovers: list[Takeover] = []
        self.faults: list[str] = []
        self.slowed: Counter[str] = Counter()
        self.unprepared = 0

    async def batch(self, size: int, slow: str) -> None:
        """Customers on the brink of a turn, all sending at once; the assistant slowed; each taken over at a random moment."""
        tabs = [Tab(self.http, self.stack.bases[index % 2 :] + self.stack.bases[: index % 2]).open() for index in range(size)]
        try:
            await asyncio.gather(*(tab.ready() for tab in tabs))
            kinds = [self.random.choice(KINDS) for _ in tabs]
            ready = await asyncio.gather(*(self._prepare(tab, kind) for tab, kind in zip(tabs, kinds, strict=True)))
            self.unprepared += ready.count(False)
            self.slowed[slow] += 1
            slowness = self.random.uniform(0.3, 3)
            brink = [(tab, kind) for tab, kind, is_ready in zip(tabs, kinds, ready, strict=True) if is_ready]
            stopping = asyncio.create_task(self._slow(slow, slowness))
            await asyncio.sleep(0.05)
            await asyncio.gather(*(self._round(tab, kind, slowness) for tab, kind in brink))
            await stopping
            await asyncio.to_thread(self.stack.wait_ready, 60, kinds=("site", "worker", "postgres"))
        finally:
            await asyncio.gather(*(tab.close() for tab in tabs))

    async def judge(self) -> None:
        """Read what is stored and judge it."""
        ids = [taken.conversation for taken in self.takeovers]
        homes = {taken.conversation: taken for taken in self.takeovers}
        for row in await seed.rows(self.stack.database, SAID, ids):
            homes[row["conversation"]].said.append(Said(row["seq"], row["author"], row["text"], row["committed"]))
        for statement in (BOOKED, HELD):
            for row in await seed.rows(self.stack.database, statement, ids):
                homes[row["conversation"]].done.append(Done(row["what"], row["reference"], row["committed"]))
        for row in await seed.rows(self.stack.database, OWNED, ids):
            homes[row["conversation"]].owner, homes[row["conversation"]].epoch_at_end = row["owner"], row["epoch"]
        self.faults += [fault for taken in self.takeovers for fault in judge(taken)]

    async def give_back(self, taken: list[Takeover]) -> None:
        """Cancel what was booked, so that a long run does not fill the calendar."""
        for row in await seed.rows(self.stack.database, BOOKED, [one.conversation for one in taken]):
            await self.technician.insist(self.http, "POST", f"/api/v1/bookings/{row['reference']}/cancel")

    async def _prepare(self, tab: Tab, kind: str) -> bool:
        if kind == "words":
            return True
        try:
            await self._step(tab, await tab.say(OPENING))
            for _ in range(12):
                part = newest_part(tab)
                if part is None or part["type"] == ("slots" if kind == "hold" else "never") or is_last(part):
                    return part is not None
                await self._step(tab, await self._answer(tab, part, look_on=True))
        except (SaidNo, Lost, TimeoutError):
            pass
        return False

    async def _answer(self, tab: Tab, part: dict[str, Any], *, look_on: bool = False) -> Acked:
        if part["type"] == "form":
            return await tab.fill(part["id"], {"name": "Priya Shah", "email": f"{uuid4().hex[:12]}@example.com"})
        if part["type"] == "slots":
            offers = [slot["id"] for slot in part["slots"]]
            if look_on and part.get("more") and self.random.random() < 0.6:  # the crowd shall not want the same six times
                return await tab.choose(part["more"]["id"])
            return await tab.choose(self.random.choice(offers))
        wanted = [choice for choice in part["choices"] if "time" in choice["title"].lower() or "book" in choice["title"].lower()]
        return await tab.choose((wanted or part["choices"])[0]["id"])

    async def _step(self, tab: Tab, acked: Acked) -> None:
        def answered(tab: Tab) -> bool:
            newer = (message for message in tab.fold.messages.values() if message["seq"] > acked.seq)
            return not tab.fold.has_gap and any(message["author"]["kind"] != "customer" for message in newer)

        if not await tab.until(answered, 25):
            raise TimeoutError
        # An answer of several messages comes in one go; what it offers may be in the last of them.
        await asyncio.sleep(0.1)

    async def _round(self, tab: Tab, kind: str, slowness: float) -> None:
        conversation = str(tab.conversation["id"])
        # Half at any moment, half where it hurts most: around the moment at which the assistant goes on.
        wait = self.random.uniform(0, 3) if self.random.random() < 0.5 else min(3.0, slowness + self.random.uniform(-0.05, 0.4))
        part = newest_part(tab)
        sending = asyncio.create_task(tab.say(OPENING) if kind == "words" or part is None else self._answer(tab, part))
        await asyncio.sleep(wait)
        try:
            epoch = await self.technician.take(self.http, conversation)
            taken = Takeover(conversation, kind, f"{self.technician.name} from the workshop has joined the conversation.", epoch)
            self.takeovers.append(taken)
            await sending
            if self.random.random() < 0.5:
                await tab.say("hello? are you still there?")
        except SaidNo as error:
            # The takeover closed what was offered a moment before the customer took it.
            if error.code not in ("choice_closed", "form_closed"):
                self.faults.append(f"{conversation}: {error}")
        except Lost as error:
            self.faults.append(f"{conversation}: {error}")

    async def _slow(self, what: str, seconds: float) -> None:
        if what == "site killed":
            await asyncio.sleep(self.random.uniform(0, 1))
            self.stack.kill(self.random.choice(self.stack.names("site")))
            return
        name = self.stack.names(what)[0]
        pid = self.stack.stop_process(name, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if pid is not None:
            self.stack.go_on(pid)


async def takeover_fence(stack: Stack, *, rounds: int = 60, number: int = 1) -> Report:
    """Run the scenario on a stack with two sites."""
    began = time.monotonic()
    refused, dropped = stack.printed("deed_refused"), stack.printed("words_dropped")
    await asyncio.to_thread(stack.wait_ready, 120)
    await asyncio.to_thread(stack.remember_commits)
    technician = await asyncio.to_thread(stack.technician)
    async with browser() as http:
        fence = Fence(stack, http, technician, number=number)
        batches = 0
        while len(fence.takeovers) < rounds and batches < 2 * -(-rounds // BATCH) + 2:
            before = len(fence.takeovers)
            await fence.batch(min(BATCH, rounds - before), SLOWED[batches % len(SLOWED)])
            batches += 1
            if rounds > 100:
                await asyncio.sleep(SETTLED)
                await fence.give_back(fence.takeovers[before:])
        await asyncio.sleep(SETTLED)
        await fence.judge()
    done = [done for taken in fence.takeovers for done in taken.done]
    if len(fence.takeovers) < rounds:
        fence.faults.append(f"only {len(fence.takeovers)} of {rounds} takeovers could be prepared")
    if not any(one.reference for one in done):
        fence.faults.append("nothing was ever booked: the fence for deeds was not tried")
    figures = {
        "takeovers": ", ".join(f"{kind} {count}" for kind, count in Counter(taken.kind for taken in fence.takeovers).items()),
        "assistant slowed by": ", ".join(f"{name} {count}" for name, count in fence.slowed.items()),
        "bookings made before": sum(done.reference is not None for done in done),
        "turns cut off": sum(not _answered(taken) for taken in fence.takeovers),
        "stopped by the fence": f"{stack.printed('deed_refused') - refused} deeds, {stack.printed('words_dropped') - dropped} answers",
        "not prepared": fence.unprepared,
        "duration": f"{time.monotonic() - began:.0f} s",
    }
    return Report("takeover-fence", figures, fence.faults)


def newest_part(tab: Tab) -> dict[str, Any] | None:
    """The newest thing that can be answered."""
    for message in reversed(tab.fold.shown()):
        for part in reversed(message["parts"]):
            if part["type"] in ("choices", "slots", "form") and part.get("open", True):
                return dict(part)
    return None


def is_last(part: dict[str, Any]) -> bool:
    """Whether answering this books."""
    return part["type"] == "choices" and any(
        choice["title"].lower().startswith(("book it", "yes, book", "book this", "confirm")) for choice in part["choices"]
    )


def _answered(taken: Takeover) -> bool:
    line = taken.line
    if line is None:
        return False
    questions = [said.seq for said in taken.said if said.author == "customer" and said.seq < line.seq]
    return bool(questions) and any(said.author == "bot" and questions[-1] < said.seq < line.seq for said in taken.said)
