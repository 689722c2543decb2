"""The articles as pages, read by a browser without scripts."""

from typing import Any

import pytest

from backend.knowledge import queries
from backend.knowledge.articles import shelf
from backend.knowledge.errors import SearchUnavailable
from tests.conftest import Client

from .conftest import PAYLOADS, look


async def test_all_articles_are_listed_by_subject(client: Client, shop: Any, built: Any) -> None:
    page = await look(client, "/help")
    assert page.status == 200 and "How can we help?" in page.text
    linked = {tag["href"] for tag in page.tags("a") if (tag.get("href") or "").startswith("/help/")}
    assert linked == {f"/help/{slug}" for slug in shelf()}
    form = next(tag for tag in page.tags("form"))
    assert (form["action"], form["method"], form["role"]) == ("/help", "get", "search")


async def test_every_article_opens_and_leads_only_to_pages_there_are(client: Client, shop: Any) -> None:
    for slug, article in shelf().items():
        page = await look(client, f"/help/{slug}")
        assert page.status == 200 and page.headers["Cache-Control"] == "no-cache"
        assert article.title.replace("'", "’") in page.text and article.passages[0].heading.replace("'", "’") in page.text
        leads = {tag["href"] for tag in page.tags("a") if (tag.get("href") or "").startswith("/help/")}
        assert leads <= {f"/help/{other}" for other in shelf()}
        assert list(page.tags("h1")) and "{" not in page.text


async def test_a_question_is_answered_above_what_is_near_it(client: Client, shop: Any) -> None:
    page = await look(client, "/help?q=is+it+bad+to+charge+overnight")
    assert page.status == 200 and "Heat wears a battery most" in page.text
    assert page.field("q") == "is it bad to charge overnight"
    assert any(tag.get("href") == "/help/battery-care#charging-habits" for tag in page.tags("a"))
    assert any(tag.get("content") == "noindex" for tag in page.tags("meta")) and "no-store" in page.headers["Cache-Control"]


async def test_no_sure_answer_says_so_and_names_a_person(client: Client, shop: Any) -> None:
    page = await look(client, "/help?q=who+won+the+cup+final")
    assert "no sure answer" in page.text and shop.phone in page.text


@pytest.mark.parametrize("typed", PAYLOADS)
async def test_what_is_typed_stays_text(client: Client, shop: Any, typed: str) -> None:
    page = await look(client, "/help", params={"q": typed})
    assert page.status == 200 and page.field("q") == " ".join(typed.split())
    assert not [tag for tag in page.tags("img") if tag.get("src") == "x"] and "<svg onload" not in page.html


async def test_bad_addresses_get_a_page_with_a_way_on(client: Client, shop: Any) -> None:
    for path, status in (("/help/nothing", 404), ("/help?q=" + "x" * 501, 422), ("/help?page=2", 422)):
        page = await look(client, path)
        assert page.status == status and any(tag.get("href") == "/" for tag in page.tags("a"))
    assert (await look(client, "/help?q=%20%20")).status == 200


async def test_without_the_language_model_the_list_is_there(client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise SearchUnavailable

    monkeypatch.setattr(queries, "_loaded", gone)
    page = await look(client, "/help?q=parking")
    assert page.status == 200 and "Searching does not work just now" in page.text
    assert any(tag.get("href") == "/help/parking" for tag in page.tags("a"))
