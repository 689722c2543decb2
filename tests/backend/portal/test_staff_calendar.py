"""What a manager changes about the calendar shows in the next search for a time; nobody else can, and nobody overwrites a colleague."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.capacity.models import Location, Technician
from backend.core.audit import AuditRow
from backend.core.config import ConfigRow
from backend.core.site import Site
from backend.identity.models import Staff
from tests.conftest import Client, SignIn

from .conftest import PAYLOADS, Page, look

HOME = "/staff/calendar"
WEEK = {f"day{number}": "09:00–18:00" for number in range(5)} | {"day5": "10:00–16:00", "day6": ""}


async def send(client: Client, path: str, **fields: str) -> Page:
    """Send a form with the version the calendar's page shows."""
    version = (await look(client, HOME)).field("version")
    return await look(client, HOME + path, form={"version": version, **fields})


async def days_of(visitor: Client, quote: Any, slots: Any, device: str = "apple-iphone-13", **query: Any) -> dict[str, list[str]]:
    """Day of the week to hours on offer."""
    found: dict[str, list[str]] = {}
    for slot in await slots(visitor, await quote(visitor, device=device), **query):
        found.setdefault(slot["label"][:3], []).append(slot["label"][-5:])
    return found


async def test_opening_hours(staff: SignIn, visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    manager = await staff("manager")
    page = await send(manager, "/hours", **WEEK | {"day2": "12-14, 16:00 to 18.00", "day6": "10:00-12:00"})
    assert page.url == f"{HOME}?done=1" and "Saved." in page.text
    offered = await days_of(visitor, quote, slots)
    assert offered["Wed"] == ["12:00", "12:30", "13:00", "16:00", "16:30", "17:00"] and offered["Sun"] == ["10:00", "10:30", "11:00"]
    shown = await look(manager, HOME)
    assert shown.field("day2") == "12:00–14:00, 16:00–18:00"
    async with site.work() as session:
        row = (await session.scalars(select(AuditRow).where(AuditRow.action == "calendar.hours_set"))).one()
    assert row.actor_kind == "staff" and row.data["hours"]["6"] == "10:00–12:00" and "5 10:00-16:00" in row.data["former"]


@pytest.mark.parametrize("hours", ["18:00-09:00", "09:00-12:00, 11:00-13:00", "all day", "25:00-26:00", "09:00", *PAYLOADS[:2]])
async def test_hours_that_are_none_change_nothing(staff: SignIn, visitor: Client, quote: Any, slots: Any, hours: str) -> None:
    manager = await staff("manager")
    before = await days_of(visitor, quote, slots)
    page = await send(manager, "/hours", **WEEK | {"day1": hours})
    assert page.status == 422 and "Write hours as 09:00–12:30, 13:00–18:00" in page.text and "<script>alert" not in page.html
    assert await days_of(visitor, quote, slots) == before


async def test_a_closed_day_and_who_is_booked_on_it(staff: SignIn, visitor: Client, book: Any, quote: Any, slots: Any) -> None:
    manager = await staff("manager")
    booked = await book(visitor)
    assert "Tue" in await days_of(visitor, quote, slots)
    page = await send(manager, "/closures", day="2026-11-24", reason="Burst pipe")
    assert "Burst pipe" in page.text and f"Still booked: {booked['reference']}" in page.text and "Christmas Day" in page.text
    assert "2026-11-24" not in {slot["starts_at"][:10] for slot in await slots(visitor, await quote(visitor))}
    assert (await send(manager, "/closures", day="2026-11-24", reason="Again")).status == 409
    assert (await send(manager, "/closures", day="soon", reason="x")).status == 422
    remove = next(str(tag["action"]) for tag in page.tags("form") if "/closures/" in (tag.get("action") or ""))
    await send(manager, remove.removeprefix(HOME))
    assert "2026-11-24" in {slot["starts_at"][:10] for slot in await slots(visitor, await quote(visitor))}
    assert (await send(manager, remove.removeprefix(HOME))).status == 404


async def test_benches(staff: SignIn, visitor: Client, quote: Any, slots: Any, shop: Location) -> None:
    manager = await staff("manager")
    for number in (1, 2, 3):
        assert (await send(manager, f"/benches/{number}", name=f"Bench {number}")).status == 200
    assert await days_of(visitor, quote, slots) == {}
    await send(manager, "/benches", name="By the door")
    assert await days_of(visitor, quote, slots) != {}
    assert (await send(manager, "/benches/99", name="None")).status == 404
    assert (await send(manager, "/benches", name="   ")).status == 422


async def _crew(site: Site, email_like: str = "technician-%") -> str:
    async with site.work() as session:
        return str(await session.scalar(select(Staff.id).where(Staff.email.like(email_like))))


async def test_people_with_skills_shifts_and_time_off(staff: SignIn, visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    manager, _ = await staff("manager"), await staff("technician")
    person = await _crew(site)
    off = {f"day{number}": "" for number in range(7)}
    page = await send(manager, f"/people/{person}", active="true", skill="general", **off | {"day2": "12:00-15:00"})
    assert page.status == 200 and "Nobody can do: " in page.text and "screens" in page.text
    assert await days_of(visitor, quote, slots) == {}, "a screen needs somebody who does screens"
    async with manager.http.post(
        f"{HOME}/people/{person}",
        data=[("version", page.field("version")), ("active", "true"), ("skill", "general"), ("skill", "screens"), ("day2", "12:00-15:00")],
    ) as answer:
        assert answer.status == 200
    assert await days_of(visitor, quote, slots) == {"Wed": ["12:00", "12:30", "13:00", "13:30", "14:00"]}
    away = await send(
        manager, f"/people/{person}/time-off", first="2026-11-25", last="2026-11-25", since="13:00", until="14:00", reason="Dentist"
    )
    assert "Wed 25 Nov, 13:00 to Wed 25 Nov, 14:00: Dentist" in away.text
    assert await days_of(visitor, quote, slots) == {"Wed": ["12:00", "14:00"]}
    assert (await send(manager, f"/people/{person}/time-off", first="2026-11-25", last="2026-11-24")).status == 422
    remove = next(str(tag["action"]) for tag in away.tags("form") if "/time-off/" in (tag.get("action") or ""))
    await send(manager, remove.removeprefix(HOME))
    assert len((await days_of(visitor, quote, slots))["Wed"]) == 5
    # Nobody works at the benches any more: no roster is kept, the benches alone count.
    await send(manager, f"/people/{person}", **off)
    assert len(await days_of(visitor, quote, slots)) > 3


async def test_as_many_at_once_as_people_not_benches(staff: SignIn, visitor: Client, book: Any, quote: Any, slots: Any, site: Site) -> None:
    manager, _ = await staff("manager"), await staff("technician")
    person = await _crew(site)
    await send(manager, f"/people/{person}", active="true", skill="screens", **WEEK)
    first = await book(visitor)
    offer = await quote(visitor)
    assert first["starts_at"] not in [slot["starts_at"] for slot in await slots(visitor, offer)]
    body = {"quote_id": offer["id"], "starts_at": first["starts_at"], "customer": {"name": "Ben", "email": "ben@mail.example"}}
    assert (await visitor.json("POST", "/api/v1/bookings", status=409, json=body))["code"] == "slot_taken"
    away = await send(manager, f"/people/{person}/time-off", first="2026-11-24", last="2026-11-24", reason="Ill")
    assert f"Still booked: {first['reference']}" in away.text
    async with site.work() as session:
        assert (await session.scalars(select(Technician.skills))).one() == ["screens"]


async def test_a_part_on_its_way(staff: SignIn, visitor: Client, quote: Any, slots: Any) -> None:
    manager = await staff("manager")
    assert "Tue" in await days_of(visitor, quote, slots)
    page = await send(manager, "/parts", device="apple-iphone-13", service="screen", day="2026-11-27")
    assert "iPhone 13: Screen replacement, Fri 27 Nov" in page.text
    assert set(await days_of(visitor, quote, slots, days=5)) == {"Fri", "Sat"}
    assert "Tue" in await days_of(visitor, quote, slots, device="apple-iphone-12"), "other models are not held up"
    offer = await quote(visitor)
    refused = await visitor.json("POST", "/api/v1/holds", status=422, json={"quote_id": offer["id"], "starts_at": "2026-11-26T12:00:00Z"})
    assert refused["code"] == "slot_not_offered"
    assert (await send(manager, "/parts", device="no-such", service="screen", day="2026-11-27")).status in (404, 422)
    remove = next(str(tag["action"]) for tag in page.tags("form") if "/parts/" in (tag.get("action") or ""))
    await send(manager, remove.removeprefix(HOME))
    assert "Tue" in await days_of(visitor, quote, slots)


async def test_rules_are_versions(staff: SignIn, visitor: Client, quote: Any, slots: Any, site: Site) -> None:
    manager = await staff("manager")
    rules = f"{HOME}/rules"
    page = await look(manager, rules)
    form = {"config_version": "0", "grid": "60", "buffer": "10", "notice": "60", "horizon_days": "60", "longest": "240"}
    assert page.status == 200 and (await look(manager, f"{rules}/capacity", form=form)).url == f"{rules}?done=1"
    assert (await days_of(visitor, quote, slots))["Wed"][:2] == ["09:00", "10:00"]
    assert (await look(manager, f"{rules}/capacity", form=form)).status == 409, "somebody else saved meanwhile"
    wrong = await look(manager, f"{rules}/capacity", form=form | {"config_version": "1", "grid": "3", "buffer": "many"})
    assert wrong.status == 422 and "At least 5." in wrong.text and "A whole number." in wrong.text
    post = {"config_version": "0", "transit_days": "3", "parcels_a_day": "2", "outside": "je, GY ,BT"}
    await look(manager, f"{rules}/mail_in", form=post)
    async with site.work() as session:
        rows = {row.key: row for row in await session.scalars(select(ConfigRow))}
    assert rows["capacity"].data["grid"] == 60 and rows["capacity"].version == 1 and rows["capacity"].by is not None
    assert rows["mail_in"].data["outside"] == ["JE", "GY", "BT"] and rows["mail_in"].data["offered"] is False
    assert rows["mail_in"].data["further"]["HS"] == 1, "what the page does not show stays"
    assert (await look(manager, f"{rules}/nothing", form=form)).status == 404


async def test_of_two_who_change_it_at_once_one_looks_again(staff: SignIn, site: Site, shop: Location) -> None:
    one, other = await staff("manager"), await staff("admin")
    version = (await look(one, HOME)).field("version")
    assert (await look(one, f"{HOME}/closures", form={"version": version, "day": "2026-12-01", "reason": "Stock-taking"})).status == 200
    stale = await look(other, f"{HOME}/hours", form={"version": version, **WEEK | {"day0": ""}})
    assert stale.status == 409 and "Somebody else changed the calendar" in stale.text
    async with site.work() as session:
        assert str((await session.get_one(Location, shop.id)).version) == str(int(version) + 1)


async def test_technicians_look_and_do_not_touch(staff: SignIn, shop: Location) -> None:
    technician = await staff("technician")
    for path in ("", "/people", "/rules"):
        page = await look(technician, HOME + path)
        assert page.status == 200 and "Managers change this; you can look." in page.text
        main = page.html.partition('id="content"')[2]
        assert "<button" not in main, "there is nothing to press"
    refused = await look(technician, f"{HOME}/closures", form={"version": "1", "day": "2026-12-01", "reason": "Me"})
    assert refused.status == 403
