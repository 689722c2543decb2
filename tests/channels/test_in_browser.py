"""The chat in every state it can be in, drawn by a real browser: nothing too small, nothing too wide, nothing that shuts anybody out."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from playwright.async_api import Browser, Locator, Page

from backend.conversations import writing
from backend.conversations.models import Conversation
from backend.core import race
from backend.core.errors import Conflict
from backend.core.site import Site
from channels.turns import Turns
from tests.browser import LOOKS, PICTURES, SIZES, chrome, faults, open_page, overflow, small_targets
from tests.channels.assistant import FakeAssistant, after, says
from tests.channels.test_waiting import queue_up

pytestmark = [pytest.mark.whole, pytest.mark.timeout(300)]
SAMPLES = Path(__file__).parents[1] / "contract" / "samples"
__all__ = ["chrome"]


@pytest.fixture
def shop() -> None:
    """The demo shop, by the name the database asks for."""


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"turn_typing_after": 0.05, "turn_sweep": 0.2}


def sample(name: str) -> dict[str, Any]:
    """A part as the assistant sends it: what the wire shows, with a payload where an id stands."""
    read: dict[str, Any] = json.loads((SAMPLES / f"part.{name}.json").read_text("utf-8"))
    return _with_payloads({key: value for key, value in read.items() if key != "open"})


def _with_payloads(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_payloads(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _with_payloads(item) for key, item in value.items() if key != "id"}
    return {**inner, "payload": "/inform"} if "id" in value and ("title" in value or "fields" in value) else inner


def many_times() -> dict[str, Any]:
    """A week of half hours."""
    first = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    moments = [first + timedelta(days=day, minutes=30 * number) for day in range(6) for number in range(16)]
    slots = [{"starts_at": at.isoformat(), "title": f"{at:%a} {at.day} {at:%b}, {at:%H:%M}", "payload": "/inform"} for at in moments]
    return {"type": "slots", "slots": slots, "more": {"title": "More times", "payload": "/inform"}}


class Tour:
    """One customer's page, led from state to state; each is photographed and judged."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.number, self.found = page, 0, list[str]()
        self.pictures = PICTURES / "widget" / name
        self.pictures.mkdir(parents=True, exist_ok=True)

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog", name="RevivaTech")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    async def say(self, text: str) -> None:
        await self.page.get_by_role("textbox", name="Your message").fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def look(self, state: str) -> None:
        self.number += 1
        await self.page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 350))")
        await self.page.screenshot(path=self.pictures / f"{self.number:02d}-{state}.png")
        wrong = await faults(self.page)
        wrong += await small_targets(self.page, "[role=dialog]")
        if wider := await overflow(self.page):
            wrong.append(f"the page is {wider} px too wide")
        if wider := await self.log.evaluate("(log) => log.scrollWidth - log.clientWidth"):
            wrong.append(f"the conversation is {wider} px too wide")
        self.found += [f"{state}: {fault}" for fault in wrong]

    async def conversation_id(self, base: str) -> str:
        credential = await self.page.evaluate(
            "() => Object.values(localStorage).map(v => (v.match(/rv_[A-Za-z0-9_-]+/) || [])[0]).find(Boolean)"
        )
        opened = await self.page.request.post(f"{base}/api/v1/conversations", data={}, headers={"Authorization": f"Bearer {credential}"})
        return str((await opened.json())["conversation"]["id"])


