"""Photos in a real browser: brought in every way there is, sent, looked at and found again, on a phone and on a desk."""

import base64
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from playwright.async_api import Browser, Locator, Page
from yarl import URL

from backend.identity.authenticate import cookie_name
from tests.backend.files.pictures import HEIC, encoded, jpeg, scene
from tests.backend.repairs.test_photos import photo as send_photo
from tests.browser import LOOKS, PICTURES, SIZES, chrome, faults, open_page, overflow, small_targets
from tests.conftest import Client, SignIn

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240)]
__all__ = ["chrome"]
WAIT = 15_000
#: Where the browser runs, so that a picture is a file and not a wish.
DROP = """async ([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type}));
  const panel = document.querySelector("[data-revivatech]")?.shadowRoot?.querySelector(".panel")
    ?? [...document.querySelectorAll("*")].map((one) => one.shadowRoot?.querySelector(".panel")).find(Boolean);
  const target = how === "paste" ? panel.querySelector("textarea") : panel;
  if (how === "paste") target.dispatchEvent(new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true}));
  else for (const event of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(event, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


def files(*named: tuple[str, str, bytes]) -> list[Any]:
    return [{"name": name, "mimeType": kind, "buffer": body} for name, kind, body in named]


def photo(width: int = 1200, height: int = 900) -> tuple[str, str, bytes]:
    return f"{uuid4()}.jpg", "image/jpeg", jpeg(width, height)


class Chat:
    """A page with the chat open."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self.pictures, self.wrong = page, pictures, list[str]()
        pictures.mkdir(parents=True, exist_ok=True)
        # From the beginning: the browser is told to hand pickers over in its own time, and a key pressed before that opens nothing.
        page.on("filechooser", lambda chooser: None)
        page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        # A browser writes down every refused upload; one is refused on purpose.
        page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" and "status of 415" not in line.text else None)

    async def open(self, address: str) -> "Chat":
        await self.page.goto(address)
        launcher, box = self.page.get_by_role("button", name="Chat with us"), self.page.get_by_role("textbox", name="Your message")
        await launcher.or_(box).first.wait_for(timeout=WAIT)
        if not await box.is_visible():  # on a desk an open chat is open again after a reload
            await launcher.click()
        await box.wait_for(timeout=WAIT)
        return self

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def tray(self) -> Locator:
        return self.page.get_by_role("list", name="Photos to send")

    async def pick(self, *named: tuple[str, str, bytes]) -> None:
        await self.page.locator("input[type=file]").first.set_input_files(files(*named))

    async def ready(self, count: int) -> None:
        words = "1 photo ready to send" if count == 1 else f"{count} photos ready to send"
        await self.page.get_by_text(words).wait_for(timeout=WAIT)

    async def shown(self, count: int) -> None:
        """So many photos stand in the conversation, and every one has arrived."""
        await self.log.locator("img").nth(count - 1).wait_for(timeout=WAIT)
        await self.log.locator("img").last.scroll_into_view_if_needed()
        for at in range(count):
            image = self.log.locator("img").nth(at)
            await image.scroll_into_view_if_needed()
            await image.evaluate("(one) => one.decode()")
            assert await image.evaluate("(one) => one.naturalWidth") > 0

    async def look(self, name: str) -> None:
        """Keep what can be seen, and judge it."""
        await self.page.wait_for_timeout(350)
        await self.page.screenshot(path=self.pictures / f"{name}.png")
        self.wrong += [f"{name}: {fault}" for fault in await faults(self.page)]
        if wider := await overflow(self.page):
            self.wrong.append(f"{name}: {wider} px too wide")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
async def test_photos_from_the_picker_to_the_other_tab(size: str, look: str, chrome: Browser, base: str, shop: Any) -> None:
    page = await open_page(chrome, size, look)
    chat = await Chat(page, PICTURES / "photos" / f"{size}-{look}").open(base)
    assert await page.get_by_role("button", name="Take a photo").is_visible() == (size == "phone")
    await chat.pick(
        photo(), ("a.png", "image/png", encoded(scene(300, 400), "PNG")), ("b.heic", "", HEIC), ("c.jpg", "image/jpeg", b"%PDF-1.7")
    )
    await chat.ready(3)
    await page.get_by_text("Only photos can be sent here").wait_for(timeout=WAIT)
    await chat.tray.get_by_role("button", name="Photo 1, ready to send").click()
    await page.get_by_role("textbox", name="Describe photo 1").fill("the cracked corner")
    await chat.look("1-tray")
    await page.get_by_role("button", name="Remove photo 4").click()
    await page.get_by_role("textbox", name="Your message").fill("this is what it looks like")
    await page.get_by_role("button", name="Send", exact=True).click()
    await chat.shown(3)
    assert "3 photos" not in await chat.log.inner_text(), "what is shown is not said again"
    await chat.look("2-sent")
    await chat.log.get_by_role("button", name="Photo 1: the cracked corner, open full size").click()
    large = page.get_by_role("dialog", name="Photo 1: the cracked corner").locator("img")
    await large.evaluate("(one) => one.decode()")
    assert await large.evaluate("(one) => one.naturalWidth") == 1200
    await chat.look("3-full-size")
    await page.keyboard.press("Escape")
    await large.wait_for(state="detached")
    assert await chat.log.is_visible(), "the chat stays open"
    other = await Chat(await page.context.new_page(), chat.pictures).open(base)
    await other.shown(3)
    await chat.open(base)
    await chat.shown(3)
    assert await small_targets(page, "section.panel") == []
    assert chat.wrong + other.wrong == []
    await page.context.close()


