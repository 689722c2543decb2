"""The catalogue over HTTP."""

import dataclasses

from backend.capacity.models import Location
from backend.core.site import Site
from backend.devices import catalogue, files
from backend.devices.service import publish_catalogue
from tests.conftest import Client


async def test_search_as_you_type(shop: Location, client: Client) -> None:
    found = await client.json("GET", "/api/v1/devices/search", params={"q": "s23u", "limit": 3})
    first = found["items"][0]
    assert first == {
        "slug": "samsung-galaxy-s23-ultra",
        "brand": "Samsung",
        "model": "Galaxy S23 Ultra",
        "name": "Samsung Galaxy S23 Ultra",
        "category": "phone",
        "year": 2023,
        "score": 100.0,
    }
    assert await client.json("GET", "/api/v1/devices/search", params={"q": ""}) == {"items": []}


async def test_bad_searches_are_refused(shop: Location, client: Client) -> None:
    for query in ({}, {"q": "x" * 201}, {"q": "a", "limit": 0}, {"q": "a", "limit": 51}, {"q": "a\x00b"}, {"q": "a", "more": "1"}):
        refused = await client.json("GET", "/api/v1/devices/search", status=422, params=query)
        assert refused["code"] == "invalid"


async def test_one_model_with_its_faults(shop: Location, client: Client) -> None:
    device = await client.json("GET", "/api/v1/devices/apple-iphone-13")
    codes = {fault["code"] for fault in device["faults"]}
    assert "screen_cracked" in codes and "hinge" not in codes
    refused = await client.json("GET", "/api/v1/devices/nokia-3310", status=404)
    assert refused["code"] == "device_unknown"


async def test_the_snapshot_is_sent_once_per_version(shop: Location, client: Client) -> None:
    async with client.get("/api/v1/catalogue/snapshot") as response:
        tag, snapshot = response.headers["ETag"], await response.json()
    assert snapshot["version"] == 1 and "Samsung" in snapshot["brands"]
    assert {"code", "label"} <= set(snapshot["faults"][0]) and {"aliases", "identifiers"} <= set(snapshot["devices"][0])
    async with client.get("/api/v1/catalogue/snapshot", headers={"If-None-Match": tag}) as response:
        assert response.status == 304 and not await response.read()


async def test_publishing_again_changes_nothing_and_dropped_models_retire(shop: Location, site: Site, client: Client) -> None:
    read = files.read()
    async with site.work() as session:
        assert await publish_catalogue(session, read) == 1
    kept = tuple(device for device in read.devices if device.slug != "oneplus-11")
    changed = read.model_copy(update={"devices": kept, "digest": "another"})
    async with site.work() as session:
        assert await publish_catalogue(session, changed) == 2
    refused = await client.json("GET", "/api/v1/devices/oneplus-11", status=404)
    assert refused["code"] == "device_unknown"
    found = await client.json("GET", "/api/v1/devices/search", params={"q": "oneplus 11"})
    assert "oneplus-11" not in [item["slug"] for item in found["items"]]
    async with site.work() as session:
        assert await publish_catalogue(session, read.model_copy(update={"digest": "third"})) == 3
        assert not (await catalogue.current(session)).devices["oneplus-11"].retired


def test_the_catalogue_is_immutable() -> None:
    assert all(dataclasses.fields(kind) for kind in (catalogue.Device, catalogue.Catalogue))
    assert catalogue.Device.__dataclass_params__.frozen  # type: ignore[attr-defined]
