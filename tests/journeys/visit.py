"""A customer at a browser: what a person does with the chat and the pages, and judges of what can be seen."""

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page

from tests.browser import LOOKS, SIZES, faults, open_page, overflow, small_targets
from tests.stack import Stack

WAIT = 25_000


class Visit:
    """One page with the chat; `look` photographs and judges it on a phone and on a desk, light and dark."""

    def __init__(self, page: Page, pictures: Path, size: str, look: str) -> None:
        self.page, self.pictures, self.size, self.colours = page, pictures, size, look
        self.number, self.wrong, self.complaints = 0, list[str](), list[str]()
        pictures.mkdir(parents=True, exist_ok=True)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    @classmethod
    async def begin(cls, chrome: Browser, stack: Stack, pictures: Path, size: str, look: str) -> "Visit":
        """A new visitor opens the shop window and the chat."""
        visit = cls(await open_page(chrome, size, look), pictures, size, look)
        await visit.page.goto(stack.base)
        await visit.picture("shop")
        await visit.open_chat()
        return visit

    async def tab(self, address: str, size: str | None = None) -> "Visit":
        """The same visitor's other tab, of another size if wished."""
        other = Visit(await self.page.context.new_page(), self.pictures, size or self.size, self.colours)
        other.number = self.number + 50
        await other.turn(other.size, other.colours)
        await other.page.goto(address)
        return other

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def answers(self) -> Locator:
        return self.log.get_by_role("article", name="Assistant")

    def cards(self, state: str) -> Locator:
        """The bookings that say so: `Booked`, `With us`, `Cancelled`."""
        return self.log.locator(".booking").filter(has_text=state)

    async def open_chat(self) -> None:
        """Open the chat where it is not open by itself."""
        if not await self.log.count():
            await self.page.get_by_role("button", name="Chat with us").click()
        await self.log.wait_for(timeout=WAIT)

    async def answered(self, before: int, *mentions: str) -> None:
        """Wait for the turn after so many answers, and for all of it to be shown."""
        await self.answers.nth(before).wait_for(timeout=WAIT)
        for words in mentions:
            await self.sees(words)
        await self.settled()

    async def settled(self) -> None:
        await self.page.wait_for_function("() => new Promise(done => setTimeout(() => done(true), 350))")

    async def sees(self, words: str) -> None:
        """Wait until the conversation holds the words, whatever their case."""
        await self.log.get_by_text(words).last.wait_for(timeout=WAIT)

    async def say(self, text: str, *mentions: str, photos: list[Path] | None = None) -> None:
        """Write a message, photos with it, and wait for the answer."""
        before = await self.answers.count()
        if photos:
            await self.page.locator("input[type=file][multiple]").set_input_files(photos)
            await self.page.get_by_role("button", name="ready to send").nth(len(photos) - 1).wait_for(timeout=WAIT)
        await self.page.get_by_role("textbox", name="Your message").fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()
        await self.answered(before, *mentions)
        await self.picture(text[:24])

    async def choose(self, title: str, *mentions: str) -> None:
        """Press one of the choices offered last."""
        before = await self.answers.count()
        await self.log.get_by_role("button", name=title).last.click()
        await self.answered(before, *mentions)
        await self.picture(title)

    async def pick(self, day: int, time: int, *mentions: str) -> str:
        """Take a time in the picker by keyboard, as who uses no mouse does: arrows to the day, Tab, arrows to the time; returns it."""
        before = await self.answers.count()
        keys = self.page.keyboard
        await self.log.get_by_role("tab", selected=True).last.focus()
        for _ in range(day):
            await keys.press("ArrowRight")
        await keys.press("Tab")
        for _ in range(time):
            await keys.press("ArrowRight")
        await self.picture("picker")
        label: str = await self.page.evaluate("() => document.activeElement.shadowRoot.activeElement.getAttribute('aria-label')")
        await keys.press("Enter")
        await self.answered(before, *mentions)
        await self.picture("picked")
        return label

    async def fill(self, *mentions: str, **values: str) -> None:
        """Fill the last form in and send it."""
        before = await self.answers.count()
        for name, value in values.items():
            await self.log.locator(f"input[name={name}]").last.fill(value)
        await self.log.locator("form button[type=submit]").last.click()
        await self.answered(before, *mentions)
        await self.picture("form")

    async def picture(self, name: str) -> None:
        """Keep what can be seen."""
        self.number += 1
        plain = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-").lower()
        await self.page.screenshot(path=self.pictures / f"{self.number:02d}-{plain}.png")

    async def look(self, state: str, within: str = "[role=dialog]") -> None:
        """Judge what is shown on a phone and on a desk, one light and one dark, next time the other way round: axe, targets, width."""
        self.number += 1
        scrolled_up = await self.page.get_by_role("button", name="Jump to latest").count()
        looks = LOOKS if self.number % 2 else reversed(LOOKS)
        for size, look in zip(SIZES, looks, strict=True):
            await self.turn(size, look)
            wrong = await faults(self.page)  # which waits until nothing moves
            await self.page.screenshot(path=self.pictures / f"{self.number:02d}-{state}-{size}-{look}.png")
            if size == "phone":
                wrong += await small_targets(self.page, within)
            if wider := await overflow(self.page):
                wrong.append(f"the page is {wider} px too wide")
            if await self.page.get_by_role("button", name="Jump to latest").count() > scrolled_up:
                wrong.append("turning the screen lost the end of the conversation")
            self.wrong += [f"{state}, {size}, {look}: {fault}" for fault in wrong]
        await self.turn(self.size, self.colours)

    async def turn(self, size: str, look: str) -> None:
        """Look at the same page in another size and look."""
        width, height = SIZES[size]
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.emulate_media(color_scheme=look)  # type: ignore[arg-type]
        await self.settled()

    async def survives_a_reload(self) -> None:
        """The conversation is there again, as it was."""
        before = await self.log.get_by_role("article").count()
        await self.page.reload()
        await self.open_chat()
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
        answer: Any = await opened.json()
        return str(answer["conversation"]["id"])

    async def end(self, *others: "Visit") -> None:
        """Nothing was wrong with what was seen, and the browser never complained."""
        seen = [self, *others]
        assert not [fault for visit in seen for fault in visit.wrong], "\n".join(fault for visit in seen for fault in visit.wrong)
        assert not [line for visit in seen for line in visit.complaints], "the browser complained"
        await self.page.context.close()
