"""A customer who walks through the journeys' mix, one turn at a time, with a stop-watch."""

import asyncio
import itertools
import random
import time
from typing import Any
from uuid import uuid4

from tests.people import Tab

#: A walk through the shop: price, times, a question in between, a held time, contact, another question, start again. Six of ten
#: turns call the backend (quote, times, more times, hold, status, quote); nothing is ever booked, so the calendar stays free.
WALK = ("price", "times", "question", "more", "question", "slot", "status", "question", "again", "question")
PRICES = (
    "hiya dropped my s23 ultra and the glass is smashed, how much?",
    "how much for a new battery in an iphone 13",
    "my pixel 7 screen is cracked, what would it cost",
)
QUESTIONS = ("when are you open?", "where are you?", "how long is the warranty?", "what payment do you take?")


class Walker:
    """One page of one customer."""

    def __init__(self, tab: Tab, *, number: int = 0) -> None:
        self.tab = tab
        self.random = random.Random(number)
        # Not all at the same step.
        self.steps = itertools.islice(itertools.cycle(WALK), number % len(WALK), None)
        self._shown: dict[int, float] = {}
        self._new = asyncio.Event()
        self.busy = False
        self.failed = 0
        tab.heard = self._heard

    async def turn(self, patience: float = 12) -> float:
        """Say the next thing; the seconds from sending to the first words of the answer."""
        return await self.measured(self._body(next(self.steps)), patience)

    async def ask(self, text: str, patience: float = 12) -> float:
        """Say this; the seconds from sending to the first words of the answer."""
        return await self.measured({"client_id": str(uuid4()), "text": text}, patience)

    async def measured(self, body: dict[str, Any], patience: float) -> float:
        began = time.perf_counter()
        self._shown.clear()
        acked = await self.tab.send(body, deadline=patience)
        async with asyncio.timeout(patience):
            while not (later := [at for seq, at in self._shown.items() if seq > acked.seq]):
                self._new.clear()
                await self._new.wait()
        return min(later) - began

    def _heard(self, event: str, payload: Any) -> None:
        if event == "message" and payload["author"]["kind"] in ("bot", "system"):
            self._shown.setdefault(payload["seq"], time.perf_counter())
            self.failed += any(choice.get("title") == "Try again" for part in payload["parts"] for choice in part.get("choices", ()))
            self._new.set()

    def _body(self, step: str) -> dict[str, Any]:
        body: dict[str, Any] = {"client_id": str(uuid4())}
        offer = self._offer(step)
        if offer:
            return body | {"choice": offer}
        words = {
            "price": self.random.choice(PRICES),
            "again": "actually, " + self.random.choice(PRICES),
            "times": "when could you do it?",
            "more": "any later times?",
            "slot": "the first one please",
            "status": "what's happening with RT-7F3K2?",
            "question": self.random.choice(QUESTIONS),
        }
        return body | {"text": words[step]}

    def _offer(self, step: str) -> str | None:
        if step not in ("times", "more", "slot"):
            return None
        for message in reversed(self.tab.fold.shown()[-6:]):
            for part in message["parts"]:
                if part.get("open") and part["type"] == "slots" and step in ("more", "slot"):
                    return str(part["more"]["id"]) if step == "more" and part.get("more") else str(self.random.choice(part["slots"])["id"])
                if part.get("open") and part["type"] == "choices" and step == "times":
                    for choice in part["choices"]:
                        if "time" in choice["title"].lower():
                            return str(choice["id"])
        return None
