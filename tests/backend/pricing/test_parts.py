"""What a part costs on a model: the tables, and what is deliberately left to people."""

from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from backend.core.site import Site
from backend.devices import catalogue
from backend.devices.catalogue import Catalogue
from backend.pricing import book as price_book
from backend.pricing import files
from backend.pricing.book import Book
from backend.pricing.parts import Screens, offered
from tests.conftest import Client

#: Parts nobody stocks: face and fingerprint sensors of cheap telephones, which come with their screens, and …
DELIBERATE = {
    # … parts of consoles that are older than fifteen years, which have to be found first,
    *("microsoft-xbox-360", "microsoft-xbox-360-s", "sony-playstation-3", "sony-playstation-3-slim"),
    # … what is sold only as a whole headset,
    *("meta-quest-2", "meta-quest-3"),
    # … and the power supply of the round Mac Pro.
    "apple-mac-pro-2013",
}


async def opened(site: Site) -> tuple[Catalogue, Book]:
    async with site.work() as session:
        return await catalogue.current(session), await price_book.current(session)


async def test_nearly_every_repair_of_every_model_has_a_price_and_the_rest_is_meant(shop: Any, site: Site) -> None:
    known, book = await opened(site)
    gaps, all_of_them = book.gaps(known), offered(known)
    assert len(gaps) / len(all_of_them) < 0.03
    sensors = [device for device, service in gaps if service.code == "biometric_sensor"]
    assert {(device.category, device.price_class) for device in sensors} == {("phone", "entry")}
    assert {device.slug for device, service in gaps if service.code != "biometric_sensor"} == DELIBERATE
    categories = Counter(device.category for device, _ in all_of_them)
    assert set(categories) == {"phone", "tablet", "laptop", "desktop", "console", "watch"}


async def test_labour_and_bench_fee_are_known_for_every_kind(shop: Any, site: Site) -> None:
    known, book = await opened(site)
    for service in known.services.values():
        assert set(service.minutes) <= set(book.rates.labour_per_hour) and set(service.minutes) <= set(book.rates.bench_fee)


async def test_prices_are_believable(shop: Any, site: Site) -> None:
    known, book = await opened(site)
    for device, service in offered(known):
        prices = book.part(device, service)
        if not prices:
            continue
        where = f"{device.slug}: {service.code}"
        assert next(iter(prices)) == service.grades[0], where
        assert all(500 <= price <= 90_000 for price in prices.values()), where
        by_worth = [prices[grade] for grade in ("standard", "premium", "genuine") if grade in prices]
        assert by_worth == sorted(by_worth), where


@pytest.mark.parametrize(
    ("slug", "service", "prices"),
    [
        ("apple-iphone-15-pro-max", "screen", {"premium": 27900, "genuine": 43200, "standard": 19500}),  # named for the model
        ("apple-iphone-12", "screen", {"premium": 9500, "genuine": 14700, "standard": 6700}),  # named for its group
        ("samsung-galaxy-a51", "screen", {"premium": 5100, "genuine": 7900, "standard": 3600}),  # 65 × 1.05 × 0.75
        ("apple-iphone-xr", "screen", {"premium": 5500, "genuine": 8500, "standard": 3900}),  # 99 × 1.05 × 0.75 × 0.7, LCD
        ("apple-ipad-air-5th-generation", "battery", {"premium": 5600, "genuine": 8400}),  # 59 × 0.95
        ("dell-latitude-5400", "storage_upgrade", {"premium": 6900}),  # anybody's fits
    ],
)
async def test_a_price_follows_from_the_tables_unless_it_is_named(
    shop: Any, site: Site, slug: str, service: str, prices: dict[str, int]
) -> None:
    known, book = await opened(site)
    assert book.part(known.devices[slug], known.services[service]) == prices


async def test_a_model_added_by_staff_has_prices_at_once(visitor: Client, shop: Any, staff: Any) -> None:
    manager = await staff("manager")
    asked = {"device": "apple-iphone-13", "faults": ["screen_cracked"]}
    usual = await visitor.json("POST", "/api/v1/quotes", status=201, json=asked)
    added = {"brand": "Fairphone", "model": "Fairphone 6", "category": "phone", "year": 2025, "price_class": "mid"}
    made = await manager.json("POST", "/api/v1/catalogue/models", status=201, json=added)
    offer = await visitor.json("POST", "/api/v1/quotes", status=201, json={**asked, "device": made["slug"]})
    assert offer["total"]["minor"] == 10900 + 3600 != usual["total"]["minor"]


async def test_a_price_that_fits_nothing_is_not_published(shop: Any, site: Site) -> None:
    said = files.read()
    strange: list[tuple[dict[str, Any], str]] = [
        ({"models": {"nokia-3310": {"screen": 100}}}, "does not know"),
        ({"models": {"apple-iphone-13": {"hinge": 100}}}, "does not know"),
        ({"models": {"apple-iphone-13": {"battery": {"standard": 100}}}}, "not stocked"),
        ({"tables": said.tables.model_copy(update={"parts": {"watch": {"hinge": (1, 1, 1, 1)}}})}, "not offered"),
    ]
    for change, words in strange:
        with pytest.raises(ValueError, match=words):
            async with site.work() as session:
                await price_book.publish(session, said.model_copy(update={**change, "digest": words}))


async def test_grades_may_be_named_one_by_one(shop: Any, site: Site) -> None:
    own = {"apple-iphone-13": {"battery": {"genuine": 8900}}, "apple-iphone-12": {"battery": "ask"}}
    async with site.work() as session:
        await price_book.publish(session, files.read().model_copy(update={"models": own, "groups": {}, "digest": "named"}))
    known, book = await opened(site)
    battery = known.services["battery"]
    assert book.part(known.devices["apple-iphone-13"], battery) == {"premium": 2600, "genuine": 8900}
    assert book.part(known.devices["apple-iphone-12"], battery) == {}


def test_a_screen_is_priced_by_kind_and_size() -> None:
    screens = files.read().tables.factors.screens
    assert screens["phone"].factor("6.1 OLED") == 1 == screens["phone"].factor(None)
    assert screens["phone"].factor("7.6 OLED + 6.2 OLED") > 1
    assert screens["tablet"].factor("8.3 LCD") < 1 < screens["tablet"].factor("12.9 LCD") <= screens["tablet"].most
    assert screens["laptop"].factor("40 LCD") == screens["laptop"].most
    assert Screens().factor("1.2 MIP") == 1


def test_files_say_no_nonsense() -> None:
    said = files.read()
    raw = said.model_dump(mode="json")
    raw["tables"]["parts"]["phone"]["screen"] = [1, 2, 3]
    with pytest.raises(ValidationError):
        files.PriceFiles.model_validate(raw)
    twice = said.model_copy(update={"groups": {**said.groups, "again": files.Group(models=("apple-iphone-13",), parts={"screen": 1})}})
    with pytest.raises(ValueError, match="two groups"):
        twice.own()
