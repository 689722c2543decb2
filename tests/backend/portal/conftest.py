"""What the tests of pages share: a page as a browser without scripts sees it."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest

from backend.portal.assets import ASSETS
from tests.conftest import Client

#: Looks like what people, or those who mean harm, might type into any field.
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 7*7 }}{% for x in y %}",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
)


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page."""

    status: int
    url: str
    headers: Any
    html: str

    @property
    def text(self) -> str:
        """What is to be read on it."""
        body = re.sub(r"<(script|style|noscript)\b.*?</\1>", " ", self.html, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").replace("&amp;", "&").split())

    def tags(self, name: str) -> Iterator[dict[str, str | None]]:
        """The attributes of each tag of a name."""
        found: list[dict[str, str | None]] = []

        class Reader(HTMLParser):
            def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
                if tag == name:
                    found.append(dict(attributes))

        Reader().feed(self.html)
        yield from found

    def field(self, name: str) -> str:
        """The value of a form's field."""
        return next(tag["value"] or "" for tag in self.tags("input") if tag.get("name") == name)


Look = Callable[..., Awaitable[Page]]


async def look(client: Client, path: str, *, form: dict[str, str] | None = None, follow: bool = True, **options: Any) -> Page:
    """Open a page, or send a form, as a browser without scripts would."""
    method = "GET" if form is None else "POST"
    async with client.request(method, path, data=form, allow_redirects=follow, **options) as response:
        return Page(response.status, response.url.path_qs, response.headers.copy(), await response.text())


@pytest.fixture
def built(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A front-end build to serve, small but whole."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "assets" / "pages-1.css").write_text("body{}")
    (dist / "assets" / "tracking-1.js").write_text("export {}")
    (dist / "assets" / "staff-1.js").write_text("export {}")
    (dist / "widget.js").write_text("window.RevivaTech = {}")
    (dist / "manifest.json").write_text(
        """{"src/portal/pages.css": {"file": "assets/pages-1.css"},
            "src/portal/tracking.ts": {"file": "assets/tracking-1.js", "imports": ["_shared.js"]},
            "src/portal/staff.ts": {"file": "assets/staff-1.js"},
            "_shared.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"], "imports": ["src/portal/tracking.ts"]}}"""
    )
    (tmp_path / "secret.txt").write_text("not for serving")
    monkeypatch.setattr(ASSETS, "dist", dist)
    monkeypatch.setattr(ASSETS, "_stamp", -1.0)
    return dist


@pytest.fixture
def unbuilt(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No front-end build at all."""
    monkeypatch.setattr(ASSETS, "dist", tmp_path / "nowhere")
