"""Somebody opens the link of a mail on another device and asks there: the chat knows which repair they mean, and nothing else."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from tests.browser import chrome, open_page
from tests.people import browser
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)
__all__ = ["chrome"]
WAIT = 25_000


async def _booked(stack: Stack, http: aiohttp.ClientSession) -> dict[str, Any]:
    async def ask(method: str, path: str, **options: Any) -> Any:
        async with http.request(method, f"{stack.base}{path}", **options) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    opened = await ask("POST", "/api/v1/conversations", json={})
    headers = {"Authorization": f"Bearer {opened['credential']}"}
    quote = await ask("POST", "/api/v1/quotes", json={"device": "apple-iphone-13", "faults": ["screen_cracked"]}, headers=headers)
    slots = await ask("GET", "/api/v1/slots", params={"quote": quote["id"], "days": "14"}, headers=headers)
    customer = {"name": "Noor Aziz", "email": f"asking.{uuid4().hex[:10]}@example.com"}
    body = {"quote_id": quote["id"], "starts_at": slots["slots"][-1]["starts_at"], "customer": customer}
    made: dict[str, Any] = await ask("POST", "/api/v1/bookings", json=body, headers=headers)
    return made


async def test_the_chat_of_another_browser_knows_the_order_of_the_page(stack: Stack, chrome: Browser) -> None:
    async with browser() as http:
        booked = await _booked(stack, http)
    page = await open_page(chrome, "phone", "light")
    await page.goto(stack.base + urlsplit(booked["tracking_url"]).path)
    await page.get_by_role("button", name="Ask a question").last.click()
    log = page.get_by_role("log")
    await page.get_by_role("textbox", name="Your message").fill("can i move my appointment")
    await page.get_by_role("button", name="Send", exact=True).click()
    answer = log.get_by_role("article", name="Assistant").last
    await expect(answer).to_contain_text(f"{booked['reference']} is on {booked['label']} now", timeout=WAIT)
    assert "Noor" not in await log.inner_text(), "the page does not say who booked, so the chat does not either"
    await page.context.close()
