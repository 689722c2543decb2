"""Whole conversations against the whole running system."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from tests.journeys import held
from tests.journeys.customer import Customer
from tests.journeys.script import Answer, Held, Journey, Step, scripts
from tests.people import Tab, browser
from tests.stack import Stack

APOLOGY = "could not answer"
pytestmark = pytest.mark.timeout(240)


@pytest.mark.parametrize("file", scripts(), ids=lambda file: file.stem)
async def test_journey(file: Path, stack: Stack) -> None:
    await asyncio.to_thread(stack.wait_ready)  # an earlier script may have killed something
    run = Run(stack)
    journey = Journey.read(file, email=run.email)
    async with browser() as http:
        await run.begin(http)
        try:
            for number, step in enumerate(journey.steps, 1):
                try:
                    await run.take(step)
                except AssertionError as error:
                    error.add_note(
                        f"in step {number} of {file.name}: {step.model_dump(exclude_defaults=True)}\n{run.customer.transcript()}"
                    )
                    raise
            await run.settled(journey.then)
        finally:
            await run.end()


class Run:
    """One journey under way."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.email = f"journey.{uuid4().hex[:10]}@example.com"
        self.slot: str | None = None
        self.reference = ""
        self.epoch = 0
        self.own: str | None = None
        #: Something was killed: an honest "could not answer just now" may come first.
        self.shaken = False

    async def begin(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.tab = await Tab(http, self.stack.bases).open().ready()
        self.customer = Customer(self.tab)
        self.own = self.tab.credential
        self.conversation = str(self.tab.conversation["id"])
        self.technician = await asyncio.to_thread(self.stack.technician, "Maya Lindqvist")

    async def end(self) -> None:
        await self.tab.close()

    async def take(self, step: Step) -> None:
        """Do what the step says and check the answer."""
        answer: list[dict[str, Any]] | None = None
        if step.kill:
            self.shaken = True
            self.stack.kill(self.stack.names(step.kill)[0])
        if step.come_back:
            await self._come_back(new=step.come_back == "new browser")
        if step.technician:
            await self._technician(step)
        if step.move_repair:
            await self._move(step.move_repair, step.note)
        if step.say is not None:
            lines = [step.say] if isinstance(step.say, str) else step.say
            lines = [line.replace("{reference}", self.reference) for line in lines]
            lines = [line.replace("{code}", await self._code()) if "{code}" in line else line for line in lines]
            if self.technician_has_it():
                await self.tab.say(lines[0])
            elif step.photos:
                answer = await self.customer.send_photos(step.photos, lines[0])
            else:
                answer = await self.customer.say(*lines)
        elif step.photos:
            answer = await self.customer.send_photos(step.photos)
        if step.choose:
            answer = await self.customer.choose(step.choose)
        if step.pick_slot:
            self.slot, answer = await self.customer.pick_slot(step.pick_slot)
        if step.fill:
            answer = await self.customer.fill(step.fill)
        if answer is not None and self.shaken and APOLOGY in answer[-1]["text"]:
            answer = await self._try_again()
        if answer is not None:
            check(step.bot, answer)
        if booking := self.customer.newest_part("booking"):
            self.reference = booking["reference"]

    async def _try_again(self) -> list[dict[str, Any]]:
        """What a customer does who was told the truth about a failure: waits, and presses the button."""
        await asyncio.to_thread(self.stack.wait_ready)
        return await self.customer.choose("try again")

    def technician_has_it(self) -> bool:
        return bool(held.rows(self.stack.database, held.CONVERSATION, self.conversation)[0]["owner"] == "technician")

    async def _come_back(self, *, new: bool) -> None:
        before = [message["id"] for message in self.customer.thread]
        await self.tab.close()
        self.tab = await Tab(self.http, self.stack.bases, credential=None if new else self.own).open().ready()
        self.customer = Customer(self.tab)
        after = [message["id"] for message in self.customer.thread]
        assert after == ([] if new else before)

    async def _technician(self, step: Step) -> None:
        path = f"/api/v1/conversations/{self.conversation}"
        if step.technician == "takes":
            self.epoch = await self.technician.take(self.http, self.conversation)
            return
        if step.technician == "prices":
            await self._price(step)
            return
        body: dict[str, Any] = {"epoch": self.epoch}
        if step.technician == "replies":
            body |= {"client_id": str(uuid4()), "text": step.note}
        verb = "replies" if step.technician == "replies" else "release"
        status, said = await self.technician.insist(self.http, "POST", f"{path}/{verb}", body)
        assert status in (200, 201), said
        newest = max(m["seq"] for m in self.customer.thread if m["author"]["kind"] == "customer")
        if step.technician == "replies":
            assert await self.tab.until(lambda tab: any(m["text"] == step.note for m in tab.fold.shown()), 10)
            spoken = [m["author"]["kind"] for m in self.customer.thread if m["seq"] > newest]
            assert "bot" not in spoken, self.customer.transcript()
        else:  # something was open: the assistant says where things stand, unasked
            assert await self.tab.until(lambda tab: any(m["seq"] > newest and m["author"]["kind"] == "bot" for m in tab.fold.shown()), 10)
            await self.tab.catch_up()
            check(step.bot, [m for m in self.customer.thread if m["seq"] > newest and m["author"]["kind"] == "bot"])

    async def _price(self, step: Step) -> None:
        """Make the price that was asked for by hand; the chat tells it by itself."""
        newest = max(m["seq"] for m in self.customer.thread)
        _, asked = await self.technician.insist(self.http, "GET", "/api/v1/price-requests")
        (request,) = [one for one in asked["requests"] if one["conversation_id"] == self.conversation]
        lines = [{"label": step.note, "amount_minor": 8900}]
        body = {"lines": lines, "reason": "Part found at a supplier", "duration_minutes": 60, "warranty_months": 6}
        status, said = await self.technician.insist(self.http, "POST", f"/api/v1/price-requests/{request['id']}/answer", body)
        assert status == 201, said
        assert await self.tab.until(lambda tab: any(m["seq"] > newest for m in tab.fold.shown()), 10)
        await self.tab.catch_up()
        check(step.bot, [m for m in self.customer.thread if m["seq"] > newest])

    async def _move(self, stage: str, note: str | None) -> None:
        _, order = await self.technician.insist(self.http, "GET", f"/api/v1/orders/{self.reference}")
        repair = order["repairs"][0]
        body = {"to": stage, "version": repair["version"], "public": True} | ({"note": note} if note else {})
        status, said = await self.technician.insist(self.http, "POST", f"/api/v1/repairs/{repair['id']}/moves", body)
        assert status in (200, 201), said

    async def settled(self, then: Held) -> None:
        """Compare the backend with the script; mails may be a moment behind."""
        bookings = held.rows(self.stack.database, held.BOOKINGS, self._whose())
        assert len(bookings) == then.bookings, bookings
        conversation = held.rows(self.stack.database, held.CONVERSATION, self._whose())[0]
        if then.owner:
            assert conversation["owner"] == then.owner
        assert held.rows(self.stack.database, held.HOLDS, self._whose())[0]["n"] == then.holds
        if then.bookings:
            self._compare(bookings[-1], then)
        await self._mails(then)
        await self._photos(then)

    def _whose(self) -> str:
        return self.conversation

    def _compare(self, booking: dict[str, Any], then: Held) -> None:
        if then.device:
            assert then.device in booking["device_name"]
        if then.devices is not None:
            assert booking["devices"] == then.devices
        if then.checks is not None:
            assert booking["checks"] == then.checks
        if then.services is not None:
            assert sorted(service["code"] for service in booking["services"]) == sorted(then.services)
        if then.faults is not None:
            assert sorted(fault["code"] for fault in booking["faults"]) == sorted(then.faults)
        if then.slot:
            assert self.slot is not None
            assert booking["starts_at"].timestamp() == pytest.approx(_moment(self.slot))
        if then.total:
            quote = self.customer.newest_part("quote")
            assert quote is not None
            assert booking["total_minor"] == quote["total"]["minor"]
        for name in ("name", "email", "state", "stage"):
            wanted = getattr(then, name)
            assert wanted is None or booking[name] == wanted, (name, booking)

    async def _mails(self, then: Held) -> None:
        deadline = time.monotonic() + 30
        while True:
            async with self.http.get(f"{self.stack.sandbox}/api/mailbox", params={"to": self.email}) as response:
                subjects = [mail["subject"] for mail in (await response.json())["items"]]
            if all(any(word in subject.lower() for subject in subjects) for word in then.mails):
                break
            assert time.monotonic() < deadline, (then.mails, subjects)
            await asyncio.sleep(0.2)
        assert len(subjects) == len(then.mails), subjects

    async def _code(self) -> str:
        """The newest code in the customer's letter box."""
        deadline = time.monotonic() + 30
        while True:
            async with self.http.get(f"{self.stack.sandbox}/api/mailbox", params={"to": self.email}) as response:
                mails = (await response.json())["items"]
            codes = [mail for mail in mails if mail["subject"].startswith("Your code")]
            if codes:
                async with self.http.get(f"{self.stack.sandbox}/api/mailbox/{codes[0]['id']}") as response:
                    found = re.search(r"^(\d{3} \d{3})$", (await response.json())["text"], re.MULTILINE)
                assert found
                return found.group(1)
            assert time.monotonic() < deadline, mails
            await asyncio.sleep(0.2)

    async def _photos(self, then: Held) -> None:
        deadline = time.monotonic() + 15
        while then.photos is not None and (kept := held.rows(self.stack.database, held.PHOTOS, self._whose())[0]["n"]) != then.photos:
            assert time.monotonic() < deadline, f"{kept} photos are kept with the order"
            await asyncio.sleep(0.2)


def check(wanted: Answer, answer: list[dict[str, Any]]) -> None:
    """Compare what was answered with what the script asks for."""
    text = "\n".join(message["text"] for message in answer).lower()
    kinds = [part["type"] for message in answer for part in message["parts"]]
    for word in wanted.mentions:
        assert word.lower() in text, f"{word!r} is not in {text!r}"
    if wanted.any_of:
        assert any(word.lower() in text for word in wanted.any_of), f"none of {wanted.any_of} is in {text!r}"
    for word in wanted.never:
        assert word.lower() not in text, f"{word!r} is in {text!r}"
    for kind in wanted.parts:
        assert kind in kinds, f"no {kind} in {kinds}: {text!r}"
    for kind in wanted.no_parts:
        assert kind not in kinds, f"a {kind} in {kinds}: {text!r}"
    for part in (part for message in answer for part in message["parts"] if part["type"] == "repair"):
        assert [stage["label"] for stage in part["stages"] if stage["state"] == "current"] == [part["stage_label"]]
    if wanted.author:
        assert answer[-1]["author"]["kind"] == wanted.author
    assert all(message["text"].strip() for message in answer)


def _moment(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()
