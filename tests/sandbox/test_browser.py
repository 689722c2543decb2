"""The mailbox page in a real browser: news appears by itself, and a hostile mail stays words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
from aiohttp import web
from playwright.async_api import Browser, async_playwright, expect

from revivatech.sandbox.app import create_app
from revivatech.sandbox.mailbox import MailboxSection
from revivatech.sandbox.smtp import Mailbox
from revivatech.setup.browser import chromium

QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run --disable-quic"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium(), args=QUIET.split())
        yield opened
        await opened.close()


@pytest.fixture
async def pages(mailbox: Mailbox) -> AsyncIterator[str]:
    runner = web.AppRunner(create_app([MailboxSection(mailbox)]), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
async def spy() -> AsyncIterator[tuple[str, list[int]]]:
    """A server that counts who calls."""
    calls: list[int] = []

    async def called(request: web.BaseRequest) -> web.Response:
        calls.append(1)
        return web.Response()

    runner = web.ServerRunner(web.Server(called))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", calls
    await runner.cleanup()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
async def test_a_new_mail_appears_opens_and_runs_nothing(
    mailbox: Mailbox, browser: Browser, pages: str, spy: tuple[str, list[int]], width: int, height: int
) -> None:
    spying, calls = spy
    page = await browser.new_page(viewport={"width": width, "height": height})
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    page.on("pageerror", lambda error: ran.append(str(error)))
    await page.goto(f"{pages}/mailbox")
    await expect(page.get_by_text("Nothing was sent yet")).to_be_visible()

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", "ada@example.com", "<img src=x onerror=alert(1)> Booked"
    mail.set_content("Plain words")
    attack = f"<script>alert(2)</script><img src='{spying}/pixel.png' onerror='alert(3)'><link rel='stylesheet' href='{spying}/x.css'>"
    mail.add_alternative(f"<html><body><h1>Your repair is booked</h1>{attack}</body></html>", subtype="html")
    mailbox.store.add("shop@example.com", ["ada@example.com"], bytes(mail))

    item = page.locator(".mail__item").first
    await expect(item).to_contain_text("<img src=x onerror=alert(1)> Booked")
    await item.click()
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("heading", name="Your repair is booked")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ran == []
    assert calls == []
    await page.close()
