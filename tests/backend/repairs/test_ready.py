"""By when a repair will be ready: worked out, set by staff, shown at once, told once, and honest when it has passed."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.capacity.models import Location, PartDue
from backend.capacity.rules import Calendar
from backend.core.ids import uuid7
from backend.core.site import Site
from backend.repairs import ready
from backend.repairs.models import ReadyTime
from backend.repairs.ready import Outlook
from backend.repairs.stages import Stage
from revivatech.sandbox.smtp import Mailbox
from tests.backend.portal.conftest import Page, look
from tests.conftest import Client, MovableClock, SignIn

NINE_TO_SIX = [(time(9), time(18))]
CALENDAR = Calendar(
    ZoneInfo("Europe/London"), {**dict.fromkeys(range(5), NINE_TO_SIX), 5: [(time(10), time(16))]}, {date(2026, 11, 26): ""}
)
Drain = Callable[[], Awaitable[None]]
THURSDAY = "2026-12-03T17:00:00Z"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "minutes", "by_post", "expected"),
    [
        (at(24, 10, 30), 45, False, at(24, 12, 30)),  # 12:15, at the next half hour
        (at(24, 16), 60, False, at(24, 18)),  # to the minute before closing
        (at(24, 17), 60, False, at(25, 10)),  # the hour that is left of today, and one of tomorrow
        (at(25, 17, 50), 45, False, at(27, 11)),  # a closed day between
        (at(28, 15, 50), 30, False, at(30, 10, 30)),  # over a Sunday
        (at(24, 9), 60, True, at(24, 18)),  # by post a working day longer
        (at(24, 9), 60 * 24 * 30, False, None),  # further than anybody looks
    ],
)
def test_it_is_worked_out_in_opening_hours(begins: datetime, minutes: int, by_post: bool, expected: datetime | None) -> None:
    assert ready.work_out(CALENDAR, begins, timedelta(minutes=minutes), by_post=by_post) == expected


@pytest.mark.parametrize(
    ("stage", "ready_by", "now", "expected"),
    [
        (Stage.REPAIRING, at(24, 12), at(24, 12), ("expected", at(24, 12))),
        (Stage.REPAIRING, at(24, 12), at(24, 12, 1), ("late", at(24, 16))),
        (Stage.REPAIRING, at(24, 17), at(24, 20), ("late", at(25, 12))),
        (Stage.REPAIRING, at(24, 12), at(24, 16, 1), ("overdue", None)),
        (Stage.AWAITING_PARTS, None, at(24, 12), ("open", None)),
        (Stage.BOOKED, at(24, 12), at(24, 13), None),
        *[(stage, at(24, 12), at(24, 13), None) for stage in sorted(ready.OVER)],
    ],
)
def test_what_can_be_said_is_true(stage: Stage, ready_by: datetime | None, now: datetime, expected: tuple[Any, Any] | None) -> None:
    said = ready.outlook(CALENDAR, stage, ready_by, now)
    assert said == (Outlook(*expected, stage) if expected else None)  # type: ignore[arg-type]


@pytest.fixture
async def technician(staff: SignIn) -> Client:
    return await staff("technician")


@pytest.fixture
async def booked(visitor: Client, book: Any) -> Any:
    return await book(visitor)


async def repair_of(technician: Client, booked: Any) -> Any:
    return (await technician.json("GET", f"/api/v1/orders/{booked['reference']}"))["repairs"][0]


async def move(technician: Client, booked: Any, *stages: str) -> None:
    for to in stages:
        repair = await repair_of(technician, booked)
        await technician.json("POST", f"/api/v1/repairs/{repair['id']}/moves", json={"to": to, "version": repair["version"]})


async def outlook(client: Client, booked: Any) -> Any:
    token = str(booked["tracking_url"]).rpartition("/")[2]
    return (await client.json("GET", f"/api/v1/tracking/{token}"))["repairs"][0]["ready"]


async def set_time(technician: Client, booked: Any, ready_by: str, *, status: int = 200, seq: int | None = None, **more: Any) -> Any:
    repair = await repair_of(technician, booked)
    last = repair["ready_times"][-1]["seq"] if repair["ready_times"] else 0
    body = {"ready_by": ready_by, "reason": "The new display comes later.", "seq": last if seq is None else seq, **more}
    return await technician.json("POST", f"/api/v1/repairs/{repair['id']}/ready-by", status=status, json=body)


async def test_from_the_booking_to_the_counter(
    technician: Client, staff: SignIn, visitor: Client, client: Client, booked: Any, clock: MovableClock
) -> None:
    said = await outlook(client, booked)
    # Tuesday 11:30 for 45 minutes, an hour of margin, at the next half hour.
    assert (booked["label"], said["label"]) == ("Tue 24 Nov, 11:30", "Tuesday 24 November, 13:30")
    assert "if you bring it" in said["sentence"]
    later = (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}/slots"))["slots"][1]
    await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/reschedule", json={"starts_at": later["starts_at"]})
    moved = await outlook(client, booked)
    assert moved["label"] > said["label"]
    clock.set(datetime(2026, 11, 24, 14, 0, tzinfo=UTC))
    technician = await staff("technician")
    await move(technician, booked, "received")
    assert (await outlook(client, booked))["sentence"] == "Ready by about Tuesday 24 November, 16:00."
    await move(technician, booked, "diagnosing", "awaiting_parts")
    assert (await outlook(client, booked))["sentence"] == "We name a new time as soon as the part is here."
    clock.move(days=1)
    technician = await staff("technician")
    await move(technician, booked, "repairing")
    assert (await outlook(client, booked))["label"] == "Wednesday 25 November, 16:00"
    await move(technician, booked, "quality_check", "ready")
    assert await outlook(client, booked) is None


async def test_a_part_on_its_way_comes_first(visitor: Client, client: Client, book: Any, site: Site, shop: Location, booked: Any) -> None:
    async with site.work() as session:
        due = PartDue(id=uuid7(), location_id=shop.id, device_slug="apple-iphone-13", service_code="screen", day=date(2026, 11, 27))
        session.add(due)
    assert (await outlook(client, await book(visitor)))["label"].startswith("Friday 27 November")


async def test_staff_set_another_time_and_everybody_sees_it(
    technician: Client, client: Client, booked: Any, mailbox: Mailbox, drain: Drain
) -> None:
    await move(technician, booked, "received", "diagnosing")
    await drain()
    (received,) = mailbox.messages(subject="Received")
    assert "Ready by:" in received.text and "about Tuesday 24 November, 13:30" in received.text
    mailbox.clear()
    await set_time(technician, booked, THURSDAY)
    said = await outlook(client, booked)
    assert said["sentence"] == "Ready by about Thursday 3 December, 17:00."
    track = "/" + str(booked["tracking_url"]).split("/", 3)[3]
    page = await look(client, track)
    assert "Ready by about Thursday 3 December, 17:00." in page.text and "The new display comes later." in page.text
    await move(technician, booked, "awaiting_parts")
    assert (await outlook(client, booked))["label"] == said["label"], "what staff have set holds while the part is awaited"
    await drain()
    (told,) = mailbox.messages(subject="New time")
    assert "Thursday 3 December, 17:00" in told.subject and "The new display comes later." in told.text


async def test_small_shifts_are_not_told_and_many_are_capped(technician: Client, booked: Any, mailbox: Mailbox, drain: Drain) -> None:
    await move(technician, booked, "received")
    await drain()
    mailbox.clear()
    for hour, minute in ((14, 0), (14, 15), (14, 30), (15, 30), (16, 30), (17, 30), (18, 0)):
        await set_time(technician, booked, f"2026-11-24T{hour}:{minute:02}:00Z")
        await drain()
    # 13:30 was told: half an hour and three quarters are no news, an hour later is; then every hour, three a day.
    assert [mail.subject.partition(", ")[2][:5] for mail in mailbox.messages()] == ["14:30", "15:30", "16:30"]


async def test_of_two_times_before_the_mail_went_the_later_is_told(technician: Client, booked: Any, mailbox: Mailbox, drain: Drain) -> None:
    await move(technician, booked, "received")
    await drain()
    mailbox.clear()
    for ready_by in (THURSDAY, "2026-12-04T12:00:00Z"):
        await set_time(technician, booked, ready_by)
    await drain()
    assert [mail.subject[:19] for mail in mailbox.messages()] == ["New time: Friday 4 "]


async def test_honest_once_it_has_passed(technician: Client, staff: SignIn, client: Client, booked: Any, clock: MovableClock) -> None:
    await move(technician, booked, "received", "diagnosing")
    clock.set(datetime(2026, 11, 24, 13, 31, tzinfo=UTC))
    technician = await staff("technician")
    late = await outlook(client, booked)
    assert late["state"] == "late" and "longer than we thought" in late["sentence"] and "Tuesday 24 November, 17:30" in late["sentence"]
    assert "Late" in (await look(technician, "/staff/orders")).text
    clock.set(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    assert (await outlook(client, booked))["state"] == "overdue"
    technician = await staff("technician")  # a night later everybody signs in again
    await set_time(technician, booked, THURSDAY)
    assert (await outlook(client, booked))["state"] == "expected"
    assert "Late" not in (await look(technician, "/staff/orders")).text


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"ready_by": "2026-11-24T09:00:00Z"}, 422, "ready_past"),
        ({"ready_by": "2027-09-24T09:00:00Z"}, 422, "ready_too_far"),
        ({"ready_by": "2026-12-03T05:00:00Z"}, 422, "ready_closed"),
        ({"ready_by": "2026-12-06T12:00:00Z"}, 422, "ready_closed"),
        ({"ready_by": "tomorrow"}, 422, "invalid"),
        ({"reason": " "}, 422, "invalid"),
        ({"reason": "x" * 301}, 422, "invalid"),
        ({"seq": 7}, 409, "stale_ready"),
    ],
)
async def test_a_time_nobody_can_mean_is_refused(technician: Client, booked: Any, more: Any, status: int, code: str) -> None:
    answer = await set_time(technician, booked, more.pop("ready_by", THURSDAY), status=status, **more)
    assert answer["code"] == code
    assert len((await repair_of(technician, booked))["ready_times"]) == 1


async def test_nothing_is_set_for_what_is_over(technician: Client, booked: Any) -> None:
    await move(technician, booked, "cancelled")
    assert (await set_time(technician, booked, THURSDAY, status=409))["code"] == "repair_over"


async def test_who_only_knows_the_reference_learns_no_time(client: Client, visitor: Client, booked: Any) -> None:
    coarse = await client.json("GET", f"/api/v1/repairs/status?reference={booked['reference']}")
    assert "ready" not in coarse["repairs"][0]
    assert (await visitor.json("GET", f"/api/v1/bookings/{booked['reference']}/repairs"))["repairs"][0]["ready"]["state"] == "expected"


async def test_by_form_with_what_was_typed_kept(technician: Client, site: Site, booked: Any) -> None:
    path = f"/staff/orders/{booked['reference']}"
    page = await look(technician, path)
    action = next(str(tag["action"]) for tag in page.tags("form") if str(tag.get("action")).endswith("/ready-by"))

    async def send(**form: str) -> Page:
        return await look(technician, action, form={"csrf": page.field("csrf"), "seq": page.field("seq"), **form})

    wrong = await send(ready_by="2026-12-03T05:00", reason="Parts <b>late</b>")
    assert wrong.status == 422 and "The shop is closed at that time" in wrong.text and wrong.field("reason") == "Parts <b>late</b>"
    assert (await send(ready_by="soon", reason="x")).status == (await send(ready_by="2026-12-03T17:00", reason="")).status == 422
    done = await send(ready_by="2026-12-03T17:00", reason="Parts <b>late</b>")
    assert done.status == 200 and "Ready by about Thursday 3 December, 17:00" in done.text and "Parts &lt;b&gt;late" in done.html
    stale = await send(ready_by="2026-12-04T17:00", reason="x")
    assert stale.status == 409 and "Somebody else set another time" in stale.text
    async with site.work() as session:
        rows = (await session.scalars(select(ReadyTime).order_by(ReadyTime.seq))).all()
    assert [(row.seq, row.by is not None) for row in rows] == [(1, False), (2, True)]
