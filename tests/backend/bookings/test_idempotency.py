"""One intention is one booking, however often it is sent."""

import asyncio
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, text

from backend.bookings.models import Order
from backend.core.db import Session
from backend.core.events import EventRow
from backend.core.idempotency import IdempotencyRow
from backend.core.site import Site
from tests.backend.conftest import WHO
from tests.conftest import Client


async def test_the_same_key_gets_the_same_answer(visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(visitor)
    free = await slots(visitor, offer)
    body = {"quote_id": offer["id"], "starts_at": free[0]["starts_at"], "customer": WHO}
    headers = {"Idempotency-Key": str(uuid4())}
    answers = await asyncio.gather(*(visitor.json("POST", "/api/v1/bookings", status=201, json=body, headers=headers) for _ in range(8)))
    assert all(answer == answers[0] for answer in answers)
    refused = await visitor.json("POST", "/api/v1/bookings", status=409, json=body | {"starts_at": free[1]["starts_at"]}, headers=headers)
    assert refused["code"] == "idempotency_key_reused"
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
        assert (await session.scalars(select(EventRow.name))).all() == ["BookingConfirmed"]


async def test_a_refusal_is_not_remembered(visitor: Client, quote: Any, slots: Any) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    headers = {"Idempotency-Key": str(uuid4())}
    bad = {"quote_id": offer["id"], "starts_at": start, "customer": WHO | {"email": "amira@nowhere"}}
    await visitor.json("POST", "/api/v1/bookings", status=422, json=bad, headers=headers)
    await visitor.json("POST", "/api/v1/bookings", status=201, json=bad | {"customer": WHO}, headers=headers)


async def test_events_tell_what_happened_once(visitor: Client, book: Any, slots: Any, quote: Any, site: Site) -> None:
    booked = await book(visitor)
    later = (await slots(visitor, await quote(visitor)))[-1]["starts_at"]
    path = f"/api/v1/bookings/{booked['reference']}"
    for _ in range(2):
        await visitor.json("POST", f"{path}/reschedule", json={"starts_at": later})
    for _ in range(2):
        await visitor.json("POST", f"{path}/cancel")
    async with site.work() as session:
        rows = (await session.scalars(select(EventRow).order_by(EventRow.id))).all()
    assert [row.name for row in rows] == ["BookingConfirmed", "BookingRescheduled", "BookingCancelled"]
    assert all(row.data == {"booking_id": booked["booking_id"]} for row in rows)


async def test_a_dump_holds_no_link_that_opens_and_the_same_answer_comes_again(
    visitor: Client, client: Client, quote: Any, slots: Any, site: Site
) -> None:
    offer = await quote(visitor)
    body = {"quote_id": offer["id"], "starts_at": (await slots(visitor, offer))[0]["starts_at"], "customer": WHO}
    headers = {"Idempotency-Key": str(uuid4())}
    booked = await visitor.json("POST", "/api/v1/bookings", status=201, json=body, headers=headers)
    token = booked["tracking_url"].rpartition("/")[2]
    async with site.work() as session:
        tables = (await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).scalars().all()
        dump = [row[0] for table in tables for row in await session.execute(text(f'SELECT t::text FROM "{table}" t'))]
    # Bytes are shown as hexadecimal digits.
    assert [row for row in dump if token in row or token.encode().hex() in row] == []
    assert any(booked["reference"] in row for row in dump), "the dump is one"
    async with visitor.post("/api/v1/bookings", json=body, headers=headers) as again:
        assert again.status == 201 and again.headers["Idempotency-Replayed"] == "true"
        assert await again.json() == booked
    await client.json("GET", f"/api/v1/tracking/{token}")


async def test_an_answer_opens_only_in_its_own_row_and_under_its_own_secret(visitor: Client, quote: Any, site: Site) -> None:
    offer = await quote(visitor)
    keys, starts = [str(uuid4()), str(uuid4())], []
    for key in keys:
        found = (await visitor.json("GET", "/api/v1/slots", params={"quote": offer["id"]}))["slots"]
        starts.append({"quote_id": offer["id"], "starts_at": found[0]["starts_at"], "customer": WHO})
        await visitor.json("POST", "/api/v1/bookings", status=201, json=starts[-1], headers={"Idempotency-Key": key})
        offer = await quote(visitor)
    async with site.work() as session:
        first, second = [await session.get_one(IdempotencyRow, (await _scope(session), "POST /api/v1/bookings", key)) for key in keys]
        first.answer = second.answer
    refused = await visitor.json("POST", "/api/v1/bookings", status=409, json=starts[0], headers={"Idempotency-Key": keys[0]})
    assert refused["code"] == "idempotency_answer_lost"
    async with site.work() as session:  # kept before answers were sealed
        (
            await session.get_one(IdempotencyRow, (await _scope(session), "POST /api/v1/bookings", keys[0]))
        ).answer = b'{"reference": "RT-OLD"}'
    again = await visitor.json("POST", "/api/v1/bookings", status=201, json=starts[0], headers={"Idempotency-Key": keys[0]})
    assert again == {"reference": "RT-OLD"}


async def _scope(session: Session) -> str:
    return (await session.scalars(select(IdempotencyRow.scope))).first() or ""
