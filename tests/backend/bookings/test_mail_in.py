"""Devices by post: from where, on which days, how many; no bench is kept for them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest
from sqlalchemy import func, select

from backend.bookings import postcodes
from backend.bookings.config import MailInConfig
from backend.bookings.errors import OutsideArea, PostcodeInvalid
from backend.bookings.models import Booking, ReturnAddress
from backend.capacity.models import Occupancy
from backend.core import config, race
from backend.core.site import Site
from tests.backend.conftest import WHO
from tests.conftest import Client, MovableClock

HOME = {"line1": "Flat 2,  9 Hyde Park Road", "city": "Leeds", "postcode": "ls61ab"}
DEFAULT = MailInConfig()


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [("ls1 5ab", "LS1 5AB"), ("LS15AB", "LS1 5AB"), (" sw1a  1aa ", "SW1A 1AA"), ("m1 1ae", "M1 1AE"), ("bt11aa", "BT1 1AA")],
)
def test_postcodes_as_people_write_them(typed: str, tidy: str) -> None:
    assert postcodes.postcode(typed) == tidy


@pytest.mark.parametrize(
    "typed", ["", "LS1", "LS1 5A", "LS1 5ABC", "ZZ1 1AA", "LS1 5CI", "12345", "D02 X285", "LS1 5AB; DROP TABLE", "ＬＳ１ ５ＡＢ", "L" * 500]
)
def test_what_is_no_postcode(typed: str) -> None:
    with pytest.raises(PostcodeInvalid):
        postcodes.postcode(typed)


@pytest.mark.parametrize(
    ("where", "days"), [("LS1 5AB", 0), ("BT1 1AA", 1), ("TR21 0AA", 1), ("TR1 1AA", 0), ("KA27 8AA", 1), ("PH41 4AA", 1), ("PH1 1AA", 0)]
)
def test_how_much_longer_a_parcel_takes(where: str, days: int) -> None:
    assert postcodes.extra_days(where, outside=DEFAULT.outside, further=DEFAULT.further) == days


@pytest.mark.parametrize("where", ["JE2 3AB", "GY1 1AA", "IM1 1AA", "BF1 1AA"])
def test_outside_the_area(where: str) -> None:
    with pytest.raises(OutsideArea):
        postcodes.extra_days(where, outside=DEFAULT.outside, further=DEFAULT.further)


async def days(client: Client, offer: Any, postcode: str = "LS6 1AB", status: int = 200, **query: Any) -> Any:
    return await client.json("GET", "/api/v1/arrival-days", status=status, params={"quote": offer["id"], "postcode": postcode, **query})


def body(offer: Any, day: str, **address: str) -> dict[str, Any]:
    return {"quote_id": offer["id"], "mail_in": {"arrives_on": day, "address": HOME | address}, "customer": WHO}


async def test_a_parcel_is_announced_moved_and_called_off(visitor: Client, client: Client, quote: Any, site: Site, staff: Any) -> None:
    offer = await quote(visitor)
    found = await days(visitor, offer)
    # From Thursday, two days for the post; closed on Sundays.
    assert [day["day"] for day in found["days"]][:5] == ["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-30", "2026-12-01"]
    assert found["location"]["postcode"] == "LS1 5AB" and any("passcode" in line for line in found["packing"])
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=body(offer, "2026-11-27"))
    assert (booked["arrival"], booked["label"]) == ("mail_in", "Fri 27 Nov, by post")
    assert any(booked["reference"] in line for line in booked["packing"])
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Occupancy)) == 0, "it takes no bench before it is here"
        kept = (await session.scalars(select(ReturnAddress))).one()
    assert (kept.line1, kept.postcode) == ("Flat 2, 9 Hyde Park Road", "LS6 1AB")
    path = f"/api/v1/bookings/{booked['reference']}"
    others = (await visitor.json("GET", f"{path}/slots"))["slots"]
    assert [slot["label"] for slot in others] == ["Thu 26 Nov, by post", "Sat 28 Nov, by post", "Mon 30 Nov, by post"]
    moved = await visitor.json("POST", f"{path}/reschedule", json={"starts_at": others[2]["starts_at"]})
    assert moved["label"] == "Mon 30 Nov, by post"
    assert (await visitor.json("POST", f"{path}/reschedule", status=422, json={"starts_at": "2026-11-29T12:00:00Z"}))[
        "code"
    ] == "day_not_offered"
    async with client.get(booked["calendar_url"].removeprefix(client.base)) as answer:
        (event,) = icalendar.Calendar.from_ical(await answer.read()).walk("VEVENT")
    assert str(event.decoded("DTSTART")) == "2026-11-30" and event["TRANSP"] == "TRANSPARENT"
    page = booked["tracking_url"].removeprefix(client.base)
    async with client.get(page) as answer:
        html = await answer.text()
    assert "Mon 30 Nov, by post" in html and "Hyde Park" not in html and "LS6" not in html and "loose batteries" in html
    technician = await staff("technician")
    assert (await technician.json("GET", f"/api/v1/orders/{booked['reference']}"))["return_address"][-1] == "LS6 1AB"
    assert (await visitor.json("POST", f"{path}/cancel"))["state"] == "cancelled"


@pytest.mark.parametrize(
    ("day", "address", "status", "code"),
    [
        ("2026-11-24", {}, 422, "day_not_offered"),
        ("2026-11-25", {}, 422, "day_not_offered"),  # sooner than the post is
        ("2026-11-29", {}, 422, "day_not_offered"),  # a Sunday
        ("2026-12-25", {}, 422, "day_not_offered"),
        ("2029-01-02", {}, 422, "day_not_offered"),
        ("2026-11-26", {"postcode": "BT1 1AA"}, 422, "day_not_offered"),  # a day longer
        ("2026-11-27", {"postcode": "JE2 3AB"}, 422, "outside_area"),
        ("2026-11-27", {"postcode": "LS1"}, 422, "postcode_invalid"),
        ("2026-11-27", {"line1": "  "}, 422, "address_invalid"),
        ("2026-11-27", {"city": "x" * 101}, 422, "address_invalid"),
        ("2026-11-27", {"line1": "a\u202eb"}, 422, "address_invalid"),
        ("2026-11-27", {"country": "FR"}, 422, "invalid"),
        ("Friday", {}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_posted(visitor: Client, quote: Any, site: Site, day: str, address: Any, status: int, code: str) -> None:
    refused = await visitor.json("POST", "/api/v1/bookings", status=status, json=body(await quote(visitor), day, **address))
    assert refused["code"] == code
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Booking)) == 0


async def test_no_swollen_battery_in_the_post(visitor: Client, quote: Any) -> None:
    offer = await quote(visitor, faults=("battery_swollen",))
    assert (await days(visitor, offer, status=409))["code"] == "mail_in_unsafe"
    assert (await visitor.json("POST", "/api/v1/bookings", status=409, json=body(offer, "2026-11-27")))["code"] == "mail_in_unsafe"


async def test_as_many_parcels_a_day_as_the_shop_takes(visitor: Client, quote: Any, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, MailInConfig(parcels_a_day=2))
    offers = [await quote(visitor) for _ in range(4)]
    # All of them are past the count before any has written: the day's lock makes them wait for each other.
    race.place("parcel.take", lambda: asyncio.sleep(0.05))

    async def post(offer: Any) -> tuple[int, str]:
        async with visitor.post("/api/v1/bookings", json=body(offer, "2026-11-27")) as answer:
            return answer.status, (await answer.json()).get("code", "")

    answers = sorted(await asyncio.gather(*(post(offer) for offer in offers)))
    assert answers == [(201, ""), (201, ""), (409, "day_full"), (409, "day_full")]
    assert "2026-11-27" not in [day["day"] for day in (await days(visitor, await quote(visitor)))["days"]]


async def test_a_shop_that_takes_no_post(visitor: Client, quote: Any, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, MailInConfig(offered=False))
    assert (await days(visitor, await quote(visitor), status=409))["code"] == "mail_in_off"


async def test_over_the_clock_change_a_day_stays_a_day(visitor: Client, quote: Any, clock: MovableClock) -> None:
    clock.set(datetime(2026, 10, 22, 9, tzinfo=UTC))
    offer = await quote(visitor)
    found = [day["day"] for day in (await days(visitor, offer, days=6))["days"]]
    assert found == ["2026-10-24", "2026-10-26", "2026-10-27"]
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=body(offer, "2026-10-26"))
    assert booked["starts_at"] == "2026-10-26T09:00:00Z" and booked["label"] == "Mon 26 Oct, by post"


async def test_a_held_time_comes_free_when_the_device_is_posted_instead(visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})
    both = body(offer, "2026-11-27") | {"hold_id": held["id"]}
    assert (await visitor.json("POST", "/api/v1/bookings", status=409, json=both))["code"] == "hold_mismatch"
    await visitor.json("POST", "/api/v1/bookings", status=201, json=body(offer, "2026-11-27"))
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Occupancy)) == 0
