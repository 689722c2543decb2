"""Every page in a real browser, on a phone and on a desk, light and dark: usable by everybody, and never wider than its window."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from yarl import URL

from backend.core.site import Site
from backend.identity.authenticate import cookie_name
from backend.knowledge.articles import shelf
from revivatech.site import operations
from tests.browser import LOOKS, PICTURES, SIZES, chrome, faults, open_page, overflow, small_targets
from tests.conftest import Client, SignIn

pytestmark = [pytest.mark.whole, pytest.mark.timeout(240)]
__all__ = ["chrome"]


@pytest.fixture
async def booked(visitor: Client, book: Any) -> Any:
    return await book(visitor)


#: What is not drawn, and what leads on to another page.
NOT_DRAWN = {"/healthz", "/readyz", "/api/v1/openapi.json", "/staff"}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
async def test_every_page(
    size: str, look: str, chrome: Browser, base: str, site: Site, booked: Any, visitor: Client, staff: SignIn
) -> None:
    page = await open_page(chrome, size, look)
    admin = await staff("admin")
    track = "/" + str(booked["tracking_url"]).split("/", 3)[3]
    order = f"/staff/orders/{booked['reference']}"
    wish = {"device": "sony-playstation-3", "faults": ["disc_drive"]}
    price = f"/staff/prices/{(await visitor.json('POST', '/api/v1/price-requests', status=201, json=wish))['id']}"
    article = f"/help/{next(iter(shelf()))}"
    drawn = {operation.path for operation in operations() if operation.page and operation.method == "GET"} - NOT_DRAWN
    strangers = (
        "/",
        "/help",
        "/help?q=water",
        article,
        "/api/docs",
        track,
        f"{track}/move",
        f"{track}/cancel",
        "/track/nobody",
        "/no/page",
    )
    plain_rooms = sorted(path for path in drawn - {"/staff/login"} if path.startswith("/staff/") and "{" not in path)
    rooms = (
        *plain_rooms,
        "/staff/orders?q=nobody",
        "/staff/catalogue?q=zebra",
        "/staff/catalogue/apple-iphone-13",
        order,
        f"{order}/move",
        f"{order}/cancel",
        price,
    )
    found: list[str] = []

    async def look_at(name: str) -> None:
        folder = PICTURES / "portal" / f"{size}-{look}"
        folder.mkdir(parents=True, exist_ok=True)
        plain = re.sub(
            "[^a-z]+", "-", name.replace(track, "/track/link").replace(order, "/staff/order").replace(price, "/staff/price").lower()
        ).strip("-")
        await page.screenshot(path=folder / f"{plain or 'window'}.png", full_page=True)
        wrong = [*await faults(page), *(await small_targets(page) if size == "phone" else [])]
        if wider := await overflow(page):
            wrong.append(f"the page is {wider} px too wide")
        found.extend(f"{name}: {fault}" for fault in wrong)

    for path in (*strangers, "/staff/login"):
        await page.goto(base + path)
        await look_at(path)
    await refused_sign_in(page)
    await look_at("sign-in refused")
    secret = admin.http.cookie_jar.filter_cookies(URL(base))[cookie_name(site.settings)].value
    await page.context.add_cookies([{"name": cookie_name(site.settings), "value": secret, "url": base}])
    for path in rooms:
        answer = await page.goto(base + path)
        assert answer is not None and answer.ok, path
        await look_at(path)
    seen = [path.partition("?")[0] for path in (*strangers, "/staff/login", *rooms)]
    missed = {path for path in drawn if not any(re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), one) for one in seen)}
    assert not missed, "a page nobody looked at"
    assert not found, "\n".join(found)
    await page.context.close()


async def refused_sign_in(page: Page) -> None:
    await page.locator("input[type=email]").fill("nobody@example.com")
    await page.locator("input[type=password]").fill("not the password")
    await page.locator("form button").first.click()
    await page.wait_for_load_state()
