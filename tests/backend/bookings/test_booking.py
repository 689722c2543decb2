"""A booking over HTTP, from quote to cancellation."""

from typing import Any

from tests.conftest import Client


async def test_a_repair_is_quoted_booked_moved_and_cancelled(visitor: Client, quote: Any, slots: Any) -> None:
    offer = await quote(visitor)
    assert offer["device"] == {"slug": "apple-iphone-13", "name": "iPhone 13"}
    assert offer["services"] == [{"code": "screen", "label": "Screen replacement"}]
    free = await slots(visitor, offer, limit=3)
    assert [slot["label"] for slot in free] == ["Tue 24 Nov, 11:30", "Tue 24 Nov, 12:00", "Tue 24 Nov, 12:30"]
    who = {"name": "Amira  Haddad", "email": "Amira@Mail.Example", "phone": "07700 900123"}
    booked = await visitor.json(
        "POST", "/api/v1/bookings", status=201, json={"quote_id": offer["id"], "starts_at": free[1]["starts_at"], "customer": who}
    )
    assert booked["label"] == "Tue 24 Nov, 12:00" and booked["total"] == offer["total"]
    path = f"/api/v1/bookings/{booked['reference']}"
    seen = await visitor.json("GET", path)
    assert seen == booked | {"tracking_url": None, "calendar_url": None}
    moved = await visitor.json("POST", f"{path}/reschedule", json={"starts_at": free[2]["starts_at"]})
    assert moved["label"] == "Tue 24 Nov, 12:30"
    gone = await visitor.json("POST", f"{path}/cancel")
    assert gone["state"] == "cancelled"
    status = await visitor.json("GET", "/api/v1/repairs/status", params={"reference": booked["reference"].lower()})
    assert status["repairs"][0]["stage"] == "cancelled"
