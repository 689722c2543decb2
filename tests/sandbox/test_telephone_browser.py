"""The telephone page in a real browser: two people write by hand, and what comes back appears by itself."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import async_playwright, expect

from revivatech.sandbox.app import create_app
from revivatech.sandbox.telephone.exchange import Exchange, Line
from revivatech.sandbox.telephone.section import PHONES, TelephoneSection
from revivatech.setup.browser import chromium
from tests.sandbox.test_browser import QUIET

SMS = "+447700900000"


@pytest.fixture
async def telephone() -> AsyncIterator[tuple[Exchange, str]]:
    exchange = Exchange(
        Line("AC" + "a" * 32, "t", SMS, "+447700900001", webhook="http://127.0.0.1:9", address="http://127.0.0.1:9"), pace=0
    )
    runner = web.AppRunner(create_app([TelephoneSection(exchange)]), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield exchange, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await exchange.close()
    await runner.cleanup()


async def test_two_people_write_by_hand_and_see_the_answers(telephone: tuple[Exchange, str]) -> None:
    exchange, address = telephone
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET.split())
        page = await browser.new_page()
        faults: list[str] = []
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{address}/telephone?on1=whatsapp")
        first, second = page.get_by_role("region", name=f"Phone {PHONES[0]}"), page.get_by_role("region", name=f"Phone {PHONES[1]}")
        await first.get_by_role("textbox").fill("<img src=x onerror=alert(1)> Hello")
        await first.get_by_role("textbox").press("Enter")
        await expect(first.locator("li").filter(has_text="<img src=x onerror=alert(1)> Hello")).to_be_visible()
        await expect(first.get_by_role("textbox")).to_have_value("")
        exchange.send({"To": PHONES[0], "From": SMS, "Body": "We are open."}, [])
        await expect(first.locator("li").filter(has_text="We are open.")).to_contain_text("delivered")
        await second.get_by_role("textbox").fill("By WhatsApp")
        await second.get_by_role("button", name="Send").click()
        await expect(second.locator("li").filter(has_text="By WhatsApp")).to_be_visible()
        exchange.send({"To": f"whatsapp:{PHONES[1]}", "From": "whatsapp:+447700900001", "Body": "Hi"}, [])
        await expect(second.locator("li").filter(has_text="Hi")).to_contain_text("read")
        assert faults == []
        await browser.close()
