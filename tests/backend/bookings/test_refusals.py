"""Every no a customer can get while booking has a code of its own, and leaves nothing half-written."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from backend.bookings.config import BookingConfig
from backend.bookings.models import Booking, Hold, Order
from backend.capacity.models import Bench, Location, Occupancy
from backend.core import config, race
from backend.core.site import Site
from backend.customers.models import Customer
from tests.backend.conftest import WHO
from tests.conftest import Client, MovableClock


async def _refused(client: Client, status: int, code: str, path: str = "/api/v1/bookings", **body: Any) -> None:
    refused = await client.json("POST", path, status=status, json=body)
    assert refused["code"] == code, refused


async def _count(site: Site) -> list[int]:
    async with site.work() as session:
        return [await session.scalar(select(func.count()).select_from(table)) or 0 for table in (Order, Booking, Occupancy, Customer, Hold)]


async def test_times_that_cannot_be_had(visitor: Client, quote: Any, site: Site) -> None:
    offer = await quote(visitor)
    for starts_at, status, code in [
        ("2026-11-24T09:00:00Z", 422, "slot_past"),
        ("1999-01-01T10:00:00Z", 422, "slot_past"),
        ("2026-11-24T10:30:00Z", 422, "slot_not_offered"),  # less than an hour ahead
        ("2026-11-24T12:15:00Z", 422, "slot_not_offered"),
        ("2026-11-24T17:30:00Z", 422, "slot_not_offered"),  # would end after closing
        ("2026-11-24T20:00:00Z", 422, "slot_not_offered"),
        ("2026-11-29T12:00:00Z", 422, "slot_not_offered"),  # a Sunday
        ("2026-12-25T12:00:00Z", 422, "slot_not_offered"),
        ("2027-06-01T12:00:00Z", 422, "slot_not_offered"),
        ("9999-12-31T23:59:59Z", 422, "slot_not_offered"),
        ("0001-01-01T00:00:00Z", 422, "invalid"),
        ("2026-11-25T12:00:00", 422, "invalid"),
        (1764000000, 422, "invalid"),
        ("tomorrow", 422, "invalid"),
    ]:
        await _refused(visitor, status, code, "/api/v1/holds", quote_id=offer["id"], starts_at=starts_at)
        await _refused(visitor, status, code, quote_id=offer["id"], starts_at=starts_at, customer=WHO)
    assert await _count(site) == [0, 0, 0, 0, 0]


async def test_days_at_either_end_of_the_calendar_have_no_times(visitor: Client, client: Client, quote: Any, book: Any) -> None:
    offer, booked = await quote(visitor), await book(visitor)
    page = booked["tracking_url"].removeprefix(client.base)
    for day in ("0001-01-01", "9999-12-31"):
        about = f"quote={offer['id']}&from={day}&days=31"
        assert (await visitor.json("GET", f"/api/v1/slots?{about}"))["slots"] == []
        assert (await visitor.json("GET", f"/api/v1/arrival-days?{about}&postcode=LS1+5AB"))["days"] == []
        assert (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}/slots?from={day}&days=31"))["slots"] == []
        for asked in (f"from={day}", f"to={day}T00:00:00Z"):
            async with client.get(f"{page}/move?{asked}") as answer:
                assert answer.status in (200, 422), (asked, answer.status)


async def test_people_who_cannot_be_reached(visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    for customer, code in [
        (WHO | {"email": "amira@nowhere"}, "email_invalid"),
        (WHO | {"email": ""}, "email_invalid"),
        (WHO | {"name": "  "}, "name_invalid"),
        (WHO | {"phone": "call me"}, "phone_invalid"),
        ({"name": "Amira"}, "invalid"),
        (WHO | {"vip": True}, "invalid"),
        (WHO | {"name": "a\x00b"}, "invalid"),
        (WHO | {"name": 7}, "invalid"),
    ]:
        await _refused(visitor, 422, code, quote_id=offer["id"], starts_at=start, customer=customer)
    assert await _count(site) == [0, 0, 0, 0, 0]


async def test_what_is_missing_or_does_not_fit_together(visitor: Client, quote: Any, slots: Any) -> None:
    offer, other = await quote(visitor), await quote(visitor)
    free = await slots(visitor, offer)
    await _refused(visitor, 422, "time_missing", quote_id=offer["id"], customer=WHO)
    await _refused(visitor, 422, "quote_missing", starts_at=free[0]["starts_at"], customer=WHO)
    await _refused(visitor, 404, "quote_unknown", quote_id=str(uuid4()), starts_at=free[0]["starts_at"], customer=WHO)
    await _refused(visitor, 404, "hold_unknown", hold_id=str(uuid4()), customer=WHO)
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": free[0]["starts_at"]})
    await _refused(visitor, 409, "hold_mismatch", hold_id=held["id"], quote_id=other["id"], customer=WHO)
    await _refused(visitor, 409, "hold_mismatch", hold_id=held["id"], starts_at=free[1]["starts_at"], customer=WHO)


async def test_a_taken_time(visitor: Client, quote: Any, slots: Any, site: Site, shop: Location) -> None:
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number == 1
    offers = [await quote(visitor) for _ in range(3)]
    start = (await slots(visitor, offers[0]))[0]["starts_at"]
    first = await visitor.json(
        "POST", "/api/v1/bookings", status=201, json={"quote_id": offers[0]["id"], "starts_at": start, "customer": WHO}
    )
    await _refused(visitor, 409, "slot_taken", quote_id=offers[1]["id"], starts_at=start, customer=WHO)
    await _refused(visitor, 409, "slot_taken", "/api/v1/holds", quote_id=offers[1]["id"], starts_at=start)
    assert start not in [slot["starts_at"] for slot in await slots(visitor, offers[1])]
    await visitor.json("POST", f"/api/v1/bookings/{first['reference']}/cancel")
    assert start in [slot["starts_at"] for slot in await slots(visitor, offers[1])]


async def test_a_quote_is_booked_once_until_it_is_given_up(visitor: Client, quote: Any, slots: Any) -> None:
    offer = await quote(visitor)
    free = await slots(visitor, offer)
    body = {"quote_id": offer["id"], "starts_at": free[0]["starts_at"], "customer": WHO}
    first = await visitor.json("POST", "/api/v1/bookings", status=201, json=body)
    await _refused(visitor, 409, "quote_booked", **body)
    await visitor.json("POST", f"/api/v1/bookings/{first['reference']}/cancel")
    again = await visitor.json("POST", "/api/v1/bookings", status=201, json=body)
    assert again["reference"] != first["reference"]


async def test_a_lapsed_quote_cannot_be_booked(visitor: Client, quote: Any, clock: MovableClock) -> None:
    offer = await quote(visitor)
    clock.move(days=8)
    start = "2026-12-07T12:00:00Z"
    await _refused(visitor, 410, "quote_expired", quote_id=offer["id"], starts_at=start, customer=WHO)
    await _refused(visitor, 410, "quote_expired", "/api/v1/holds", quote_id=offer["id"], starts_at=start)


async def test_enough_for_one_day(visitor: Client, book: Any, quote: Any, slots: Any, site: Site, clock: MovableClock) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(per_visitor_and_day=2))
    await book(visitor)
    await book(visitor)
    offer = await quote(visitor)
    free = await slots(visitor, offer)
    body = {"quote_id": offer["id"], "starts_at": free[-1]["starts_at"], "customer": WHO}
    await _refused(visitor, 429, "too_many_bookings", **body)
    clock.move(hours=25)
    await visitor.json("POST", "/api/v1/bookings", status=201, json=body)


async def test_a_foreign_reference_is_not_there(visitor: Client, client: Client, book: Any) -> None:
    booked = await book(visitor)
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as stranger:
        for reference in (booked["reference"], "RT-22222", "nonsense", "%00"):
            path = f"/api/v1/bookings/{reference}"
            for method, rest, body in [
                ("GET", "", None),
                ("POST", "/cancel", None),
                ("POST", "/reschedule", {"starts_at": booked["starts_at"]}),
            ]:
                refused = await stranger.json(method, path + rest, status=404, **({"json": body} if body else {}))
                assert refused["code"] in ("reference_unknown", "not_found")
        assert (await stranger.json("GET", "/api/v1/bookings"))["items"] == []
        assert (await stranger.json("GET", "/api/v1/repairs"))["items"] == []
    assert (await client.json("GET", f"/api/v1/bookings/{booked['reference']}", status=401))["code"] == "unauthenticated"
    mine = await visitor.json("GET", "/api/v1/bookings")
    assert [item["reference"] for item in mine["items"]] == [booked["reference"]]


async def test_what_is_over_cannot_be_moved(visitor: Client, book: Any, staff: Any, slots: Any, quote: Any, clock: MovableClock) -> None:
    gone, past = await book(visitor), await book(visitor, device="apple-iphone-12")
    later = (await slots(visitor, await quote(visitor)))[-1]["starts_at"]
    await visitor.json("POST", f"/api/v1/bookings/{gone['reference']}/cancel")
    again = await visitor.json("POST", f"/api/v1/bookings/{gone['reference']}/cancel")
    assert again["state"] == "cancelled"
    await _refused(visitor, 409, "booking_cancelled", f"/api/v1/bookings/{gone['reference']}/reschedule", starts_at=later)
    clock.set(datetime(2026, 11, 25, 9, tzinfo=UTC))
    await _refused(visitor, 409, "booking_past", f"/api/v1/bookings/{past['reference']}/reschedule", starts_at=later)
    await _refused(visitor, 409, "booking_past", f"/api/v1/bookings/{past['reference']}/cancel")
    technician = await staff("technician")
    moved = await technician.json("POST", f"/api/v1/bookings/{past['reference']}/reschedule", json={"starts_at": later})
    assert moved["starts_at"] == later


async def test_two_who_book_one_quote_at_once(visitor: Client, quote: Any, slots: Any, staff: Any, site: Site) -> None:
    offer, technician = await quote(visitor), await staff("technician")
    free = await slots(visitor, offer)
    bodies = [
        {"quote_id": offer["id"], "starts_at": free[number]["starts_at"], "customer": WHO} for number in (0, -1)
    ]  # on two days, which do not queue up
    race.place("booking.insert", asyncio.Barrier(2).wait)  # type: ignore[arg-type]

    async def book(client: Client, body: Any) -> tuple[int, str]:
        async with client.post("/api/v1/bookings", json=body) as response:
            return response.status, (await response.json()).get("code", "")

    answers = await asyncio.gather(book(visitor, bodies[0]), book(technician, bodies[1]))
    assert sorted(answers) == [(201, ""), (409, "quote_booked")]
    assert (await _count(site))[:3] == [1, 1, 1]


async def test_a_booking_may_move_into_its_own_time(visitor: Client, book: Any, site: Site, slots: Any, quote: Any) -> None:
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number == 1
    booked = await book(visitor)
    moved = await visitor.json(
        "POST", f"/api/v1/bookings/{booked['reference']}/reschedule", json={"starts_at": booked["starts_at"].replace("11:30", "12:00")}
    )
    assert moved["label"] == "Tue 24 Nov, 12:00"


async def test_references_never_collide_for_long(visitor: Client, book: Any, site: Site, monkeypatch: Any) -> None:
    from backend.bookings import service

    drawn = iter(["RT-22222", "RT-22222", "RT-22222", "RT-33333"])
    monkeypatch.setattr(service, "reference", lambda prefix: next(drawn))
    assert (await book(visitor))["reference"] == "RT-22222"
    assert (await book(visitor))["reference"] == "RT-33333"
    async with site.work() as session:
        assert isinstance((await session.scalars(select(Order.id).where(Order.reference == "RT-33333"))).one(), UUID)
