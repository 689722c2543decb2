"""Staff move repairs on; customers see it."""

import asyncio
from typing import Any

from sqlalchemy import select

from backend.core.audit import AuditRow
from backend.core.events import EventRow
from backend.core.site import Site
from tests.conftest import Client


async def _first_repair(technician: Client, reference: str) -> Any:
    order = await technician.json("GET", f"/api/v1/orders/{reference}")
    return order["repairs"][0]


async def _move(technician: Client, repair: Any, to: str, *, status: int = 200, **more: Any) -> Any:
    body = {"to": to, "version": repair["version"], **more}
    return await technician.json("POST", f"/api/v1/repairs/{repair['id']}/moves", status=status, json=body)


def _token(booked: Any) -> str:
    return str(booked["tracking_url"]).rpartition("/")[2]


async def test_a_repair_goes_its_way_and_the_customer_follows(visitor: Client, client: Client, book: Any, staff: Any, site: Site) -> None:
    booked, technician = await book(visitor), await staff("technician")
    repair = await _first_repair(technician, booked["reference"])
    assert repair["stage"] == "booked" and [move["to"] for move in repair["moves"]] == ["received", "cancelled"]
    repair = await _move(technician, repair, "received", note="Scratch on the frame", public=False)
    repair = await _move(technician, repair, "diagnosing", note="On the bench now", public=True)
    seen = await client.json("GET", f"/api/v1/tracking/{_token(booked)}")
    assert seen["reference"] == booked["reference"] and seen["shop"]["name"] == "RevivaTech" and seen["rev"] == 3
    followed = seen["repairs"][0]
    assert followed["stage"] == "in_repair" and followed["detail_label"] == "Being checked"
    assert [(step["code"], step["state"]) for step in followed["stages"]] == [
        ("booked", "done"),
        ("received", "done"),
        ("in_repair", "current"),
        ("ready", "todo"),
        ("done", "todo"),
    ]
    assert [(line["title"], line["text"]) for line in followed["timeline"]] == [
        ("Booked", None),
        ("Received", None),
        ("Being checked", "On the bench now"),
    ]
    assert "Scratch" not in str(seen) and "amira" not in str(seen).lower()
    status = await client.json("GET", "/api/v1/repairs/status", params={"reference": booked["reference"]})
    assert status["repairs"][0] | {"updated_at": None} == {
        "device": "iPhone 13",
        "stage": "in_repair",
        "stage_label": "In repair",
        "stages": [
            {"code": "booked", "label": "Booked", "state": "done"},
            {"code": "received", "label": "Received", "state": "done"},
            {"code": "in_repair", "label": "In repair", "state": "current"},
            {"code": "ready", "label": "Ready to collect", "state": "todo"},
            {"code": "done", "label": "Handed over", "state": "todo"},
        ],
        "updated_at": None,
    }
    async with site.work() as session:
        names = (await session.scalars(select(EventRow.name).order_by(EventRow.id))).all()
        actions = (await session.scalars(select(AuditRow.action).where(AuditRow.actor_kind == "staff"))).all()
    assert names == ["BookingConfirmed", "RepairMoved", "RepairMoved"] and actions == ["repair.moved", "repair.moved"]


async def test_moves_that_are_refused(visitor: Client, book: Any, staff: Any) -> None:
    booked, technician = await book(visitor), await staff("technician")
    repair = await _first_repair(technician, booked["reference"])
    refused = await _move(technician, repair, "ready", status=422)
    assert refused["code"] == "move_not_allowed" and refused["allowed"] == ["received", "cancelled"]
    assert (await _move(technician, repair, "melted", status=422))["code"] == "invalid"
    assert (await _move(technician, repair, "received", status=422, note="x" * 2001))["code"] == "invalid"
    both = await asyncio.gather(*(_try(technician, repair, "received") for _ in range(5)))
    assert sorted(both) == [200, 409, 409, 409, 409]
    stale = await _move(technician, repair, "diagnosing", status=409)
    assert stale["code"] == "stale_version" and stale["stage"] == "received" and stale["version"] == 2
    unknown = await _move(technician, repair | {"id": booked["booking_id"]}, "received", status=404)
    assert unknown["code"] == "repair_unknown"


async def _try(technician: Client, repair: Any, to: str) -> int:
    async with technician.post(f"/api/v1/repairs/{repair['id']}/moves", json={"to": to, "version": repair["version"]}) as response:
        return int(response.status)


async def test_customers_move_nothing(visitor: Client, client: Client, book: Any, staff: Any) -> None:
    booked = await book(visitor)
    repair = await _first_repair(await staff("technician"), booked["reference"])
    for person, status in ((visitor, 403), (client, 401)):
        await _move(person, repair, "received", status=status)
        await person.json("GET", "/api/v1/orders", status=status)
        await person.json("GET", f"/api/v1/orders/{booked['reference']}", status=status)


async def test_a_device_that_is_here_is_not_rescheduled_away(visitor: Client, book: Any, staff: Any) -> None:
    booked, technician = await book(visitor), await staff("technician")
    await _move(technician, await _first_repair(technician, booked["reference"]), "received")
    for verb, body in (("cancel", {}), ("reschedule", {"starts_at": "2026-11-26T12:00:00Z"})):
        refused = await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/{verb}", status=409, json=body)
        assert refused["code"] == "booking_closed"


async def test_staff_and_customer_cancel_alike(visitor: Client, client: Client, book: Any, staff: Any, quote: Any, slots: Any) -> None:
    first, second, technician = await book(visitor), await book(visitor, device="apple-iphone-12"), await staff("technician")
    await _move(technician, await _first_repair(technician, first["reference"]), "cancelled")
    await visitor.json("POST", f"/api/v1/bookings/{second['reference']}/cancel")
    for booked in (first, second):
        assert (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}"))["state"] == "cancelled"
        seen = await client.json("GET", f"/api/v1/tracking/{_token(booked)}")
        assert [(step["code"], step["state"]) for step in seen["repairs"][0]["stages"]] == [("booked", "done"), ("cancelled", "current")]
    free = await slots(visitor, await quote(visitor))
    assert first["starts_at"] in [slot["starts_at"] for slot in free]


async def test_the_list_of_orders(visitor: Client, book: Any, staff: Any) -> None:
    booked = [await book(visitor, device=device) for device in ("apple-iphone-13", "google-pixel-7", "dell-xps-13")]
    technician = await staff("technician")
    await _move(technician, await _first_repair(technician, booked[1]["reference"]), "received")

    async def found(**query: Any) -> list[str]:
        answer = await technician.json("GET", "/api/v1/orders", params=query)
        return [item["reference"] for item in answer["items"]]

    everything = [order["reference"] for order in reversed(booked)]
    assert await found() == everything
    assert await found(stage="received") == [booked[1]["reference"]]
    assert await found(q="pixel") == [booked[1]["reference"]]
    assert await found(q="amira XPS") == [booked[2]["reference"]]
    assert await found(q=booked[0]["reference"][3:].lower()) == [booked[0]["reference"]]
    assert await found(q="%") == [] and await found(q="mail.example") == everything
    page = await technician.json("GET", "/api/v1/orders", params={"limit": 2})
    rest = await technician.json("GET", "/api/v1/orders", params={"limit": 2, "cursor": page["next_cursor"]})
    assert [item["reference"] for item in page["items"] + rest["items"]] == everything and rest["next_cursor"] is None
    row = page["items"][0]
    assert row["customer"]["email"] == "amira@mail.example" and row["total"]["currency"] == "GBP"
    assert (await technician.json("GET", "/api/v1/orders", status=422, params={"stage": "melted"}))["code"] == "invalid"
