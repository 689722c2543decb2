"""What to see to before a visit: asked of the right devices, kept with the order, seen at the counter."""

import re
from typing import Any

import pytest

from tests.conftest import Client


def words(html: str) -> str:
    return re.sub("<[^>]*>", "", html)


async def test_answers_are_kept_and_shown(visitor: Client, client: Client, staff: Any, book: Any) -> None:
    booked = await book(visitor)
    path = f"/api/v1/bookings/{booked['reference']}/checklist"
    asked = await visitor.json("GET", path)
    assert [one["item"] for one in asked["items"]] == ["backup", "find_my", "accessories", "id"]
    assert {one["answer"] for one in asked["items"]} == {None}
    await visitor.json("PUT", path, json={"item": "backup", "answer": "not_yet"})
    await visitor.json("PUT", path, json={"item": "backup", "answer": "done"})
    told = await visitor.json("PUT", path, json={"item": "accessories", "answer": "done", "note": " charger  <b>and</b> case "})
    assert told["items"][0]["answer"] == "done" and told["items"][2]["note"] == "charger <b>and</b> case"
    token = booked["tracking_url"].rsplit("/", 1)[1]
    tracked = await client.json("GET", f"/api/v1/tracking/{token}")
    assert tracked["checklist"] == told["items"]
    async with client.get(f"/track/{token}") as page:
        html = await page.text()
    assert "Backup made: yes" in words(html) and "Find My switched off: not answered" in words(html) and "&lt;b&gt;and" in html
    desk = await staff("technician")
    assert (await desk.json("GET", f"/api/v1/orders/{booked['reference']}"))["checklist"] == told["items"]
    async with desk.get(f"/staff/orders/{booked['reference']}") as page:
        assert "Charger and accessories: yes" in words(await page.text())


@pytest.mark.parametrize(
    ("device", "fault", "items"),
    [
        ("google-pixel-7a", "screen_cracked", ["backup", "google_lock", "accessories", "id"]),
        ("sony-playstation-5", "display_black", ["accessories", "id"]),
    ],
)
async def test_only_what_applies_is_asked(visitor: Client, book: Any, device: str, fault: str, items: list[str]) -> None:
    booked = await book(visitor, device=device, faults=(fault,))
    path = f"/api/v1/bookings/{booked['reference']}/checklist"
    assert [one["item"] for one in (await visitor.json("GET", path))["items"]] == items
    assert (await visitor.json("PUT", path, status=422, json={"item": "find_my", "answer": "done"}))["code"] == "check_unknown"


async def test_what_is_refused(visitor: Client, client: Client, book: Any) -> None:
    booked = await book(visitor)
    path = f"/api/v1/bookings/{booked['reference']}/checklist"
    for body in (
        {"item": "passcode", "answer": "done"},
        {"item": "id", "answer": "maybe"},
        {"item": "id", "answer": "done", "note": "x" * 201},
    ):
        await visitor.json("PUT", path, status=422, json=body)
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as other:
        assert (await other.json("PUT", path, status=404, json={"item": "id", "answer": "done"}))["code"] == "reference_unknown"
    await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel")
    assert (await visitor.json("PUT", path, status=409, json={"item": "id", "answer": "done"}))["code"] == "booking_cancelled"
