"""The catalogue in the staff room, with forms only."""

from typing import Any

import pytest

from tests.conftest import Client, SignIn

from .conftest import PAYLOADS, Page, look

HOME = "/staff/catalogue"
FORM = {
    "brand": "Acme",
    "model": "Zorblax 9",
    "category": "phone",
    "year": "2026",
    "price_class": "mid",
    "aliases": "zorb 9\nacme z9\n\n",
    "identifiers": "ZB-900X",
    "variants": "storage: 128 GB, 256 GB\ncolour: Teal",
    "screen": "6.4 OLED",
    "battery": "5000 mAh",
    "connector": "USB-C",
    "without": "headphone_jack",
}


@pytest.fixture
async def manager(staff: SignIn, shop: Any) -> Client:
    return await staff("manager")


async def send(client: Client, path: str, seen: Page | None = None, **fields: str) -> Page:
    """Send a form as the page shows it."""
    shown = seen or await look(client, path.removesuffix("/retire").removesuffix("/offer"))
    return await look(client, path, form={"csrf": shown.field("csrf"), "revision": shown.field("revision"), **fields})


async def test_the_list_searches_filters_and_pages(manager: Client) -> None:
    page = await look(manager, HOME)
    assert "Add a model" in page.text and "Older models" in page.text and "iPhone 17" in page.text
    assert "Samsung Galaxy S23 Ultra" in (await look(manager, f"{HOME}?q=s23u")).text
    watches = await look(manager, f"{HOME}?category=watch")
    assert "Garmin Fenix 7" in watches.text and "iPhone" not in watches.text
    assert "Nothing matches" in (await look(manager, f"{HOME}?q=zebra")).text
    older = next(str(tag["href"]) for tag in page.tags("a") if "offset=50" in str(tag.get("href")))
    assert "Newer models" in (await look(manager, older)).text


async def test_a_model_is_added_changed_retired_and_offered_again(manager: Client, visitor: Client) -> None:
    page = await send(manager, f"{HOME}/new", **FORM)
    assert page.url == f"{HOME}/acme-zorblax-9?done=added" and "within a minute" in page.text
    assert page.field("battery") == "5000 mAh" and "zorb 9\nacme z9" in page.html
    found = await visitor.json("GET", "/api/v1/devices/search", params={"q": "zorb 9"})
    assert found["items"][0]["slug"] == "acme-zorblax-9"
    page = await send(manager, f"{HOME}/acme-zorblax-9", **FORM | {"model": "Zorblax 9 Pro", "aliases": "zorb 9 pro"})
    assert "Saved." in page.text and "Acme Zorblax 9 Pro" in page.text
    page = await send(manager, f"{HOME}/acme-zorblax-9/retire")
    assert "no longer offered" in page.text and "Retired" in page.text
    assert "acme-zorblax-9" in (await look(manager, f"{HOME}?retired=true")).html
    page = await send(manager, f"{HOME}/acme-zorblax-9/offer")
    assert "It is offered again." in page.text


async def test_saving_a_model_as_it_is_shown_changes_nothing_of_it(manager: Client) -> None:
    path = f"{HOME}/apple-watch-series-7"
    before = await manager.json("GET", "/api/v1/catalogue/models/apple-watch-series-7")
    shown = await look(manager, path)
    areas = {name: _area(shown, name) for name in ("aliases", "identifiers", "variants")}
    chosen = {name: before[name] for name in ("brand", "model", "category", "price_class")} | {"year": str(before["year"])}
    specs = {name: before["specs"].get(name, "") for name in ("screen", "battery", "connector")}
    await send(manager, path, shown, **areas, **chosen, **specs)
    after = await manager.json("GET", "/api/v1/catalogue/models/apple-watch-series-7")
    assert after == before | {"revision": 2, "source": "staff"}


def _area(page: Page, name: str) -> str:
    return page.html.split(f'name="{name}"')[1].split(">", 1)[1].split("</textarea>")[0].lstrip("\n")


async def test_a_name_that_is_taken_is_shown_with_its_model_and_nothing_typed_is_lost(manager: Client) -> None:
    page = await send(manager, f"{HOME}/new", **FORM | {"aliases": "zorb 9\ns23u"})
    assert page.status == 409 and "“s23u” is a name of Samsung Galaxy S23 Ultra" in page.text and page.field("model") == "Zorblax 9"
    page = await send(manager, f"{HOME}/new", **FORM | {"brand": "Apple", "model": "iPhone 13"})
    assert page.status == 409 and "in the catalogue already" in page.text and "Open iPhone 13" in page.text
    page = await send(manager, f"{HOME}/new", **FORM | {"aliases": "phone"})
    assert page.status == 422 and "“phone” says too little" in page.text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("model", "", "at most 80"),
        ("year", "soon", "from 1990 on"),
        ("year", "²", "from 1990 on"),
        ("category", "", "Choose the kind"),
        ("price_class", "dear", "how dear"),
        ("aliases", "x" * 10_000, "at most 60 characters"),
        ("identifiers", "<b>", "letters, digits and marks"),
        ("variants", "smell: rose", "storage: 128 GB"),
        ("variants", "no colon", "storage: 128 GB"),
        ("screen", "big", "Inches and kind"),
        ("battery", "much", "3349 mAh"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(manager: Client, field: str, value: str, words: str) -> None:
    page = await send(manager, f"{HOME}/new", **FORM | {field: value})
    assert page.status == 422 and words in page.text and page.field("brand") == "Acme"


async def test_somebody_who_looked_too_long_overwrites_nothing(manager: Client, staff: SignIn) -> None:
    late = await look(manager, f"{HOME}/oneplus-11")
    colleague = await staff("admin")
    await send(colleague, f"{HOME}/oneplus-11/retire")
    page = await send(manager, f"{HOME}/oneplus-11", late, **FORM)
    assert page.status == 409 and "Somebody else changed this model" in page.text and page.field("model") == "Zorblax 9"
    assert (await look(manager, f"{HOME}/oneplus-11")).field("model") == "OnePlus 11"


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_names_are_text_whatever_they_say(manager: Client, payload: str) -> None:
    page = await send(manager, f"{HOME}/new", **FORM | {"model": f"Z9 {payload}"[:80], "aliases": f"z9 {payload}"[:60]})
    for shown in (page, await look(manager, HOME)):
        assert not list(shown.tags("img")) and all("src" in tag for tag in shown.tags("script")) and " 49" not in shown.text


async def test_technicians_look_and_find_no_way_to_change(staff: SignIn, shop: Any) -> None:
    technician = await staff("technician")
    page = await look(technician, f"{HOME}/apple-iphone-13")
    assert "Managers change this" in page.text and "Retire it" not in page.text and "Add a model" not in (await look(technician, HOME)).text
    assert (await look(technician, f"{HOME}/new", follow=False)).status == 403
    assert (await send(technician, f"{HOME}/apple-iphone-13", page, **FORM)).status == 403


async def test_a_model_that_is_not_there_is_not_shown(manager: Client) -> None:
    assert (await look(manager, f"{HOME}/nokia-3310")).status == 404
