"""What a customer hears while the device is in the workshop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.site import Site
from backend.messaging.models import OutboundMessage
from backend.notifications.repair_mails import TELLINGS
from backend.repairs import service as repairs
from backend.repairs.models import Repair
from backend.repairs.stages import MOVES, Stage
from revivatech.sandbox.smtp import Mailbox
from tests.backend.notifications.test_booking_mails import Reader
from tests.conftest import Client

Drain = Callable[[], Awaitable[None]]
Book = Callable[..., Awaitable[dict[str, Any]]]
Move = Callable[..., Awaitable[None]]


@pytest.fixture
def move(site: Site) -> Move:
    """Moves the only repair on, as a technician does."""

    async def on(to: Stage, note: str | None = None, *, public: bool = False) -> None:
        async with site.work() as session:
            repair = (await session.scalars(select(Repair))).one()
            await repairs.move(session, repair.id, to, version=repair.version, note=note, public=public)

    return on


@pytest.fixture
async def made(visitor: Client, book: Book, mailbox: Mailbox, drain: Drain) -> dict[str, Any]:
    """A confirmed booking whose own mail is out of the way."""
    made = await book(visitor)
    await drain()
    mailbox.clear()
    return made


async def test_each_step_the_customer_sees_is_told_once(made: dict[str, Any], move: Move, mailbox: Mailbox, drain: Drain) -> None:
    for stage in (Stage.RECEIVED, Stage.DIAGNOSING, Stage.REPAIRING, Stage.QUALITY_CHECK, Stage.READY, Stage.COLLECTED, Stage.CLOSED):
        await move(stage)
        await drain()
    mails = mailbox.messages("ada@example.com")
    assert [mail.subject.partition(":")[0] for mail in mails] == ["Received", "Repair begun", "Ready to collect", "Collected"]
    ready = mails[2]
    for words in (ready.text, Reader(ready.html).words):
        assert "Ready to collect" in words and made["reference"] in words and made["device"]["name"] in words
        assert "You get this mail because" in words
    assert ready.calendar is None
    assert all(mail.links[0].startswith(made["tracking_url"].rpartition("/")[0]) for mail in mails)


async def test_a_public_note_is_told_as_text_and_an_inner_one_never(
    made: dict[str, Any], move: Move, mailbox: Mailbox, drain: Drain
) -> None:
    await move(Stage.RECEIVED, "Customer was rude <internal>", public=False)
    await drain()
    (received,) = mailbox.messages(subject="Received")
    assert "rude" not in received.html + received.text
    note = "Found water & corrosion <b>inside</b>.\nShall we clean it? {{ 7*7 }} <script>alert(1)</script>"
    await move(Stage.DIAGNOSING, note, public=True)
    await drain()
    (news,) = mailbox.messages(subject="News about")
    page = Reader(news.html)
    assert "Found water & corrosion <b>inside</b>." in page.words and "Found water & corrosion <b>inside</b>." in news.text
    assert "{{ 7*7 }} <script>alert(1)</script>" in page.words
    assert "script" not in page.tags and "b" not in page.tags
    assert "From your technician" in page.words


async def test_steps_that_passed_before_the_mail_went_are_not_told(
    made: dict[str, Any], move: Move, mailbox: Mailbox, drain: Drain, site: Site
) -> None:
    await move(Stage.RECEIVED)
    # Not told, so it does not make the one before it old news.
    await move(Stage.DIAGNOSING)
    await drain()
    assert [mail.subject.partition(":")[0] for mail in mailbox.messages()] == ["Received"]
    await move(Stage.REPAIRING, "New screen is on its way in.", public=True)
    await move(Stage.AWAITING_PARTS)
    await move(Stage.REPAIRING)
    await drain()
    told = [mail.subject.partition(":")[0] for mail in mailbox.messages()][1:]
    assert sorted(told) == ["Repair begun", "Repair begun"], "the note is news of its own, the wait for a part is over"
    async with site.work() as session:
        assert (await session.scalars(select(OutboundMessage.error_code).where(OutboundMessage.state == "moot"))).all() == [
            "repair_went_on"
        ]


async def test_giving_up_a_booking_sends_its_mail_only(made: dict[str, Any], visitor: Client, mailbox: Mailbox, drain: Drain) -> None:
    await visitor.json("POST", f"/api/v1/bookings/{made['reference']}/cancel", json={})
    await drain()
    assert [mail.subject.partition(":")[0] for mail in mailbox.messages()] == ["Cancelled"]


async def test_staff_cancelling_before_arrival_sends_one_mail(made: dict[str, Any], move: Move, mailbox: Mailbox, drain: Drain) -> None:
    await move(Stage.CANCELLED)
    await drain()
    assert [mail.subject.partition(":")[0] for mail in mailbox.messages()] == ["Cancelled"]


def test_every_stage_has_words_or_is_an_inner_one() -> None:
    reachable = {to for moves in MOVES.values() for to in moves} - {Stage.BOOKED}
    assert reachable - set(TELLINGS) == {Stage.DIAGNOSING, Stage.QUALITY_CHECK, Stage.CLOSED}
    for words in TELLINGS.values():
        assert "{device}" in words.subject and "{device}" in words.heading
        assert "!" not in words.subject + words.heading + words.sentence
