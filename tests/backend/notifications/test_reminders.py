"""Reminders: on time on any day of the year, once, and never about an appointment that is no more."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.core import config
from backend.core.site import Site
from backend.messaging.models import OutboundMessage
from backend.notifications import reminders
from backend.notifications.reminders import Appointment, ReminderConfig, due_times, owed
from revivatech.sandbox.smtp import Mailbox
from tests.conftest import Client, MovableClock

Drain = Callable[[], Awaitable[None]]
LONDON = ZoneInfo("Europe/London")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
BOTH = ReminderConfig()


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=LONDON)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("starts_at", "day", "hours"),
    [
        (local(2026, 11, 25, 10, 30), "2026-11-24T10:30:00+00:00", "2026-11-25T08:30:00+00:00"),
        # The clocks go forward in the night to 29 March: the same time on the wall is 23 hours before.
        (local(2026, 3, 29, 10, 30), "2026-03-28T10:30:00+00:00", "2026-03-29T07:30:00+00:00"),
        (local(2026, 3, 30, 10, 30), "2026-03-29T09:30:00+00:00", "2026-03-30T07:30:00+00:00"),
        # They go back in the night to 25 October: 25 hours.
        (local(2026, 10, 25, 10, 30), "2026-10-24T09:30:00+00:00", "2026-10-25T08:30:00+00:00"),
        (local(2026, 10, 26, 10, 30), "2026-10-25T10:30:00+00:00", "2026-10-26T08:30:00+00:00"),
        # Two hours are two hours, though the clock on the wall says one or three.
        (local(2026, 10, 25, 2, 30), "2026-10-24T01:30:00+00:00", "2026-10-25T00:30:00+00:00"),
        (local(2026, 3, 29, 2, 30), "2026-03-28T02:30:00+00:00", "2026-03-28T23:30:00+00:00"),
    ],
)
def test_when_they_are_due(starts_at: datetime, day: str, hours: str) -> None:
    due = due_times(Appointment(starts_at.astimezone(UTC), LONG_AGO, False, LONDON), BOTH)
    assert {kind: at.astimezone(UTC).isoformat() for kind, at in due.items()} == {"day": day, "hours": hours}


def test_nothing_that_was_due_before_the_time_was_agreed() -> None:
    starts_at = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    made_on_the_eve = Appointment(starts_at, starts_at - timedelta(hours=20), False, LONDON)
    assert list(due_times(made_on_the_eve, BOTH)) == ["hours"]
    assert due_times(Appointment(starts_at, starts_at - timedelta(hours=1), False, LONDON), BOTH) == {}
    only_just = Appointment(starts_at, starts_at - timedelta(hours=24, minutes=14), False, LONDON)
    assert list(due_times(only_just, BOTH)) == ["hours"]


def test_a_worker_that_was_away_sends_the_later_one_only() -> None:
    starts_at = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    agreed = Appointment(starts_at, LONG_AGO, False, LONDON)
    assert owed(agreed, BOTH, starts_at - timedelta(hours=24, seconds=1)) is None
    assert owed(agreed, BOTH, starts_at - timedelta(hours=24)) == "day"
    assert owed(agreed, BOTH, starts_at - timedelta(hours=1)) == "hours"
    assert owed(agreed, BOTH, starts_at) is None
    assert owed(agreed, ReminderConfig(hours_before=0), starts_at - timedelta(hours=1)) == "day"


def test_of_a_parcel_at_noon_of_the_day_before() -> None:
    arrives = local(2026, 10, 26, 9).astimezone(UTC)
    due = due_times(Appointment(arrives, LONG_AGO, True, LONDON), BOTH)
    assert {kind: at.isoformat() for kind, at in due.items()} == {"day": "2026-10-25T12:00:00+00:00"}


@pytest.fixture
async def tomorrow(visitor: Client, slots: Any) -> Any:
    """A booking of Wednesday at half past ten, made on Tuesday at ten."""
    quote, free = await slots(visitor)
    start = next(slot["starts_at"] for slot in free if slot["starts_at"].startswith("2026-11-25T10:30"))
    body = {"quote_id": quote, "starts_at": start, "customer": {"name": "Ada Lovelace", "email": "ada@example.com"}}
    return await visitor.json("POST", "/api/v1/bookings", status=201, json=body)


@pytest.fixture
def reminded(site: Site, drain: Drain, mailbox: Mailbox, clock: MovableClock) -> Callable[[datetime], Awaitable[list[Any]]]:
    """Every reminder in the letter box after the minutely job has run at a moment, three times and twice at once."""

    async def at(moment: datetime) -> list[Any]:
        clock.set(moment)
        await reminders.remind.work(site)
        await asyncio.gather(reminders.remind.work(site), reminders.remind.work(site))
        await drain()
        return [mail for mail in mailbox.messages() if "See you" in mail.subject]

    return at


def wednesday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=UTC)


async def test_the_day_before_and_two_hours_before_once_each(tomorrow: Any, reminded: Any, client: Client) -> None:
    assert await reminded(wednesday(10, 29) - timedelta(days=1)) == []
    (first,) = await reminded(wednesday(10, 30) - timedelta(days=1))
    assert first.subject == f"See you tomorrow: {tomorrow['label']} ({tomorrow['reference']})"
    assert tomorrow["label"] in first.text and "Move or cancel:" in first.text
    link = first.links[0].removeprefix(client.base)
    async with client.get(f"{link}/move") as page:
        assert page.status == 200
    assert len(await reminded(wednesday(8, 29))) == 1
    mails = await reminded(wednesday(8, 30))
    assert [mail.subject.partition(":")[0] for mail in mails] == ["See you tomorrow", "See you today"]
    assert len(await reminded(wednesday(10, 30))) == 2


async def test_not_of_what_was_cancelled_or_moved(tomorrow: Any, reminded: Any, visitor: Client, drain: Drain) -> None:
    path = f"/api/v1/bookings/{tomorrow['reference']}"
    await visitor.json("POST", f"{path}/reschedule", json={"starts_at": "2026-11-26T10:30:00Z"})
    assert await reminded(wednesday(9)) == [], "the old time is nobody's any more"
    (mail,) = await reminded(wednesday(10, 30))
    assert "Thu 26 Nov, 10:30" in mail.subject
    await visitor.json("POST", f"{path}/cancel")
    assert len(await reminded(wednesday(8, 30) + timedelta(days=1))) == 1


async def test_what_was_moved_or_cancelled_on_its_way_is_moot(
    tomorrow: Any, site: Site, clock: MovableClock, visitor: Client, drain: Drain, mailbox: Mailbox
) -> None:
    clock.set(wednesday(10, 30) - timedelta(days=1))
    await reminders.remind.work(site)
    await visitor.json("POST", f"/api/v1/bookings/{tomorrow['reference']}/reschedule", json={"starts_at": "2026-11-27T10:30:00Z"})
    await drain()
    assert not [mail for mail in mailbox.messages() if "See you" in mail.subject]
    async with site.work() as session:
        rows = await session.execute(
            select(OutboundMessage.state, OutboundMessage.error_code).where(OutboundMessage.template == "booking_reminder")
        )
        assert rows.all() == [("moot", "booking_moved")]


async def test_made_after_the_eve_gets_the_second_only(visitor: Client, book: Any, reminded: Any, clock: MovableClock) -> None:
    clock.set(datetime(2026, 11, 24, 9, 1, tzinfo=UTC))
    made = await book(visitor)  # the same day
    start = datetime.fromisoformat(made["starts_at"])
    assert start - clock.now() < timedelta(hours=2)
    assert await reminded(start - timedelta(minutes=30)) == []


async def test_the_shop_can_do_without(tomorrow: Any, reminded: Any, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, ReminderConfig(day_before=False, hours_before=4))
    assert await reminded(wednesday(6, 29)) == []
    assert len(await reminded(wednesday(6, 30))) == 1
