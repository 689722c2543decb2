"""One customer at the shop's door: connects, talks until they have what they want or have had enough, and goes."""

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from tests.journeys.customer import Customer
from tests.people import Tab, Technician
from tests.simulated import prior
from tests.simulated.goals import Goal
from tests.simulated.mind import next_move
from tests.simulated.opening import begin
from tests.simulated.person import Move, Person
from tests.simulated.prior import Prior
from tests.simulated.reading import Read, read
from tests.stack import Stack

SHOP = ZoneInfo("Europe/London")
#: Nobody writes more than this to a shop.
TURNS = 40
#: How long somebody who wrote twice waits for a second answer.
QUIET = 0.6
CODE = re.compile(r"^(\d{3} \d{3})$", re.MULTILINE)


@dataclass
class Life:
    """What became of one customer."""

    goal: Goal
    person: Person
    conversation: str = ""
    began: Prior | None = None
    turns: int = 0
    silences: list[float] = field(default_factory=list)
    owner: str = "bot"
    lines: list[str] = field(default_factory=list)
    broke: str = ""
    first: Read | None = None
    last: Read | None = None

    @property
    def transcript(self) -> str:
        """Everything said, as one would print it."""
        return "\n".join(self.lines)


class Visit:
    """One customer's visit under way."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession, goal: Goal, seed: int) -> None:
        self.stack, self.http, self.goal = stack, http, goal
        self.life = Life(goal, Person(goal, seed))
        self.dice = random.Random(f"{seed}:{goal.number}:life")

    async def live(self, technician: Technician) -> Life:
        """The whole visit; what breaks is told in `broke`."""
        try:
            credential = await self._before(technician)
            self.tab = await Tab(self.http, self.stack.bases, credential).open().ready(30)
            self.life.conversation = str(self.tab.conversation["id"])
            self.customer = Customer(self.tab)
            try:
                await self._talk()
            finally:
                await self.tab.close()
        except Exception as error:  # one who stumbles must not take the others along
            self.life.broke = f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
        return self.life

    async def _before(self, technician: Technician) -> str | None:
        if self.goal.kind not in ("status", "move", "cancel"):
            return None
        made = await prior.book(self.http, self.stack.base, self.goal)
        if self.goal.kind == "status":
            made = await prior.bring_in(self.http, technician, made, self.dice.randrange(6))
        self.life.began, self.life.person.reference = made, made.reference
        self.life.person.former = made.starts_at.astimezone(SHOP).replace(tzinfo=None)
        return None if self.goal.other_browser else made.credential

    async def _talk(self) -> None:
        move: Move | None = begin(self.life.person)
        while move is not None and self.life.turns < TURNS:
            answer = await self._do(move)
            self.life.first = self.life.first or answer
            self.life.last, self.life.owner = answer, answer.owner
            move = next_move(self.life.person, answer)
        if move is not None and self.life.turns >= TURNS:
            self.life.person.seen.gave_up = "talked for ever"

    async def _do(self, move: Move) -> Read:
        if move.how == "return":
            await self.tab.close()
            self._note("", "(goes away and comes back)")
            self.tab = await Tab(self.http, self.stack.bases, self.tab.credential).open().ready(30)
            self.customer = Customer(self.tab)
            move = Move("say", move.lines)
        began = time.perf_counter()
        match move.how:
            case "say":
                lines = [line.replace("{code}", await self._code()) if "{code}" in line else line for line in move.lines]
                self._note("customer", " / ".join(lines))
                began = time.perf_counter()
                answer = await self._quiet(await self.customer.say(*lines)) if len(lines) > 1 else await self.customer.say(*lines)
            case "press":
                self._note("customer", f"[{move.title}]")
                answer = await self.customer.choose(move.title)
            case "slot":
                self._note("customer", f"[time {move.index}]")
                _, answer = await self.customer.pick_slot(move.index)
            case _:
                self._note("customer", f"[form: {', '.join(move.values.values())}]")
                answer = await self.customer.fill(move.values)
        self.life.turns += 1
        self.life.silences.append(time.perf_counter() - began)
        await asyncio.sleep(0)
        for message in answer:
            buttons = [choice["title"] for part in message["parts"] if part["type"] == "choices" for choice in part["choices"]]
            kinds = "".join(f" <{part['type']}>" for part in message["parts"] if part["type"] != "choices")
            self._note(message["author"]["kind"], f"{message['text']}{kinds}{f' [{chr(124).join(buttons)}]' if buttons else ''}")
        return read(answer, str(self.tab.conversation.get("owner", "bot")), SHOP)

    async def _quiet(self, answer: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Two messages in a row may be answered one by one: read on until nothing more comes."""
        known = len(self.customer.thread)
        while True:
            await asyncio.sleep(QUIET)
            await self.tab.catch_up()
            if len(self.customer.thread) == known:
                newest = max(message["seq"] for message in answer)
                return answer + [one for one in self.customer.thread if one["seq"] > newest and one["author"]["kind"] != "customer"]
            known = len(self.customer.thread)

    async def _code(self) -> str:
        """The newest code in the customer's letter box."""
        for _ in range(100):
            async with self.http.get(f"{self.stack.sandbox}/api/mailbox", params={"to": self.goal.email}) as response:
                mails = [mail for mail in (await response.json())["items"] if mail["subject"].startswith("Your code")]
            if mails:
                async with self.http.get(f"{self.stack.sandbox}/api/mailbox/{mails[0]['id']}") as response:
                    found = CODE.search((await response.json())["text"])
                if found:
                    return found.group(1)
            await asyncio.sleep(0.2)
        raise AssertionError("no code came by mail")

    def _note(self, who: str, text: str) -> None:
        self.life.lines.append(f"{who:>10}: " + text.replace("\n", "\n            "))
