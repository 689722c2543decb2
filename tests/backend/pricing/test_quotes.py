"""Quotes over HTTP: what they show, who sees them, and that they stay as they are."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.core.site import Site
from backend.pricing import book, files, rules
from backend.pricing.basis import Basis
from backend.pricing.models import Quote
from backend.pricing.queries import list_quotes
from tests.conftest import Client, MovableClock


async def test_every_line_of_a_quote_is_shown(visitor: Client, quote: Any) -> None:
    offer = await quote(visitor, "samsung-galaxy-s23-ultra", ("screen_cracked", "battery_drains"), urgency="priority")
    assert [(line["kind"], line["amount"]["text"]) for line in offer["lines"]] == [
        ("part", "£239.00"),
        ("labour", "£36.00"),
        ("part", "£42.00"),
        ("labour", "£24.00"),
        ("bundle", "−£9.60"),
        ("urgency", "£15.00"),
        ("vat", "£57.73"),
    ]
    assert offer["total"] == {"minor": 34640, "currency": "GBP", "text": "£346.40"} and offer["vat_included"]
    assert offer["duration_minutes"] == 75 and offer["warranty_months"] == 12 and offer["version"] == 1 and offer["range"] is None
    assert offer["device"]["name"] == "Samsung Galaxy S23 Ultra"
    assert [fault["code"] for fault in offer["faults"]] == ["screen_cracked", "battery_drains"]
    assert await visitor.json("GET", f"/api/v1/quotes/{offer['id']}") == offer


async def test_a_fault_that_needs_a_look_is_quoted_as_bench_fee_and_range(visitor: Client, quote: Any) -> None:
    offer = await quote(visitor, "apple-iphone-11", ("no_power",))
    assert [line["kind"] for line in offer["lines"]] == ["bench_fee", "vat"]
    assert offer["services"] == [{"code": "diagnostic", "label": "Diagnostic at the bench"}]
    assert offer["range"]["low"]["minor"] == 5300 and offer["range"]["high"]["minor"] == 14400


async def test_the_customer_may_name_the_repair(visitor: Client, quote: Any) -> None:
    offer = await quote(visitor, faults=("no_power",), services=["battery"])
    assert [service["code"] for service in offer["services"]] == ["battery"]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"device": "nokia-3310", "faults": ["screen_cracked"]}, 404, "device_unknown"),
    ({"device": "apple-iphone-13", "faults": ["haunted"]}, 422, "fault_unknown"),
    ({"device": "apple-iphone-13", "faults": ["hinge"]}, 422, "fault_unknown"),
    ({"device": "apple-iphone-13", "faults": []}, 422, "nothing_to_quote"),
    ({"device": "apple-iphone-13", "services": ["hinge"]}, 422, "service_unknown"),
    ({"device": "google-pixel-6a", "faults": ["face_or_fingerprint"]}, 422, "no_price"),
    ({"device": "sony-playstation-3", "services": ["disc_drive"]}, 422, "no_price"),
    ({"device": "apple-iphone-13", "faults": ["screen_cracked"], "urgency": "yesterday"}, 422, "invalid"),
    ({"device": "apple-iphone-13", "faults": "screen_cracked"}, 422, "invalid"),
    ({"device": "apple-iphone-13", "faults": ["screen_cracked"] * 13}, 422, "invalid"),
    ({"device": "apple-iphone-13", "faults": ["screen_cracked"], "total": 1}, 422, "invalid"),
    ({"device": "apple-iphone-13", "faults": ["screen_cracked"], "replaces": str(uuid4())}, 404, "quote_unknown"),
]


async def test_what_cannot_be_quoted_says_why(visitor: Client, shop: Any) -> None:
    for body, status, code in REFUSED:
        refused = await visitor.json("POST", "/api/v1/quotes", status=status, json=body)
        assert refused["code"] == code, body


async def test_a_foreign_quote_is_not_there(visitor: Client, client: Client, quote: Any, staff: Any) -> None:
    offer = await quote(visitor)
    path = f"/api/v1/quotes/{offer['id']}"
    assert (await client.json("GET", path, status=401))["code"] == "unauthenticated"
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as stranger:
        assert (await stranger.json("GET", path, status=404))["code"] == "quote_unknown"
        assert (await stranger.json("GET", "/api/v1/slots", status=404, params={"quote": offer["id"]}))["code"] == "quote_unknown"
    technician = await staff("technician")
    assert (await technician.json("GET", path))["id"] == offer["id"]


async def test_a_new_version_follows_the_old_one(visitor: Client, quote: Any) -> None:
    first = await quote(visitor)
    second = await quote(visitor, faults=("screen_cracked", "speaker"), replaces=first["id"])
    assert second["version"] == 2 and second["id"] != first["id"]
    assert await visitor.json("GET", f"/api/v1/quotes/{first['id']}") == first
    refused = await visitor.json("GET", "/api/v1/slots", status=409, params={"quote": first["id"]})
    assert refused["code"] == "quote_replaced"


async def test_a_quote_lapses(visitor: Client, quote: Any, clock: MovableClock) -> None:
    offer = await quote(visitor)
    clock.move(days=7, seconds=1)
    refused = await visitor.json("GET", "/api/v1/slots", status=410, params={"quote": offer["id"]})
    assert refused["code"] == "quote_expired"
    assert (await visitor.json("GET", f"/api/v1/quotes/{offer['id']}"))["total"] == offer["total"]


async def test_a_quote_can_be_worked_out_again_whatever_the_book_says_now(visitor: Client, quote: Any, site: Site) -> None:
    offer = await quote(visitor, "apple-iphone-12", ("screen_cracked", "no_power"), urgency="express")
    async with site.work() as session:
        said = files.read()
        dearer = said.model_copy(update={"models": {"apple-iphone-12": {"screen": 99900}}, "digest": "dearer"})
        assert await book.publish(session, dearer) == 2
    async with site.work() as session:
        stored = (await list_quotes(session, [UUID(offer["id"])]))[UUID(offer["id"])]
        again = rules.price(Basis.model_validate(stored.basis))
    assert again.total.minor == offer["total"]["minor"]
    assert [(line.kind, line.label, line.amount.minor) for line in again.lines] == [
        (line["kind"], line["label"], line["amount"]["minor"]) for line in offer["lines"]
    ]
    assert (await quote(visitor, "apple-iphone-12"))["total"]["minor"] > 99900


async def test_a_price_taken_out_of_the_book_is_no_price(visitor: Client, shop: Any, site: Site) -> None:
    async with site.work() as session:
        no_tables = files.read().tables.model_copy(update={"parts": {}})
        only_screens = {"tables": no_tables, "groups": {}, "models": {"apple-iphone-13": {"screen": 9900}}, "digest": "only screens"}
        await book.publish(session, files.read().model_copy(update=only_screens))
    refused = await visitor.json("POST", "/api/v1/quotes", status=422, json={"device": "apple-iphone-13", "faults": ["battery_drains"]})
    assert refused["code"] == "no_price" and refused["services"] == ["battery"]


async def test_nobody_can_change_a_quote(visitor: Client, quote: Any, site: Site) -> None:
    offer = await quote(visitor)
    with pytest.raises(RuntimeError, match="immutable"):
        async with site.work() as session:
            (await session.get_one(Quote, UUID(offer["id"]))).total_minor = 1


async def test_the_customer_may_choose_other_parts(visitor: Client, quote: Any) -> None:
    usual = await quote(visitor, "apple-iphone-12", ("screen_cracked", "speaker"))
    others = {other["grade"]: other["total"] for other in usual["other_grades"]}
    assert list(others) == ["standard", "genuine"]
    assert "premium part" in usual["lines"][0]["label"]
    better = await quote(visitor, "apple-iphone-12", ("screen_cracked", "speaker"), grade="genuine", replaces=usual["id"])
    assert better["total"] == others["genuine"] and better["version"] == 2
    labels = [line["label"] for line in better["lines"] if line["kind"] == "part"]
    assert labels == ["Screen replacement: genuine part", "Loudspeaker replacement: premium part"]
    assert [other["grade"] for other in better["other_grades"]] == ["standard", "premium"]
    refused = await visitor.json(
        "POST", "/api/v1/quotes", status=422, json={"device": "apple-iphone-12", "services": ["screen"], "grade": "gold"}
    )
    assert refused["code"] == "invalid"


async def test_an_old_model_and_several_services_show_their_lines(visitor: Client, quote: Any, clock: MovableClock) -> None:
    offer = await quote(visitor, "apple-iphone-x", ("screen_cracked", "battery_drains"))
    assert [line["kind"] for line in offer["lines"]] == ["part", "labour", "part", "labour", "bundle", "age", "vat"]
    clock.set(datetime(2026, 12, 15, 10, tzinfo=UTC))
    rush = await quote(visitor, "apple-iphone-13")
    assert [(line["label"], line["amount"]["minor"]) for line in rush["lines"] if line["kind"] == "season"] == [("Before Christmas", 180)]


@pytest.mark.parametrize("device", ["apple-ipad-air-5th-generation", "dell-optiplex-7080", "sony-playstation-5", "apple-watch-series-8"])
async def test_what_needs_a_look_has_a_bench_fee_and_a_range_on_every_kind_of_device(visitor: Client, quote: Any, device: str) -> None:
    offer = await quote(visitor, device, ("no_power",)) if "dell" not in device else await quote(visitor, device, ("display_lines",))
    if offer["range"] is not None:
        assert [line["kind"] for line in offer["lines"]] == ["bench_fee", "vat"]
        assert offer["total"]["minor"] <= offer["range"]["low"]["minor"] <= offer["range"]["high"]["minor"]
    else:
        assert offer["services"][0]["code"] == "board_repair"
