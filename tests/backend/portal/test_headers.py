"""What a browser is told it may load and show: on every answer, page or not."""

import re
from typing import Any

import pytest

from tests.conftest import Client, SignIn

from .conftest import look

PAGES = ("/", "/staff/login", "/api/docs", "/nothing/here", "/track/nonsense")
OTHERS = ("/api/v1/devices/search?q=iphone", "/api/v1/nothing", "/healthz", "/robots.txt", "/favicon.svg", "/widget.js", "/static/none.js")


def _directives(policy: str) -> dict[str, str]:
    return {part.split()[0]: " ".join(part.split()[1:]) for part in policy.split(";")}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_runs_only_its_own_scripts(client: Client, shop: Any, built: Any, path: str) -> None:
    page = await look(client, path)
    policy = _directives(page.headers["Content-Security-Policy"])
    nonce = re.fullmatch(r"'nonce-([\w-]{20,})'", policy["script-src"])
    assert nonce, policy["script-src"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'" and policy["require-trusted-types-for"] == "'script'"
    assert policy["style-src"] == f"'self' 'nonce-{nonce[1]}'"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert all(tag.get("nonce") == nonce[1] for tag in page.tags("script"))
    assert not any(
        name.startswith("on") or name == "style"
        for kind in ("body", "main", "button", "a", "div")
        for tag in page.tags(kind)
        for name in tag
    )


async def test_each_answer_has_its_own_nonce(client: Client, shop: Any) -> None:
    first, second = [(await look(client, "/staff/login")).headers["Content-Security-Policy"] for _ in range(2)]
    assert first != second


async def test_the_live_connection_of_the_chat_is_allowed(client: Client, shop: Any) -> None:
    policy = _directives((await look(client, "/")).headers["Content-Security-Policy"])
    assert policy["connect-src"] == f"'self' {client.base.replace('http', 'ws')}"


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
async def test_every_answer_is_guarded(client: Client, shop: Any, path: str) -> None:
    headers = (await look(client, path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers, "this site is reached by http"


@pytest.mark.parametrize("path", OTHERS)
async def test_what_is_no_page_may_load_nothing(client: Client, path: str, unbuilt: None) -> None:
    policy = (await look(client, path)).headers["Content-Security-Policy"]
    assert "script-src" not in policy or "'nonce-" in policy


class TestOverHttps:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"public_url": "https://shop.example"}

    async def test_browsers_are_told_to_stay_there(self, client: Client, settings: Any) -> None:
        local = Client(f"http://127.0.0.1:{settings.port}")
        async with local:
            page = await look(local, "/staff/login")
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert "wss://shop.example" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/staff/orders", "/staff/orders/RT-22222"])
async def test_staff_pages_are_kept_by_no_cache(staff: SignIn, shop: Any, path: str) -> None:
    page = await look(await staff("technician"), path)
    assert page.headers["Cache-Control"] == "private, no-store"
