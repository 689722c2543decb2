"""The shop window and the pages that answer when there is nothing to show."""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.core.settings import Settings
from backend.core.site import Site
from backend.pricing import book, files
from revivatech.site import open_site
from tests.conftest import Client, MovableClock

from .conftest import look


async def test_it_says_what_when_where_and_embeds_the_chat(client: Client, shop: Any, built: Any) -> None:
    page = await look(client, "/")
    assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    for words in ("12 Mill Street", "Leeds LS1 5AB", "Monday 09:00–18:00", "Sunday Closed", "Phone screens", "from £", "How it works"):
        assert words in page.text
    assert [tag["src"] for tag in page.tags("script") if "src" in tag] == ["/widget.js"]
    assert any(tag.get("href") == "/static/assets/pages-1.css" for tag in page.tags("link"))


async def test_a_price_in_the_window_is_what_a_quote_says(client: Client, visitor: Client, quote: Any) -> None:
    page = await look(client, "/")
    ultra = await quote(visitor, device="samsung-galaxy-s23-ultra")
    assert f"Galaxy S23 Ultra {ultra['total']['text']}" in page.text
    cheapest = await quote(visitor, device="motorola-moto-g7")
    assert f"from {cheapest['total']['text']}" in page.text


async def test_a_new_price_book_is_in_the_window_at_once_whoever_published_it(
    client: Client, visitor: Client, quote: Any, site: Site, settings: Settings
) -> None:
    before = await quote(visitor, device="samsung-galaxy-s23-ultra")
    assert f"Galaxy S23 Ultra {before['total']['text']}" in (await look(client, "/")).text
    another_process = open_site(settings)
    another_process.clock = site.clock
    try:
        for version, amount in ((2, 12_300), (3, 45_600)):
            only: dict[str, object] = {"groups": {}, "models": {"samsung-galaxy-s23-ultra": {"screen": amount}}, "digest": str(amount)}
            only["tables"] = files.read().tables.model_copy(update={"parts": {}})
            async with another_process.work() as session:
                assert await book.publish(session, files.read().model_copy(update=only)) == version
            page = await look(client, "/")
            after = await quote(visitor, device="samsung-galaxy-s23-ultra")
            assert after["total"] != before["total"]
            assert f"Galaxy S23 Ultra {after['total']['text']}" in page.text and f"from {after['total']['text']}" in page.text
            assert before["total"]["text"] not in page.text
            before = after
    finally:
        await another_process.close()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 24, 10, 0, tzinfo=UTC), "Open now, until 18:00"),
        (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), "Closed, opens at 09:00"),
        (datetime(2026, 11, 24, 19, 0, tzinfo=UTC), "Closed, opens tomorrow at 09:00"),
        (datetime(2026, 11, 28, 17, 0, tzinfo=UTC), "Closed, opens on Monday at 09:00"),
        (datetime(2026, 12, 25, 10, 0, tzinfo=UTC), "Closed, opens on Tuesday at 09:00"),
        (datetime(2026, 7, 14, 16, 30, tzinfo=UTC), "Open now, until 18:00"),
    ],
)
async def test_it_knows_whether_the_door_is_open(client: Client, shop: Any, clock: MovableClock, moment: datetime, words: str) -> None:
    clock.set(moment)
    assert words in (await look(client, "/")).text


async def test_a_bank_holiday_is_named(client: Client, shop: Any, clock: MovableClock) -> None:
    clock.set(datetime(2026, 12, 25, 10, 0, tzinfo=UTC))
    assert "Closed today: Christmas Day." in (await look(client, "/")).text


async def test_an_unknown_address_gets_words_and_a_way_on(client: Client) -> None:
    page = await look(client, "/nothing/here")
    assert page.status == 404
    assert "There is nothing here" in page.text and any(tag.get("href") == "/" for tag in page.tags("a"))


async def test_an_unknown_api_address_gets_a_problem(client: Client) -> None:
    answer = await client.json("GET", "/api/v1/nothing", status=404)
    assert answer["code"] == "not_found"


async def test_what_breaks_says_so_without_saying_how(client: Client, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(session: Any) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("backend.portal.offers.current", broken)
    page = await look(client, "/")
    assert page.status == 500
    assert "Something went wrong on our side" in page.text and "secret" not in page.html


async def test_the_api_page_describes_every_operation(client: Client) -> None:
    page = await look(client, "/api/docs")
    document = await client.json("GET", "/api/v1/openapi.json")
    assert document["openapi"] == "3.1.0"
    operations = [entry for methods in document["paths"].values() for entry in methods.values()]
    ids = {tag.get("id") for tag in page.tags("details")}
    assert ids == {entry["operationId"] for entry in operations} and len(ids) > 20
    assert "Open to: everybody" in page.text and "Open to: technicians, managers, administrators" in page.text
