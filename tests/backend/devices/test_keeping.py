"""Managers keep the catalogue: what they add is found at once, names lead to one model only, and nobody overwrites a colleague."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.audit import AuditRow
from backend.core.site import Site
from backend.devices import files, rules
from backend.devices.models import CatalogueVersion
from backend.devices.service import publish_catalogue
from models.text.naming import bag
from tests.conftest import Client, SignIn

MODELS = "/api/v1/catalogue/models"
WISH: dict[str, Any] = {
    "brand": "Acme",
    "model": "Zorblax 9",
    "category": "phone",
    "year": 2026,
    "price_class": "mid",
    "aliases": ["zorb 9", "acme z9"],
    "identifiers": ["ZB-900X"],
    "variants": {"storage": ["128 GB", "256 GB"], "colour": ["Teal"]},
    "specs": {"screen": "6.4 OLED", "battery": "5000 mAh", "connector": "USB-C"},
    "without": ["headphone_jack"],
}


@pytest.fixture
async def manager(staff: SignIn, shop: Any) -> Client:
    return await staff("manager")


async def searched(client: Client, q: str) -> list[str]:
    return [item["slug"] for item in (await client.json("GET", "/api/v1/devices/search", params={"q": q}))["items"]]


async def in_snapshot(client: Client, slug: str) -> dict[str, Any] | None:
    snapshot = await client.json("GET", "/api/v1/catalogue/snapshot")
    return next((device for device in snapshot["devices"] if device["slug"] == slug), None)


async def test_what_is_added_is_found_quotable_and_in_the_assistants_snapshot(manager: Client, visitor: Client, site: Site) -> None:
    before = (await visitor.json("GET", "/api/v1/catalogue/snapshot"))["version"]
    added = await manager.json("POST", MODELS, status=201, json=WISH)
    assert added["slug"] == "acme-zorblax-9" and added["revision"] == 1 and added["source"] == "staff" and not added["retired"]
    for q in ("zorblax 9", "zorb 9", "zorblx", "ZB-900X"):
        assert "acme-zorblax-9" in await searched(visitor, q), q
    known = await in_snapshot(visitor, "acme-zorblax-9")
    assert known and known["aliases"] == WISH["aliases"] and known["variants"]["colour"] == ["Teal"]
    assert (await visitor.json("GET", "/api/v1/catalogue/snapshot"))["version"] == before + 1
    faults = {fault["code"] for fault in (await visitor.json("GET", "/api/v1/devices/acme-zorblax-9"))["faults"]}
    assert "screen_cracked" in faults and "headphone_jack" not in faults
    async with site.work() as session:
        row = (await session.scalars(select(AuditRow).where(AuditRow.action == "catalogue.model_added"))).one()
    assert row.actor_kind == "staff" and row.data["slug"] == "acme-zorblax-9"


async def test_a_renamed_model_keeps_its_address_and_is_left_alone_by_the_files(manager: Client, visitor: Client, site: Site) -> None:
    seen = await manager.json("GET", f"{MODELS}/samsung-galaxy-a54")
    wish = {name: seen[name] for name in WISH} | {"model": "Galaxy A54 Enterprise", "aliases": ["a54 work phone"]}
    changed = await manager.json("PUT", f"{MODELS}/samsung-galaxy-a54", json={"revision": seen["revision"], "model": wish})
    assert changed["slug"] == "samsung-galaxy-a54" and changed["name"] == "Samsung Galaxy A54 Enterprise"
    assert changed["revision"] == seen["revision"] + 1 and changed["source"] == "staff"
    assert (await searched(visitor, "a54 work phone"))[0] == "samsung-galaxy-a54"
    async with site.work() as session:
        await publish_catalogue(session, files.read().model_copy(update={"digest": "next release"}))
    assert (await manager.json("GET", f"{MODELS}/samsung-galaxy-a54"))["name"] == "Samsung Galaxy A54 Enterprise"
    async with site.work() as session:
        assert (await session.scalars(select(CatalogueVersion.digest).order_by(CatalogueVersion.version.desc()))).first() == "next release"


async def test_a_retired_model_is_offered_no_longer_and_old_orders_stay_readable(
    manager: Client, visitor: Client, staff: SignIn, book: Any, quote: Any
) -> None:
    booked = await book(visitor)
    retired = await manager.json("POST", f"{MODELS}/apple-iphone-13/retire", json={"revision": 1})
    assert retired["retired"] and "apple-iphone-13" not in await searched(visitor, "iphone 13")
    assert await in_snapshot(visitor, "apple-iphone-13") is None
    wish = {"device": "apple-iphone-13", "faults": ["screen_cracked"]}
    assert (await visitor.json("POST", "/api/v1/quotes", status=404, json=wish))["code"] == "device_unknown"
    technician = await staff("technician")
    order = await technician.json("GET", f"/api/v1/orders/{booked['reference']}")
    assert order["repairs"][0]["device"] == "iPhone 13"
    assert (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}"))["reference"] == booked["reference"]
    listed = await technician.json("GET", MODELS, params={"retired": "true"})
    assert [item["slug"] for item in listed["items"]] == ["apple-iphone-13"]
    offered = await manager.json("POST", f"{MODELS}/apple-iphone-13/offer", json={"revision": retired["revision"]})
    assert not offered["retired"] and (await searched(visitor, "iphone 13"))[0] == "apple-iphone-13"


async def test_a_name_leads_to_one_model_only(manager: Client) -> None:
    for names, clashing in (
        (["iPhone 13"], "apple-iphone-13"),
        (["13  IPHONE"], "apple-iphone-13"),
        (["s23u", "my own"], "samsung-galaxy-s23-ultra"),
        (["note20 ultra"], "samsung-galaxy-note20-ultra"),
    ):
        refused = await manager.json("POST", MODELS, status=409, json=WISH | {"aliases": names})
        assert refused["code"] == "name_taken" and [clash["slug"] for clash in refused["clashes"]] == [clashing]
    taken = await manager.json("POST", MODELS, status=409, json=WISH | {"brand": "Apple", "model": "iPhone 13"})
    assert taken["code"] == "model_exists" and taken["slug"] == "apple-iphone-13"


async def test_a_name_of_a_retired_model_is_free_until_it_is_offered_again(manager: Client) -> None:
    retired = await manager.json("POST", f"{MODELS}/samsung-galaxy-a34/retire", json={"revision": 1})
    await manager.json("POST", MODELS, status=201, json=WISH | {"aliases": ["a34"]})
    refused = await manager.json("POST", f"{MODELS}/samsung-galaxy-a34/offer", status=409, json={"revision": retired["revision"]})
    assert refused["code"] == "name_taken" and refused["clashes"][0]["slug"] == "acme-zorblax-9"
    assert (await manager.json("POST", MODELS, status=409, json=WISH | {"brand": "Samsung", "model": "Galaxy A34"}))["retired"] is True


async def test_a_code_that_two_models_bear_is_shown_with_the_other(manager: Client) -> None:
    added = await manager.json("POST", MODELS, status=201, json=WISH | {"identifiers": ["a2633", "ZB-1"]})
    assert added["shared_identifiers"] == {"a2633": ["apple-iphone-13"]}


@pytest.mark.parametrize("name", ["iphone", "samsung", "the pro", "Galaxy Tab", "apple phone", "13", "switch", "a", "acme"])
async def test_a_nickname_must_say_something(manager: Client, name: str) -> None:
    refused = await manager.json("POST", MODELS, status=422, json=WISH | {"aliases": [name]})
    assert refused["code"] == "name_too_general" and refused["names"] == [name]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aliases": ["x" * 10_000]}, "invalid"),
        ({"aliases": [f"zorb {number}" for number in range(21)]}, "invalid"),
        ({"aliases": ["   "]}, "invalid"),
        ({"aliases": ["a\x00b"]}, "invalid"),
        ({"identifiers": ["'; DROP TABLE device_models; --"]}, "invalid"),
        ({"identifiers": ["<script>"]}, "invalid"),
        ({"identifiers": ["🦖"]}, "invalid"),
        ({"identifiers": ["9" * 31]}, "invalid"),
        ({"model": "🎮🎮", "brand": "苹果"}, "name_unreadable"),
        ({"model": "new", "brand": "new"}, "name_unreadable"),
        ({"model": ""}, "invalid"),
        ({"brand": "x" * 41}, "invalid"),
        ({"category": "toaster"}, "invalid"),
        ({"year": 1899}, "invalid"),
        ({"year": 2099}, "year_ahead"),
        ({"year": "2024"}, "invalid"),
        ({"price_class": "dear"}, "invalid"),
        ({"variants": {"smell": ["rose"]}}, "invalid"),
        ({"variants": {"storage": []}}, "invalid"),
        ({"variants": {"storage": ["1 GB"] * 21}}, "invalid"),
        ({"specs": {"screen": "big"}}, "invalid"),
        ({"specs": {"battery": "-5 mAh"}}, "invalid"),
        ({"specs": {"weight": "1 kg"}}, "invalid"),
        ({"without": ["soul"]}, "feature_unknown"),
        ({"slug": "mine"}, "invalid"),
    ],
)
async def test_what_is_no_model_is_refused_and_changes_nothing(manager: Client, changes: dict[str, Any], code: str) -> None:
    version = (await manager.json("GET", "/api/v1/catalogue/snapshot"))["version"]
    assert (await manager.json("POST", MODELS, status=422, json=WISH | changes))["code"] == code
    assert (await manager.json("GET", "/api/v1/catalogue/snapshot"))["version"] == version


async def test_a_body_of_megabytes_is_sent_away(manager: Client) -> None:
    refused = await manager.json("POST", MODELS, status=413, json=WISH | {"aliases": ["x" * 200_000]})
    assert refused["code"] == "too_large"


async def test_of_two_who_change_a_model_at_once_one_is_told(manager: Client, staff: SignIn) -> None:
    other = await staff("admin")
    wishes = [{"revision": 1, "model": WISH | {"brand": "OnePlus", "model": "OnePlus 11", "aliases": [f"op eleven {n}"]}} for n in (1, 2)]

    async def change(client: Client, wish: dict[str, Any]) -> int:
        async with client.request("PUT", f"{MODELS}/oneplus-11", json=wish) as response:
            return response.status

    statuses = await asyncio.gather(change(manager, wishes[0]), change(other, wishes[1]))
    assert sorted(statuses) == [200, 409]
    stale = await manager.json("POST", f"{MODELS}/oneplus-11/retire", status=409, json={"revision": 1})
    assert stale["code"] == "model_changed" and stale["revision"] == 2


async def test_of_two_who_add_the_same_model_or_name_at_once_one_is_told(manager: Client, staff: SignIn) -> None:
    other = await staff("admin")

    async def add(client: Client, wish: dict[str, Any]) -> int:
        async with client.post(MODELS, json=wish) as response:
            return response.status

    assert sorted(await asyncio.gather(add(manager, WISH), add(other, WISH))) == [201, 409]
    pair = [WISH | {"model": f"Blorb {number}", "aliases": ["the only blorb"], "identifiers": []} for number in (1, 2)]
    assert sorted(await asyncio.gather(add(manager, pair[0]), add(other, pair[1]))) == [201, 409]


async def test_technicians_look_and_change_nothing(staff: SignIn, shop: Any) -> None:
    technician = await staff("technician")
    listed = await technician.json("GET", MODELS, params={"q": "s23u", "limit": "1"})
    assert listed["items"][0]["slug"] == "samsung-galaxy-s23-ultra"
    assert (await technician.json("GET", MODELS, params={"category": "watch"}))["total"] >= 40
    for method, path in (("POST", MODELS), ("PUT", f"{MODELS}/oneplus-11"), ("POST", f"{MODELS}/oneplus-11/retire")):
        assert (await technician.json(method, path, status=403, json=WISH))["code"] == "forbidden"


async def test_what_is_not_there_is_not_changed(manager: Client) -> None:
    assert (await manager.json("GET", f"{MODELS}/nokia-3310", status=404))["code"] == "device_unknown"
    for path, body in (("", {"revision": 1, "model": WISH}), ("/retire", {"revision": 1}), ("/offer", {"revision": 1})):
        method = "PUT" if not path else "POST"
        assert (await manager.json(method, f"{MODELS}/nokia-3310{path}", status=404, json=body))["code"] == "device_unknown"


def test_every_model_of_the_files_passes_the_staff_rooms_own_checks() -> None:
    devices = files.read().devices
    owners: dict[frozenset[str], str] = {}
    for device in devices:
        for name in rules.names_of(device.brand, device.model, device.name, device.aliases):
            assert owners.setdefault(bag(name), device.slug) == device.slug, name
    assert rules.too_general([alias for device in devices for alias in device.aliases], {device.brand for device in devices}) == []
