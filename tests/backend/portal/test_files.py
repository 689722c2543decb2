"""The files of the build, the loader, and the small ones every site has."""

from typing import Any

import pytest

from backend.portal.assets import Assets
from tests.conftest import Client

from .conftest import look


async def test_built_files_are_kept_for_ever_and_shared_with_other_sites(client: Client, built: Any) -> None:
    page = await look(client, "/static/assets/pages-1.css")
    assert page.html == "body{}" and page.headers["Content-Type"] == "text/css"
    assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path",
    [
        "none.js",
        "../secret.txt",
        "%2e%2e/secret.txt",
        "assets/../../secret.txt",
        "..%2fsecret.txt",
        "assets",
        "a%00b",
        "%2Fetc%2Fpasswd",
        "a" * 999,
    ],
)
async def test_nothing_outside_the_build_is_served(client: Client, built: Any, path: str) -> None:
    page = await look(client, f"/static/{path}")
    assert page.status == 404 and "not for serving" not in page.html


def test_a_link_out_of_the_build_leads_nowhere(built: Any) -> None:
    (built / "assets" / "out").symlink_to(built.parent / "secret.txt")
    assert Assets(built).find("assets/out") is None


async def test_other_sites_may_load_the_loader_and_ask_for_it_again_soon(client: Client, built: Any) -> None:
    page = await look(client, "/widget.js", headers={"Origin": "https://elsewhere.example"})
    assert page.html == "window.RevivaTech = {}"
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_without_a_build_everybody_is_told_what_to_do(client: Client, shop: Any, unbuilt: None) -> None:
    loader = await look(client, "/widget.js")
    assert loader.status == 200 and "make run" in loader.html and loader.headers["Cache-Control"] == "no-store"
    home = await look(client, "/")
    assert home.status == 200 and "The front end has not been built." in home.text


def test_what_a_file_needs_is_found_whatever_imports_what(built: Any) -> None:
    assets = Assets(built)
    assert assets.url("src/portal/tracking.ts") == "/static/assets/tracking-1.js"
    assert assets.url("src/portal/unknown.ts") == ""
    assert assets.styles("src/portal/tracking.ts") == ["/static/assets/shared-1.css"]
    assert assets.styles("src/portal/pages.css") == ["/static/assets/pages-1.css"]


def test_a_new_build_is_seen_without_a_restart(built: Any) -> None:
    import os

    assets = Assets(built)
    assert assets.url("src/portal/pages.css").endswith("pages-1.css")
    (built / "manifest.json").write_text('{"src/portal/pages.css": {"file": "assets/pages-2.css"}}')
    os.utime(built / "manifest.json", (1, 1))
    assert assets.url("src/portal/pages.css").endswith("pages-2.css")


async def test_crawlers_stay_out_of_what_is_somebodys_own(client: Client) -> None:
    page = await look(client, "/robots.txt")
    assert "Disallow: /track/" in page.html and "Disallow: /staff/" in page.html


@pytest.mark.parametrize("path", ["/favicon.svg", "/favicon.ico"])
async def test_the_shop_has_a_sign(client: Client, path: str) -> None:
    page = await look(client, path)
    assert page.status == 200 and page.headers["Content-Type"].startswith("image/svg+xml")