class Odd(Conflict):
    """A refusal that no widget knows."""

    code, title = "odd", "That did not work here."


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
async def test_every_state_of_the_chat(
    size: str, look: str, chrome: Browser, base: str, shop: None, site: Site, turns: Turns, assistant: FakeAssistant, clock: Any, staff: Any
) -> None:
    page = await open_page(chrome, size, look)
    tour = Tour(page, f"{size}-{look}")

    def answers(text: str, *parts: dict[str, Any]) -> None:
        async def answer(turn: dict[str, Any]) -> web.StreamResponse:
            return says(text, parts=list(parts))

        assistant.behaviour = answer

    await page.goto(base)
    await page.get_by_role("button", name="Chat with us").click()
    await page.get_by_role("button", name="My screen is cracked").wait_for()
    await tour.look("empty")

    assistant.behaviour = after(4.0)
    await tour.say("hiya dropped my s23 ultra and the glass is smashed, how much?")
    await tour.log.get_by_text("Assistant is writing").wait_for(state="attached")
    await tour.look("typing")
    await tour.log.get_by_text("You said:").wait_for()

    answers("That is £234.00 in all.\nShall I find you a time?", sample("quote"), sample("choices"))
    await tour.say("Galaxy S23 Ultra")
    await tour.log.get_by_role("button", name="Book a repair").wait_for()
    await tour.look("quote")

    times = many_times()
    listed = "\n".join(slot["title"] for slot in times["slots"][:4])
    answers(f"These times are free:\n{listed}\nWhich one suits you? You can also name a day or an hour.", times)
    await tour.log.get_by_role("button", name="Book a repair").click()
    day = tour.log.get_by_role("tab", name="Fri 27 Nov")
    await day.click()
    await tour.look("slots")
    assert await tour.log.get_by_text("These times are free").count() == 0, "nothing may be announced that stands elsewhere"
    shown = tour.log.get_by_role("tabpanel").get_by_role("button")
    assert await shown.count() == 16
    seen = await tour.log.evaluate("(log) => log.clientHeight")
    needs = await tour.log.get_by_role("tabpanel").evaluate("(panel) => panel.closest('.slots').offsetHeight")
    assert needs <= seen, "a whole day with its tabs fits into the conversation without scrolling"
    await day.press("ArrowRight")
    await page.keyboard.press("Tab")
    assert await page.evaluate("() => document.activeElement.shadowRoot.activeElement.getAttribute('aria-label')") == "Sat 28 Nov, 09:00"

    answers("Whom shall we expect?", sample("form"))
    await page.keyboard.press("Enter")
    send = tour.log.locator("form button[type=submit]")
    await send.click()
    await tour.log.get_by_text("Please fill this in.").first.wait_for()
    await tour.look("form-with-errors")

    answers("You are booked in.", sample("booking"), sample("repair"), sample("card"))
    await tour.log.locator("input[name=name]").fill("Sam Carter")
    await tour.log.locator("input[name=email]").fill("sam@example.com")
    await send.click()
    await tour.log.get_by_text("Booked", exact=True).wait_for()
    await tour.look("booked")

    async def refuse() -> None:
        raise Odd

    race.place("message.lock", refuse)
    await tour.say("and what about the battery?")
    await tour.log.get_by_role("button", name="Try again").wait_for()
    await tour.look("failed")
    race.clear()
    answers("Fine.")
    await tour.log.get_by_role("button", name="Try again").click()
    await tour.log.get_by_text("Fine.").wait_for()

    conversation_id = await tour.conversation_id(base)
    await queue_up(site, conversation_id)
    await page.get_by_text("You are next in line").wait_for()
    await tour.say("hello??")
    await tour.log.get_by_text("Your message is with our technicians.").wait_for()
    await tour.look("waiting")

    clock.set(datetime(2026, 11, 24, 21, 0, tzinfo=UTC))
    for word in ("hello", "hello", "hello", "cancel"):
        await tour.say(word)
    await tour.log.get_by_text("You are still waiting for a person.").wait_for()
    await page.get_by_text("Closed now, opens Wed 25 Nov, 09:00").wait_for()
    await tour.look("shut")

    await page.context.set_offline(True)
    await page.get_by_role("status").filter(has_text="What you write is kept and sent").wait_for()
    await tour.say("is anybody there?")
    await tour.look("offline")
    await page.context.set_offline(False)

    person = await staff("technician")
    epoch = (await person.json("GET", f"/api/v1/conversations/{conversation_id}"))["epoch"]
    await person.json("POST", f"/api/v1/conversations/{conversation_id}/take", json={"epoch": epoch})
    async with site.work() as session:
        conversation = await session.get_one(Conversation, UUID(conversation_id), with_for_update=True)
        for number in range(80):
            writing.append(session, conversation, author_kind="technician", author_name="Maya", text=f"Line {number} of a long story.")
        await session.flush()
        await writing.announce(session, conversation)
    await tour.log.get_by_text("Line 79 of a long story.").wait_for()
    await tour.look("many")
    await tour.log.evaluate("(log) => { log.scrollTop = log.scrollHeight / 2 }")
    await page.get_by_role("button", name="Jump to latest").wait_for()
    await tour.look("many-scrolled-up")
    assert not tour.found, "\n".join(tour.found)
    await page.context.close()
