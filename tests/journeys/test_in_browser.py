"""Two journeys as people live them: in Chromium, on a phone and on a desk, with pictures kept."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Locator, Page

from tests.browser import PICTURES, SIZES, chrome, open_page
from tests.journeys import held
from tests.journeys.script import FOLDER, Journey, Step
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)
WAIT = 25_000
__all__ = ["chrome"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("name", "look"), [("01_smashed_s23_ultra", "light"), ("03_change_of_mind", "dark")])
async def test_journey_in_chromium(name: str, size: str, look: str, stack: Stack, chrome: Browser) -> None:
    email = f"browser.{uuid4().hex[:10]}@example.com"
    journey = Journey.read(FOLDER / f"{name}.yml", email=email)
    page = await open_page(chrome, size, look)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    visit = Visit(page, PICTURES / "journeys" / f"{name}-{size}-{look}")
    await page.goto(stack.base)
    await visit.picture("shop")
    await page.get_by_role("button", name="Chat with us").click()
    for step in journey.steps:
        await visit.take(step)
    await visit.survives_a_reload()
    conversation = await visit.conversation(stack)
    booked = held.rows(stack.database, held.BOOKINGS, conversation)
    assert [(row["email"], row["state"]) for row in booked] == [(email, "confirmed")]
    assert journey.then.device is not None
    assert journey.then.device in booked[0]["device_name"]
    assert faults == [], "the browser complained"
    await page.context.close()


class Visit:
    """One page with the chat open."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self.pictures, self.number = page, pictures, 0
        pictures.mkdir(parents=True, exist_ok=True)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def answers(self) -> Locator:
        return self.log.get_by_role("article", name="Assistant")

    async def take(self, step: Step) -> None:
        """Do a step with the means a page has, wait for the answer, and keep a picture."""
        before = await self.answers.count()
        if isinstance(step.say, str):
            await self.page.get_by_role("textbox", name="Your message").fill(step.say)
            await self.page.get_by_role("button", name="Send", exact=True).click()
        if step.choose:
            await self.log.get_by_role("button", name=step.choose).last.click()
        if step.pick_slot:
            # Days are tabs: whatever the script's number, a person takes a time on the first or the last day.
            day = self.log.get_by_role("tab").first if step.pick_slot == 1 else self.log.get_by_role("tab").last
            await day.click()
            await self.log.get_by_role("tabpanel").last.get_by_role("button").first.click()
        if step.fill:
            for name, value in step.fill.items():
                await self.log.locator(f"input[name={name}]").last.fill(value)
            await self.log.locator("form button[type=submit]").last.click()
        await self.answers.nth(before).wait_for(timeout=WAIT)
        # The whole turn is shown once nobody is writing any more.
        await self.page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 350))")
        said = " ".join(await self.log.all_inner_texts()).lower()
        for word in step.bot.mentions:
            assert word.lower() in said, f"{word!r} is not on the page: {said}"
        await self.picture(step.say[:24] if isinstance(step.say, str) else step.choose or ("slot" if step.pick_slot else "form"))

    async def picture(self, name: str) -> None:
        """Keep what can be seen."""
        self.number += 1
        plain = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-").lower()
        await self.page.screenshot(path=self.pictures / f"{self.number:02d}-{plain}.png")

    async def survives_a_reload(self) -> None:
        """The conversation is there again, as it was."""
        before = await self.log.get_by_role("article").count()
        await self.page.reload()
        launcher = self.page.get_by_role("button", name="Chat with us")
        if await launcher.count() and not await self.log.count():
            await launcher.click()
        await self.log.get_by_role("article").nth(before - 1).wait_for(timeout=WAIT)
        assert await self.log.get_by_role("article").count() == before
        await self.picture("reloaded")

    async def conversation(self, stack: Stack) -> str:
        """The id of the conversation this browser holds, as the shop tells it."""
        credential = await self.page.evaluate(
            "() => Object.values(localStorage).map(v => (v.match(/rv_[A-Za-z0-9_-]+/) || [])[0]).find(Boolean)"
        )
        assert credential, "the page keeps no credential"
        opened = await self.page.request.post(
            f"{stack.base}/api/v1/conversations", data={}, headers={"Authorization": f"Bearer {credential}"}
        )
        return str((await opened.json())["conversation"]["id"])