async def test_pasted_and_dropped(chrome: Browser, base: str, shop: Any) -> None:
    page = await open_page(chrome, "desk", "light")
    chat = await Chat(page, PICTURES / "photos" / "desk-light").open(base)
    for count, how in enumerate(("paste", "drop"), 1):
        name, kind, body = photo()
        await page.evaluate(DROP.replace("how", repr(how)), [name, kind, base64.b64encode(body).decode()])
        await chat.ready(count)
    assert chat.wrong == []
    await page.context.close()


async def test_by_keyboard_alone(chrome: Browser, base: str, shop: Any) -> None:
    page = await open_page(chrome, "desk", "dark")
    chat = await Chat(page, PICTURES / "photos" / "desk-dark").open(base)
    await page.get_by_role("textbox", name="Your message").focus()
    await page.keyboard.press("Shift+Tab")
    async with page.expect_file_chooser() as chooser:
        await page.keyboard.press("Enter")
    await (await chooser.value).set_files(files(photo(), photo()))
    await chat.ready(2)
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")  # takes the second photo out
    await chat.ready(1)
    await page.keyboard.press("Shift+Tab")
    for _ in range(2):
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("textbox", name="Describe photo 1").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("the back")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await chat.log.get_by_role("button", name="Photo 1: the back, open full size").wait_for(timeout=WAIT)
    await page.context.close()


async def test_twenty_at_once_and_a_reload_in_between(chrome: Browser, base: str, shop: Any) -> None:
    page = await open_page(chrome, "phone", "light")
    chat = await Chat(page, PICTURES / "photos" / "phone-light").open(base)
    await chat.pick(*(photo(60 + at, 60) for at in range(22)))
    await page.get_by_text("20 photos at a time: 2 left out.").wait_for(timeout=WAIT)
    await chat.ready(20)
    await chat.open(base)
    await chat.ready(20)
    await chat.look("4-twenty")
    await page.get_by_role("button", name="Send", exact=True).click()
    await chat.shown(20)
    assert await chat.log.get_by_role("article").count() == 4
    assert chat.wrong == []
    await page.context.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
async def test_on_the_pages_of_an_order(
    size: str, look: str, chrome: Browser, base: str, visitor: Client, book: Any, staff: SignIn, site: Any
) -> None:
    for width in (64, 300, 900):
        await send_photo(visitor, width, alt="the cracked corner" if width == 64 else None)
    booked = await book(visitor)
    page = await open_page(chrome, size, look)
    chat = Chat(page, PICTURES / "photos" / f"{size}-{look}")
    await page.goto(booked["tracking_url"])
    await _all_loaded(page)
    await page.screenshot(path=chat.pictures / "5-tracking.png", full_page=True)
    chat.wrong += [*await faults(page), *(await small_targets(page, "main") if size == "phone" else [])]
    assert await overflow(page) == 0
    technician = await staff("technician")
    secret = technician.http.cookie_jar.filter_cookies(URL(base))[cookie_name(site.settings)].value
    await page.context.add_cookies([{"name": cookie_name(site.settings), "value": secret, "url": base}])
    await page.goto(f"{base}/staff/orders/{booked['reference']}")
    await _all_loaded(page)
    await page.get_by_role("button", name="Hide from customer: the cracked corner").click()
    await page.get_by_role("button", name="Show to customer: the cracked corner").wait_for()
    await _all_loaded(page)
    await page.screenshot(path=chat.pictures / "6-staff.png", full_page=True)
    chat.wrong += [*await faults(page), *(await small_targets(page, "main") if size == "phone" else [])]
    assert chat.wrong == []
    await page.context.close()


async def _all_loaded(page: Page) -> None:
    images = page.locator("ul.photos img")
    assert await images.count() == 3
    for at in range(3):
        await images.nth(at).scroll_into_view_if_needed()
        await images.nth(at).evaluate("(one) => one.decode()")


async def test_on_a_strangers_page_with_a_strict_policy(chrome: Browser, base: str, shop: Any) -> None:
    """Another origin that allows the shop and nothing else: no inline style, no blob, no data address."""
    socket = base.replace("http", "ws")
    policy = f"default-src 'none'; script-src {base}; connect-src {base} {socket}; img-src {base}; require-trusted-types-for 'script'"

    async def stranger(request: web.Request) -> web.Response:
        html = f'<!doctype html><html lang="en"><title>A blog</title><h1>A blog</h1><script src="{base}/widget.js" async></script></html>'
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", stranger)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    page = await open_page(chrome, "desk", "light")
    chat = await Chat(page, PICTURES / "photos" / "desk-light").open(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await chat.pick(photo(), photo())
    await chat.ready(2)
    assert await chat.tray.locator("canvas:visible").count() == 2, "the previews are drawn all the same"
    await page.get_by_role("button", name="Send", exact=True).click()
    await chat.shown(2)
    await page.screenshot(path=chat.pictures / "7-stranger.png")
    assert [fault for fault in chat.wrong if "favicon" not in fault] == []
    await page.context.close()
    await runner.cleanup()
