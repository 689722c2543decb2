"""Several devices in one visit: one appointment, one order, a repair each; all of it or nothing."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import icalendar
import pytest
from sqlalchemy import func, select

from backend.bookings.models import BookedQuote, Booking, Hold, Order
from backend.core import race
from backend.core.site import Site
from backend.repairs.models import Repair
from revivatech.sandbox.smtp import Mailbox
from tests.backend.conftest import WHO
from tests.conftest import Client

IPAD = {"device": "apple-ipad-air-5th-generation", "faults": ("not_charging",)}


@pytest.fixture
async def two(visitor: Client, quote: Any) -> list[Any]:
    """A quote for a phone and one for a tablet, both the visitor's."""
    return [await quote(visitor), await quote(visitor, **IPAD)]


async def _slots(client: Client, *quotes: Any) -> list[Any]:
    answer = await client.json("GET", "/api/v1/slots", params=[("quote", quote["id"]) for quote in quotes])
    found: list[Any] = answer["slots"]
    return found


def _body(quotes: list[Any], start: str) -> dict[str, Any]:
    return {"quote_ids": [quote["id"] for quote in quotes], "starts_at": start, "customer": WHO}


async def test_one_appointment_is_long_enough_for_all(visitor: Client, two: list[Any]) -> None:
    phone, both = (await _slots(visitor, two[0]))[0], (await _slots(visitor, *two))[0]
    assert _minutes(phone) == two[0]["duration_minutes"]
    assert _minutes(both) == two[0]["duration_minutes"] + two[1]["duration_minutes"]


async def test_one_order_has_a_repair_for_each_device(
    visitor: Client, client: Client, two: list[Any], mailbox: Mailbox, drain: Any, site: Site
) -> None:
    start = (await _slots(visitor, *two))[0]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_ids": [quote["id"] for quote in two], "starts_at": start})
    assert held["quote_ids"] == [quote["id"] for quote in two]
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json={"hold_id": held["id"], "customer": WHO})
    names = [quote["device"]["name"] for quote in two]
    assert [repair["device"]["name"] for repair in booked["repairs"]] == names
    assert booked["total"]["minor"] == sum(quote["total"]["minor"] for quote in two)
    status = await client.json("GET", "/api/v1/repairs/status", params={"reference": booked["reference"]})
    assert [repair["device"] for repair in status["repairs"]] == names
    token = booked["tracking_url"].rsplit("/", 1)[1]
    tracked = await client.json("GET", f"/api/v1/tracking/{token}")
    assert [one["device"]["name"] for one in tracked["quotes"]] == names and len(tracked["repairs"]) == 2
    async with client.get(f"/track/{token}") as page:
        html = await page.text()
    assert all(html.count(name) >= 2 for name in names) and f"Together {booked['total']['text']}" in html
    async with client.get(f"/track/{token}/calendar.ics") as file:
        (event,) = icalendar.Calendar.from_ical(await file.text()).walk("VEVENT")
    assert all(name in event["SUMMARY"] and name in event["DESCRIPTION"] for name in names)
    await drain()
    (mail,) = mailbox.messages(WHO["email"])
    for words in (mail.text, mail.html.replace("\u00a0", " ")):
        assert all(name in words for name in names)
        assert all(quote["total"]["text"] in words for quote in two) and booked["total"]["text"] in words
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
        assert await session.scalar(select(func.count()).select_from(Hold)) == 0


async def test_a_hold_is_for_all_its_quotes(visitor: Client, two: list[Any]) -> None:
    start = (await _slots(visitor, *two))[0]["starts_at"]
    ids = [quote["id"] for quote in two]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_ids": ids, "starts_at": start})
    refused = await visitor.json("POST", "/api/v1/bookings", status=409, json={"hold_id": held["id"], "quote_id": ids[0], "customer": WHO})
    assert refused["code"] == "hold_mismatch"
    body = {"hold_id": held["id"], "quote_ids": ids[::-1], "customer": WHO}
    await visitor.json("POST", "/api/v1/bookings", status=201, json=body)


@pytest.mark.parametrize(
    "wrong", [{"quote_ids": []}, {"quote_ids": ["same", "same"]}, {"quote_id": "same", "quote_ids": ["same"]}, {"quote_ids": ["same"] * 6}]
)
async def test_what_names_no_devices_properly_is_refused(visitor: Client, two: list[Any], wrong: dict[str, Any]) -> None:
    start = (await _slots(visitor, *two))[0]["starts_at"]
    named = {key: two[0]["id"] if value == "same" else [two[0]["id"] for _ in value] for key, value in wrong.items()}
    for path in ("holds", "bookings"):
        body = {**named, "starts_at": start} | ({"customer": WHO} if path == "bookings" else {})
        assert (await visitor.json("POST", f"/api/v1/{path}", status=422, json=body))["code"] == "invalid"


async def test_somebody_elses_quote_spoils_the_whole_booking(
    visitor: Client, client: Client, two: list[Any], quote: Any, site: Site
) -> None:
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as other:
        theirs = await quote(other)
        start = (await _slots(visitor, *two))[0]["starts_at"]
        refused = await visitor.json("POST", "/api/v1/bookings", status=404, json=_body([two[0], theirs], start))
        assert refused["code"] == "quote_unknown"
        assert (await other.json("GET", "/api/v1/slots", status=404, params=[("quote", q["id"]) for q in two]))["code"] == "quote_unknown"
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Booking)) == 0


