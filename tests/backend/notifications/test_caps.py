"""Nobody can have the shop write to a stranger without end; and what must be told is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core import config
from backend.core.audit import AuditRow
from backend.core.db import Session
from backend.core.site import Site
from backend.messaging import caps, jobs, service, templates
from backend.messaging.config import MailConfig
from backend.messaging.gateway import Mail, Moot
from backend.messaging.models import OutboundMessage
from revivatech.sandbox.smtp import Mailbox
from tests.conftest import TUESDAY, Client, MovableClock, SignIn

Drain = Callable[[], Awaitable[None]]
Book = Callable[..., Awaitable[dict[str, Any]]]
TO = "ada@example.com"


async def cap(site: Site, **limits: int) -> None:
    async with site.work() as session:
        await config.put(session, MailConfig(**limits))


async def cancel(who: Client, made: dict[str, Any]) -> None:
    await who.json("POST", f"/api/v1/bookings/{made['reference']}/cancel")


async def later(site: Site, clock: MovableClock, drain: Drain, **delta: float) -> None:
    """Time passes, the sweep comes by, and what is due goes out."""
    clock.move(**delta)
    await jobs.finish_halfway.work(site)
    await drain()


async def told(site: Site) -> list[tuple[str, str, str | None]]:
    async with site.work() as session:
        rows = await session.scalars(select(OutboundMessage).order_by(OutboundMessage.created_at, OutboundMessage.id))
        return [(row.template, row.state, row.error_code) for row in rows]


async def test_booking_and_cancelling_writes_to_an_address_only_so_often(
    visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, site: Site, clock: MovableClock
) -> None:
    await cap(site, news_an_hour=3)
    for _ in range(4):
        await cancel(visitor, await book(visitor))
        await drain()
    assert len(mailbox.messages(TO)) <= 3
    await later(site, clock, drain, hours=1, minutes=3)
    # Of bookings that came and went while their mails waited nothing is left to say.
    assert len(mailbox.messages(TO)) <= 4
    assert {state for _, state, _ in await told(site)} == {"sent", "moot"}
    assert ("booking_cancelled", "moot", "booking_never_told") in await told(site)


async def test_what_stands_is_told_when_there_is_room_again(
    visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, site: Site, clock: MovableClock
) -> None:
    await cap(site, news_an_hour=1)
    await book(visitor)
    await drain()
    second = await book(visitor)
    await drain()
    assert len(mailbox.messages(TO)) == 1
    assert (await told(site))[1] == ("booking_confirmed", "queued", "recipient_limit")
    async with site.work() as session:
        (held,) = await session.scalars(select(AuditRow).where(AuditRow.action == "mail.held"))
        assert held.data["template"] == "booking_confirmed" and TO not in str(held.data)
    await later(site, clock, drain, minutes=30)
    assert len(mailbox.messages(TO)) == 1
    await later(site, clock, drain, minutes=34)
    assert second["reference"] in mailbox.messages(TO)[1].subject
    assert [state for _, state, _ in await told(site)] == ["sent", "sent"]


async def test_what_staff_do_is_always_told_and_uses_nothing_up(
    visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, site: Site, staff: SignIn
) -> None:
    await cap(site, news_an_hour=1, news_a_day=1)
    first = await book(visitor)
    await drain()
    technician = await staff("technician")
    for made in (first, await book(technician), await book(technician)):
        await cancel(technician, made)
        await drain()
    cancelled = [mail for mail in mailbox.messages(TO) if mail.subject.startswith("Cancelled")]
    assert len(cancelled) == 3
    async with site.work() as session:
        counted = (await session.scalars(select(OutboundMessage.counted).where(OutboundMessage.counted.is_not(None)))).all()
    assert counted == [f"news:{TO}"]


async def test_letter_boxes_of_one_owner_count_together(visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, site: Site) -> None:
    await cap(site, news_an_hour=2)
    for email in ("ada@example.com", "Ada+1@example.com", "ada+2@EXAMPLE.com", "bob@example.com"):
        await book(visitor, email=email)
        await drain()
    assert len(mailbox.messages()) == 3 and len(mailbox.messages("bob@example.com")) == 1


@pytest.fixture
def note(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a mail that always has something to say."""

    async def write(session: Session, row: OutboundMessage) -> Mail | Moot:
        return Mail(f"Note {row.dedupe}", "Hello", "<p>Hello</p>")

    monkeypatch.setitem(templates._WRITERS, "test_cap", write)
    return "test_cap"


async def intend(site: Site, template: str, once: str, counted: caps.Kind | None = "news") -> UUID:
    async with site.work() as session:
        made = await service.queue_mail(session, template=template, to=TO, name="", dedupe=once, context={}, counted=counted)
        assert made is not None
        return made


async def test_what_would_wait_longer_than_it_is_news_is_dropped_and_written_down(
    mailbox: Mailbox, drain: Drain, site: Site, clock: MovableClock, note: str
) -> None:
    await cap(site, news_a_day=1)
    for once in ("first", "second", "third"):
        await intend(site, note, once)
        await drain()
        clock.move(hours=1)
    await intend(site, note, "of staff", None)
    await drain()
    assert [mail.subject for mail in mailbox.messages(TO)] == ["Note first", "Note of staff"]
    await later(site, clock, drain, hours=21, minutes=3)
    (dropped,) = [row for row in await told(site) if row[1] == "failed"]
    assert dropped == (note, "failed", "recipient_limit") and len(mailbox.messages(TO)) == 3
    async with site.work() as session:
        done = [row.action for row in await session.scalars(select(AuditRow).where(AuditRow.action.like("mail.%")).order_by(AuditRow.id))]
    assert done == ["mail.held", "mail.held", "mail.dropped"]


async def test_a_code_waits_for_nothing_and_uses_up_nothing_of_the_news(mailbox: Mailbox, drain: Drain, site: Site, note: str) -> None:
    await cap(site, codes_an_hour=1, news_an_hour=1)
    for once in ("one", "two"):
        await intend(site, note, once, "code")
        await drain()
    await intend(site, note, "news")
    await drain()
    assert [mail.subject for mail in mailbox.messages(TO)] == ["Note one", "Note news"]
    assert [(state, why) for _, state, why in await told(site)] == [("sent", None), ("failed", "recipient_limit"), ("sent", None)]


async def test_of_many_at_the_same_moment_no_more_than_the_cap_go_out(mailbox: Mailbox, site: Site, note: str) -> None:
    await cap(site, news_an_hour=3)
    ids = [await intend(site, note, f"{number}") for number in range(10)]
    await asyncio.gather(*(jobs.deliver.work(site, message_id=str(one)) for one in ids))
    assert len(mailbox.messages(TO)) == 3


def test_when_there_is_room_again() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    limits = ((2, hour), (3, day))

    def ago(*minutes: int) -> list[Any]:
        return [TUESDAY - timedelta(minutes=one) for one in minutes]

    assert caps.full_until(ago(5), limits, TUESDAY) is None
    assert caps.full_until(ago(5, 50), limits, TUESDAY) == TUESDAY + timedelta(minutes=10)
    assert caps.full_until(ago(5, 61), limits, TUESDAY) is None
    assert caps.full_until(ago(61, 62, 63), limits, TUESDAY) == TUESDAY - timedelta(minutes=63) + day
    assert caps.name("news", "Ada+spam@Example.com") == "news:ada@example.com"
    assert caps.name("code", "+@example.com") == "code:+@example.com"
