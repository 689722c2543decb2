"""One intention is one booking, however often it is sent."""

import asyncio
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from backend.bookings.models import Order
from backend.core.events import EventRow
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