async def test_the_same_key_books_once(visitor: Client, two: list[Any], site: Site) -> None:
    body = _body(two, (await _slots(visitor, *two))[0]["starts_at"])
    headers = {"Idempotency-Key": str(uuid4())}

    async def want() -> str:
        async with visitor.post("/api/v1/bookings", json=body, headers=headers) as response:
            assert response.status == 201
            return str((await response.json())["reference"])

    assert len(set(await asyncio.gather(*(want() for _ in range(10))))) == 1
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Repair)) == 2


async def test_of_bookings_that_share_a_quote_one_wins(visitor: Client, staff: Any, two: list[Any], quote: Any, site: Site) -> None:
    """The customer and the shop on the telephone at once, the devices named in any order and mixed with others."""
    third = await quote(visitor, faults=("battery_drains",))
    phone, tablet = two
    sets = [[phone, tablet], [tablet, phone], [tablet, third], [phone], [third, phone], [phone, tablet, third]] * 5
    free = (await _slots(visitor, phone, tablet, third))[::12]
    desk = await staff("technician")

    async def want(number: int, quotes: list[Any]) -> tuple[int, str]:
        who = (visitor, desk)[number % 2]
        async with who.post("/api/v1/bookings", json=_body(quotes, free[number % len(free)]["starts_at"])) as response:
            answer = await response.json()
            return response.status, answer.get("code", "")

    answers = Counter(await asyncio.gather(*(want(number, quotes) for number, quotes in enumerate(sets))))
    assert set(answers) <= {(201, ""), (409, "quote_booked"), (409, "slot_taken"), (429, "too_many_bookings")}, answers
    async with site.work() as session:
        taken = (await session.scalars(select(BookedQuote.quote_id).where(BookedQuote.live))).all()
        assert len(taken) == len(set(taken))
        assert await session.scalar(select(func.count()).select_from(Repair)) == len(taken)
        assert 1 <= answers[(201, "")] <= 2


async def test_the_loser_of_a_race_for_one_of_two_quotes_books_nothing(visitor: Client, staff: Any, two: list[Any], site: Site) -> None:
    free = await _slots(visitor, *two)
    desk = await staff("technician")

    async def rival() -> None:
        race.clear()
        await desk.json("POST", "/api/v1/bookings", status=201, json=_body([two[1]], free[-1]["starts_at"]))

    race.place("booking.insert", rival)
    refused = await visitor.json("POST", "/api/v1/bookings", status=409, json=_body(two, free[0]["starts_at"]))
    assert refused["code"] == "quote_booked"
    assert free[0]["starts_at"] in [slot["starts_at"] for slot in await _slots(visitor, two[0])]
    async with site.work() as session:
        assert (await session.scalars(select(Repair.device_slug))).all() == [IPAD["device"]]


async def test_given_up_quotes_can_be_booked_again_and_the_whole_order_moves(visitor: Client, two: list[Any], site: Site) -> None:
    free = await _slots(visitor, *two)
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=_body(two, free[0]["starts_at"]))
    path = f"/api/v1/bookings/{booked['reference']}"
    times = (await visitor.json("GET", f"{path}/slots"))["slots"]
    assert _minutes(times[0]) == _minutes(free[0])
    moved = await visitor.json("POST", f"{path}/reschedule", json={"starts_at": times[-1]["starts_at"]})
    assert len(moved["repairs"]) == 2 and _minutes(moved) == _minutes(free[0])
    await visitor.json("POST", f"{path}/cancel")
    async with site.work() as session:
        assert set(await session.scalars(select(Repair.stage))) == {"cancelled"}
    await visitor.json("POST", "/api/v1/bookings", status=201, json=_body(two[::-1], free[0]["starts_at"]))


async def test_one_device_less_leaves_the_appointment(visitor: Client, staff: Any, two: list[Any]) -> None:
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=_body(two, (await _slots(visitor, *two))[0]["starts_at"]))
    desk = await staff("technician")
    for state, at in (("confirmed", 0), ("cancelled", 1)):
        repair = (await desk.json("GET", f"/api/v1/orders/{booked['reference']}"))["repairs"][at]
        await desk.json("POST", f"/api/v1/repairs/{repair['id']}/moves", json={"to": "cancelled", "version": repair["version"]})
        assert (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}"))["state"] == state


async def test_several_devices_in_one_parcel(visitor: Client, two: list[Any]) -> None:
    params = [("postcode", "LS1 1AA"), *(("quote", quote["id"]) for quote in two)]
    day = (await visitor.json("GET", "/api/v1/arrival-days", params=params))["days"][0]["day"]
    home = {"line1": "1 Hyde Park Road", "city": "Leeds", "postcode": "LS6 1AA"}
    body = {"quote_ids": [quote["id"] for quote in two], "mail_in": {"arrives_on": day, "address": home}, "customer": WHO}
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=body)
    assert booked["arrival"] == "mail_in" and len(booked["repairs"]) == 2


def _minutes(slot: Any) -> int:
    return int((datetime.fromisoformat(slot["ends_at"]) - datetime.fromisoformat(slot["starts_at"])) / timedelta(minutes=1))
