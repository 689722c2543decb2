"""A customer and a technician in two browsers side by side: a conversation handed over and back twice, and every state of the desk."""

from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page
from yarl import URL

from backend.core.site import Site
from backend.identity.authenticate import cookie_name
from channels import watch
from channels.turns import Turns
from tests.browser import PICTURES, chrome, faults, open_page, overflow, small_targets
from tests.channels.assistant import FakeAssistant, says
from tests.channels.test_in_browser import sample
from tests.conftest import Client, SignIn

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240)]
__all__ = ["chrome"]
WISH = {
    "type": "handoff",
    "reason": "complaint",
    "wanted": "Galaxy S23 Ultra, cracked screen",
    "filled": {"device": "Galaxy S23 Ultra", "name": "Amira Haddad", "phone": "07700 900123"},
}


@pytest.fixture
def shop() -> None:
    """The demo shop, by the name the database asks for."""


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"turn_typing_after": 0.05, "turn_sweep": 0.2}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.1)


class Tour:
    """The desk's page, led from state to state; each is photographed and judged."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.number, self.found = page, 0, list[str]()
        self.phone = name.startswith("phone")
        self.pictures = PICTURES / "desk" / name
        self.pictures.mkdir(parents=True, exist_ok=True)

    async def look(self, state: str) -> None:
        self.number += 1
        await self.page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 300))")
        await self.page.screenshot(path=self.pictures / f"{self.number:02d}-{state}.png")
        wrong = await faults(self.page)
        if self.phone:
            wrong += await small_targets(self.page, "#desk .place")
        if wider := await overflow(self.page):
            wrong.append(f"the page is {wider} px too wide")
        self.found += [f"{state}: {fault}" for fault in wrong]

    async def say(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name="Write to the customer")
        await box.fill(text)
        await box.press("Enter")


async def say(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Your message").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()


async def desk_of(chrome: Browser, base: str, site: Site, person: Client, size: str, look: str, now: datetime) -> Page:
    page = await open_page(chrome, size, look)
    await page.clock.set_system_time(now)
    secret = person.http.cookie_jar.filter_cookies(URL(base))[cookie_name(site.settings)].value
    await page.context.add_cookies([{"name": cookie_name(site.settings), "value": secret, "url": base}])
    await page.goto(f"{base}/staff/desk")
    return page


@pytest.mark.parametrize(("size", "look"), [("desk", "light"), ("phone", "dark")])
async def test_handed_over_and_back_twice(
    size: str,
    look: str,
    chrome: Browser,
    base: str,
    shop: None,
    site: Site,
    turns: Turns,
    assistant: FakeAssistant,
    clock: Any,
    staff: SignIn,
) -> None:
    customer = await open_page(chrome, size, look)
    page = await desk_of(chrome, base, site, await staff("technician"), size, look, clock.now())
    tour, log = Tour(page, f"{size}-{look}"), customer.get_by_role("log")
    await page.get_by_text("Nobody is waiting", exact=True).wait_for()
    await tour.look("nobody")

    async def answer(turn: dict[str, Any]) -> Any:
        if "person" in turn["text"]:
            return says("I will ask a colleague.", asks=[WISH])
        return says("That is £234.00 in all.\nShall I find you a time?", parts=[sample("quote"), sample("choices")])

    assistant.behaviour = answer
    await customer.goto(base)
    await customer.get_by_role("button", name="Chat with us").click()
    await say(customer, "my s23 ultra has a cracked screen, how much?")
    await log.get_by_role("button", name="Book a repair").wait_for()
    await say(customer, "that is too dear, I want a person")
    row = page.locator("[data-row]").first
    await page.get_by_role("heading", name="Waiting").wait_for()
    assert (await page.title()).startswith("(1) Desk")
    await tour.look("waiting")
    await row.click()
    await page.get_by_text("too dear").last.wait_for()
    await tour.look("read-along")

    await page.get_by_role("button", name="Take", exact=True).click()
    await log.get_by_text("has joined the conversation").wait_for()
    box = page.get_by_role("textbox", name="Write to the customer")
    await box.wait_for()
    await customer.get_by_role("textbox", name="Your message").press_sequentially("are you")
    await page.get_by_text("is writing").wait_for(state="attached")
    await tour.say("Hello, this is the workshop. Let me look at the price again.")
    await log.get_by_text("Let me look at the price again.").wait_for()
    await page.get_by_text("Seen").wait_for()
    await page.get_by_role("button", name="Note", exact=True).click()
    note = page.get_by_role("textbox", name="A note for colleagues")
    await note.fill("Regular customer, be generous.")
    await note.press("Enter")
    await page.get_by_text("Regular customer, be generous.").wait_for()
    await tour.look("mine-with-note")
    assert "generous" not in await customer.locator("body").inner_text()
    assert await log.get_by_text("generous").count() == 0
    await more(page, "Back to the assistant")
    await log.get_by_text("You are back with the assistant").wait_for()

    await say(customer, "all right, and when?")
    await log.get_by_text("That is £234.00 in all.").nth(1).wait_for()
    await page.get_by_role("button", name="Take over").click()
    await log.get_by_text("has joined the conversation").nth(1).wait_for()
    await page.context.set_offline(True)
    await tour.say("I have taken ten pounds off for you.")
    await page.get_by_text("What you write is kept and sent").wait_for()
    await tour.look("offline")
    await page.context.set_offline(False)
    await log.get_by_text("ten pounds off").wait_for(timeout=20_000)
    assert await log.get_by_text("ten pounds off").count() == 1

    await more(page, "Snooze")
    await tour.look("snooze")
    await page.get_by_role("button", name="In an hour").click()
    await page.get_by_text("Snoozed until").first.wait_for()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("It is back in your list.").wait_for()
    await more(page, "Back to the assistant")
    await log.get_by_text("You are back with the assistant").nth(1).wait_for()
    await page.get_by_role("button", name="Take over").wait_for()
    await tour.look("given-back")
    if tour.phone:
        await page.get_by_role("button", name="Details").first.click()
        await tour.look("details")
        await page.get_by_role("button", name="Close details").click()
        await page.get_by_role("button", name="Back to the queue").click()
    else:
        await row.focus()
        await page.keyboard.press("?")
    await tour.look("end")
    assert not tour.found, "\n".join(tour.found)
    await page.context.close()
    await customer.context.close()


async def more(page: Page, name: str) -> Locator:
    """Press something in the menu of what is done more seldom."""
    await page.get_by_role("button", name="More", exact=True).click()
    way = page.locator(".menu__list").get_by_role("button", name=name)
    await way.click()
    return way


async def test_two_technicians(
    chrome: Browser, base: str, shop: None, site: Site, turns: Turns, assistant: FakeAssistant, clock: Any, staff: SignIn
) -> None:
    """Of two who take at once one is told kindly; whoever is handed a conversation sees it come."""
    customer = await open_page(chrome, "desk", "light")
    first = await desk_of(chrome, base, site, await staff("technician"), "desk", "light", clock.now())
    second = await desk_of(chrome, base, site, await staff("technician"), "desk", "light", clock.now())

    async def answer(turn: dict[str, Any]) -> Any:
        return says("I will ask a colleague.", asks=[WISH])

    assistant.behaviour = answer
    await customer.goto(base)
    await customer.get_by_role("button", name="Chat with us").click()
    await say(customer, "a person please")
    for page in (first, second):
        await page.locator("[data-row]").first.click()
        await page.get_by_role("button", name="Take", exact=True).wait_for()
    await first.keyboard.press("t")
    await second.keyboard.press("t")
    yours = [page for page in (first, second) if await mine(page)]
    assert len(yours) == 1
    other = second if yours[0] is first else first
    await other.get_by_text("has this conversation").first.wait_for()
    await yours[0].keyboard.press("x")
    await yours[0].get_by_role("radio").first.check()
    await yours[0].get_by_role("button", name="Transfer", exact=True).last.click()
    await other.get_by_role("textbox", name="Write to the customer").wait_for()
    await yours[0].get_by_text("has this conversation now").wait_for()
    folder = PICTURES / "desk"
    await yours[0].screenshot(path=folder / "lost.png")
    assert not await faults(yours[0])
    for page in (customer, first, second):
        await page.context.close()


async def mine(page: Page) -> bool:
    await page.get_by_text("has this conversation").or_(page.get_by_text("You have this conversation")).first.wait_for()
    return bool(await page.get_by_text("You have this conversation").count())
