"""Moving and cancelling by the API: what is offered, the shop's rules, taking a move back, and who comes second."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.bookings import rules
from backend.bookings.config import BookingConfig
from backend.bookings.models import Booking
from backend.capacity.models import Bench, Location, Occupancy
from backend.core import config
from backend.core.audit import AuditRow
from backend.core.site import Site
from tests.backend.conftest import WHO
from tests.conftest import Client, MovableClock


async def other(client: Client) -> Client:
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    return Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"})


async def one_bench(site: Site) -> None:
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number == 1


async def move(client: Client, booked: Any, to: str, status: int = 200) -> Any:
    return await client.json("POST", f"/api/v1/bookings/{booked['reference']}/reschedule", status=status, json={"starts_at": to})


async def test_where_a_booking_can_go_is_asked_with_its_reference(visitor: Client, client: Client, book: Any, site: Site) -> None:
    await one_bench(site)
    booked = await book(visitor)
    path = f"/api/v1/bookings/{booked['reference']}/slots"
    free = (await visitor.json("GET", path, params={"limit": 3}))["slots"]
    # Its own bench counts as free, so it may move by half an hour into its own time; where it is now is not on offer.
    assert [slot["label"] for slot in free] == ["Tue 24 Nov, 12:00", "Tue 24 Nov, 12:30", "Tue 24 Nov, 13:00"]
    later = await visitor.json("GET", path, params={"from": "2026-12-24", "days": 3})
    assert {slot["starts_at"][:10] for slot in later["slots"]} == {"2026-12-24"}
    async with await other(client) as stranger:
        assert (await stranger.json("GET", path, status=404))["code"] == "reference_unknown"
    assert (await client.json("GET", path, status=401))["code"] == "unauthenticated"
    await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel")
    assert (await visitor.json("GET", path, status=409))["code"] == "booking_cancelled"


async def test_a_booking_outlives_its_quote(visitor: Client, quote: Any, clock: MovableClock) -> None:
    offer = await quote(visitor)
    body = {"quote_id": offer["id"], "starts_at": "2026-12-10T12:00:00Z", "customer": WHO}
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=body)
    clock.move(days=10)
    free = (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}/slots", params={"from": "2026-12-11"}))["slots"]
    assert (await move(visitor, booked, free[0]["starts_at"]))["label"] == free[0]["label"]


async def test_how_late_and_how_often(visitor: Client, book: Any, site: Site, clock: MovableClock, staff: Any) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(moves=2, move_notice=120, cancel_notice=60))
    booked = await book(visitor)  # at half past eleven, in an hour and a half
    late = await move(visitor, booked, "2026-11-26T12:00:00Z", 409)
    assert (late["code"], late["notice_minutes"]) == ("change_too_late", 120)
    technician = await staff("technician")
    await move(technician, booked, "2026-11-26T12:00:00Z")
    for day in (27, 30):
        await move(visitor, booked, f"2026-11-{day}T12:00:00Z")
        clock.move(minutes=20)
    often = await move(visitor, booked, "2026-12-01T12:00:00Z", 409)
    assert (often["code"], often["moves"]) == ("moved_too_often", 2), "staff moves do not count, the customer's do"
    assert (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}/slots", status=409))["code"] == "moved_too_often"
    clock.set(datetime(2026, 11, 30, 11, 1, tzinfo=UTC))
    refused = await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel", status=409)
    assert refused["code"] == "change_too_late"
    technician = await staff("technician")
    assert (await technician.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel"))["state"] == "cancelled"


async def test_a_move_taken_back_at_once_does_not_count(visitor: Client, book: Any, site: Site, clock: MovableClock) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(moves=1, move_notice=0))
    booked = await book(visitor)
    for _ in range(2):
        await move(visitor, booked, "2026-11-26T12:00:00Z")
        clock.move(minutes=14)
        assert (await move(visitor, booked, booked["starts_at"]))["label"] == booked["label"]
    await move(visitor, booked, "2026-11-26T12:00:00Z")
    clock.move(minutes=16)
    assert (await move(visitor, booked, booked["starts_at"], 409))["code"] == "moved_too_often", "later it is another move"
    async with site.work() as session:
        done = await session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "booking.rescheduled"))
    assert done == 5


async def test_to_and_fro_comes_to_an_end(visitor: Client, book: Any, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(moves=3, move_notice=0))
    booked, there, mails = await book(visitor), "2026-11-26T12:00:00Z", 0
    path = f"/api/v1/bookings/{booked['reference']}/reschedule"
    while mails < 40:
        async with visitor.post(path, json={"starts_at": there if mails % 2 == 0 else booked["starts_at"]}) as answer:
            code = (await answer.json()).get("code")
        if code is not None:
            break
        mails += 1
    assert code == "moved_too_often"
    assert rules.CHANGES <= mails <= rules.CHANGES + 3


async def test_of_two_who_move_to_one_time_one_gets_it_and_the_other_keeps_theirs(
    visitor: Client, client: Client, book: Any, site: Site
) -> None:
    await one_bench(site)
    mine = await book(visitor)
    async with await other(client) as stranger:
        theirs = await book(stranger)
        wanted = "2026-11-26T12:00:00Z"

        async def go(who: Client, booked: Any) -> int:
            async with who.post(f"/api/v1/bookings/{booked['reference']}/reschedule", json={"starts_at": wanted}) as answer:
                return int(answer.status)

        answers = await asyncio.gather(go(visitor, mine), go(stranger, theirs))
    assert sorted(answers) == [200, 409]
    async with site.work() as session:
        times = dict((await session.execute(select(Booking.id, Booking.starts_at))).all())
        places = dict((await session.execute(select(Occupancy.holder_id, func.lower(Occupancy.during)))).all())
    assert times == places and len(set(times.values())) == 2


async def test_as_many_ahead_as_one_customer_may_have(
    visitor: Client, client: Client, book: Any, quote: Any, slots: Any, site: Site
) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(open_per_customer=2, per_visitor_and_day=10))
    first = await book(visitor)
    await book(visitor)

    async def try_again(who: Client, email: str, status: int) -> Any:
        offer = await quote(who)
        start = (await slots(who, offer))[-1]["starts_at"]
        body = {"quote_id": offer["id"], "starts_at": start, "customer": WHO | {"email": email}}
        return await who.json("POST", "/api/v1/bookings", status=status, json=body)

    assert (await try_again(visitor, "somebody@mail.example", 429))["code"] == "too_many_open_bookings"
    async with await other(client) as stranger:
        assert (await try_again(stranger, WHO["email"].upper(), 429))["code"] == "too_many_open_bookings", (
            "another browser, the same address"
        )
        await try_again(stranger, "somebody@mail.example", 201)
    await visitor.json("POST", f"/api/v1/bookings/{first['reference']}/cancel")
    await try_again(visitor, WHO["email"], 201)


@pytest.mark.parametrize(("day", "offset"), [("2026-03-30", "+01:00"), ("2026-10-26", "+00:00")])
async def test_over_both_clock_changes_ten_stays_ten(visitor: Client, quote: Any, clock: MovableClock, day: str, offset: str) -> None:
    """From the Friday before to the Monday after: the hour on the wall is the same, the instant is not."""
    monday = datetime.fromisoformat(day)
    friday = monday - timedelta(days=3)
    clock.set((monday - timedelta(days=5)).replace(hour=9, tzinfo=UTC))
    offer = await quote(visitor)
    path = {"quote": offer["id"], "from": friday.date().isoformat(), "days": 1}
    ten = next(s for s in (await visitor.json("GET", "/api/v1/slots", params=path))["slots"] if s["label"].endswith("10:00"))
    body = {"quote_id": offer["id"], "starts_at": ten["starts_at"], "customer": WHO}
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=body)
    free = (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}/slots", params={"from": day, "days": 1}))["slots"]
    target = next(slot for slot in free if slot["label"].endswith("10:00"))
    moved = await move(visitor, booked, target["starts_at"])
    assert moved["starts_at"] == f"{day}T10:00:00{offset.replace('+00:00', 'Z')}" and moved["label"].endswith("10:00")
    assert datetime.fromisoformat(moved["starts_at"]) - datetime.fromisoformat(booked["starts_at"]) in (
        timedelta(days=3, hours=1),
        timedelta(days=3, hours=-1),
    )
    assert datetime.fromisoformat(moved["ends_at"]) - datetime.fromisoformat(moved["starts_at"]) == timedelta(minutes=45)


async def test_two_tabs_that_book_at_once_make_one_booking(visitor: Client, quote: Any, slots: Any, site: Site, shop: Location) -> None:
    """Both tabs show the summary of one quote; both press "book"."""
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    held = await visitor.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})

    async def press() -> tuple[int, str]:
        async with visitor.post("/api/v1/bookings", json={"hold_id": held["id"], "customer": WHO}) as answer:
            return answer.status, (await answer.json()).get("code", "")

    answers = sorted(await asyncio.gather(press(), press()))
    assert answers[0] == (201, "") and answers[1] in [(404, "hold_unknown"), (409, "quote_booked")]
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Booking)) == 1
