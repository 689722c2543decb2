"""One intention, one mail: through the real job queue, the real database and a mail server that fails on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from backend.core import race
from backend.core.db import Session
from backend.core.site import Site
from backend.messaging import jobs, service, templates
from backend.messaging.gateway import Mail, Moot
from backend.messaging.models import OutboundMessage
from revivatech.sandbox.smtp import Mailbox

Drain = Callable[[], Awaitable[None]]
TO = "ada@example.com"


class Writer:
    """Writes a test mail, or says that there is nothing to say."""

    def __init__(self) -> None:
        self.moot: str | None = None
        self.times = 0

    async def __call__(self, session: Session, row: OutboundMessage) -> Mail | Moot:
        self.times += 1
        return Moot(self.moot) if self.moot else Mail("Your booking", f"Attempt {self.times}", "<p>Hello</p>")


@pytest.fixture
def writer() -> Iterator[Writer]:
    made = Writer()
    templates.writes("test_note")(made)
    yield made
    templates._WRITERS.pop("test_note")


async def intend(site: Site, dedupe: str = "event-1:test_note", **more: Any) -> UUID | None:
    async with site.work() as session:
        return await service.queue_mail(session, template="test_note", to=TO, name="Ada", dedupe=dedupe, context={}, **more)


async def row_of(site: Site, message_id: UUID | None) -> OutboundMessage:
    async with site.work() as session:
        return await session.get_one(OutboundMessage, message_id)


async def attempt(site: Site, message_id: UUID | None) -> OutboundMessage:
    await jobs.deliver.work(site, message_id=str(message_id))
    return await row_of(site, message_id)


async def test_an_intention_becomes_one_mail(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    message_id = await intend(site)
    await drain()
    row = await row_of(site, message_id)
    assert (row.state, row.attempts, row.error_code) == ("sent", 1, None)
    assert row.provider_id and row.finished_at
    mail = mailbox.messages(TO)[0]
    assert mail.message_id == f"<{message_id}@revivatech.example>"


async def test_the_same_intention_twice_is_one_mail(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    first, second = await asyncio.gather(intend(site), intend(site))
    assert sorted([first is None, second is None]) == [False, True]
    await drain()
    assert await intend(site) is None
    await drain()
    assert len(mailbox.messages()) == 1


async def test_a_rolled_back_intention_sends_nothing(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    with pytest.raises(RuntimeError):
        async with site.work() as session:
            await service.queue_mail(session, template="test_note", to=TO, name="", dedupe="x", context={})
            raise RuntimeError
    await drain()
    assert mailbox.messages() == []


async def test_a_job_run_again_or_by_many_at_once_sends_nothing_twice(site: Site, mailbox: Mailbox, writer: Writer) -> None:
    message_id = await intend(site)
    await asyncio.gather(*(jobs.deliver.work(site, message_id=str(message_id)) for _ in range(8)))
    assert (await attempt(site, message_id)).state == "sent"
    assert len(mailbox.messages()) == 1


@pytest.mark.parametrize("fault", ["temporary", "temporary_data", "drop"])
async def test_a_passing_fault_is_tried_again_later(
    site: Site, mailbox: Mailbox, clock: Any, drain: Drain, writer: Writer, fault: Any
) -> None:
    mailbox.fail(fault, times=2)
    message_id = await intend(site)
    row = await attempt(site, message_id)
    assert (row.state, row.attempts) == ("queued", 1)
    assert row.error_code
    assert (await attempt(site, message_id)).attempts == 1, "not before it is due"
    clock.move(seconds=31)
    assert (await attempt(site, message_id)).attempts == 2
    clock.move(seconds=121)
    row = await attempt(site, message_id)
    assert (row.state, row.attempts, row.error_code) == ("sent", 3, None)
    assert len(mailbox.messages()) == 1


async def test_a_lasting_fault_ends_in_failed(site: Site, mailbox: Mailbox, clock: Any, writer: Writer) -> None:
    mailbox.fail("temporary")
    message_id = await intend(site)
    for _ in range(12):
        row = await attempt(site, message_id)
        clock.move(hours=2)
    assert (row.state, row.error_code) == ("failed", "recipient_deferred")
    assert 5 <= row.attempts <= 7
    mailbox.faults.clear()
    assert (await attempt(site, message_id)).state == "failed"
    assert mailbox.messages() == []


async def test_a_refused_recipient_fails_at_once(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    mailbox.fail("refuse")
    message_id = await intend(site)
    await drain()
    row = await row_of(site, message_id)
    assert (row.state, row.error_code, row.attempts) == ("failed", "recipient_refused", 1)


async def test_a_lost_answer_is_unknown_and_never_sent_again(
    site: Site, mailbox: Mailbox, clock: Any, drain: Drain, writer: Writer
) -> None:
    mailbox.fail("lost_reply", times=1)
    message_id = await intend(site)
    await drain()
    row = await row_of(site, message_id)
    assert (row.state, row.error_code) == ("unknown", "smtp_answer_lost")
    for _ in range(3):
        clock.move(minutes=30)
        await jobs.finish_halfway.work(site)
        await drain()
        assert (await attempt(site, message_id)).state == "unknown"
    assert len(mailbox.messages()) == 1


class Killed(BaseException):
    """The process ends here."""


async def killed_at(site: Site, message_id: UUID | None, point: str) -> None:
    async def die() -> None:
        raise Killed

    race.place(point, die)
    with pytest.raises(Killed):
        await jobs.deliver.work(site, message_id=str(message_id))
    race.clear()


async def test_killed_between_intention_and_job(site: Site, mailbox: Mailbox, clock: Any, drain: Drain, writer: Writer) -> None:
    message_id = await intend(site)
    async with site.work() as session:
        connection = await (await session.connection()).get_raw_connection()
        await connection.driver_connection.execute("DELETE FROM procrastinate_jobs")  # type: ignore[union-attr]
    clock.move(minutes=3)
    await jobs.finish_halfway.work(site)
    await drain()
    assert (await row_of(site, message_id)).state == "sent"
    assert len(mailbox.messages()) == 1


async def test_killed_before_the_server_could_have_it_is_sent_once(
    site: Site, mailbox: Mailbox, clock: Any, drain: Drain, writer: Writer
) -> None:
    message_id = await intend(site)
    await killed_at(site, message_id, "mail.send")
    assert (await attempt(site, message_id)).state == "sending", "another run must not take what one has"
    clock.move(minutes=6)
    await jobs.finish_halfway.work(site)
    assert (await row_of(site, message_id)).error_code == "crashed_before_sending"
    await drain()
    row = await row_of(site, message_id)
    assert (row.state, row.attempts) == ("sent", 2)
    assert len(mailbox.messages()) == 1


async def test_killed_after_the_server_could_have_it_is_unknown(
    site: Site, mailbox: Mailbox, clock: Any, drain: Drain, writer: Writer
) -> None:
    message_id = await intend(site)
    await killed_at(site, message_id, "mail.settle")
    clock.move(minutes=6)
    await jobs.finish_halfway.work(site)
    await drain()
    row = await row_of(site, message_id)
    assert (row.state, row.error_code) == ("unknown", "crashed_while_sending")
    assert len(mailbox.messages()) == 1


async def test_a_process_that_wakes_too_late_sends_nothing(site: Site, mailbox: Mailbox, clock: Any, drain: Drain, writer: Writer) -> None:
    message_id = await intend(site)
    asleep, wake = asyncio.Event(), asyncio.Event()

    async def sleep() -> None:
        race.clear()
        asleep.set()
        await wake.wait()

    race.place("mail.send", sleep)
    sleeper = asyncio.create_task(jobs.deliver.work(site, message_id=str(message_id)))
    await asleep.wait()
    clock.move(minutes=6)
    await jobs.finish_halfway.work(site)
    await drain()
    wake.set()
    await sleeper
    row = await row_of(site, message_id)
    assert (row.state, row.attempts) == ("sent", 2)
    assert [mail.text.strip() for mail in mailbox.messages()] == ["Attempt 2"]


async def test_an_answer_that_comes_after_the_sweep_still_counts(site: Site, mailbox: Mailbox, clock: Any, writer: Writer) -> None:
    message_id = await intend(site)

    async def sweep() -> None:
        clock.move(minutes=6)
        await jobs.finish_halfway.work(site)
        assert (await row_of(site, message_id)).state == "unknown"

    race.place("mail.settle", sweep)
    assert (await attempt(site, message_id)).state == "sent"


async def test_moot_news_is_not_sent(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    message_id = await intend(site)
    writer.moot = "booking_cancelled"
    await drain()
    row = await row_of(site, message_id)
    assert (row.state, row.error_code) == ("moot", "booking_cancelled")
    assert mailbox.messages() == []


async def test_news_of_yesterday_is_no_news(site: Site, mailbox: Mailbox, clock: Any, writer: Writer) -> None:
    message_id = await intend(site)
    clock.move(hours=25)
    row = await attempt(site, message_id)
    assert (row.state, row.error_code) == ("failed", "too_late")
    assert writer.times == 0


async def test_the_log_keeps_no_words(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    message_id = await intend(site, order_id=UUID(int=7))
    await drain()
    row = await row_of(site, message_id)
    assert row.order_id == UUID(int=7)
    assert "Attempt" not in repr(vars(row))


async def test_a_wrong_setting_leaves_the_message_queued(site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
    message_id = await intend(site)
    right = site.settings
    site.settings = right.model_copy(update={"smtp_url": SecretStr("nonsense")})
    with pytest.raises(ValueError, match="mail server"):
        await jobs.deliver.work(site, message_id=str(message_id))
    assert (await row_of(site, message_id)).state == "queued"
    site.settings = right
    assert (await attempt(site, message_id)).state == "sent"


class TestOff:
    """Mail switched off by the owner."""

    @pytest.fixture
    def settings(self, settings: Any) -> Any:
        return settings.model_copy(update={"smtp_url": SecretStr("off")})

    async def test_nothing_is_sent_and_the_log_says_why(self, site: Site, mailbox: Mailbox, drain: Drain, writer: Writer) -> None:
        message_id = await intend(site)
        await drain()
        row = await row_of(site, message_id)
        assert (row.state, row.error_code) == ("failed", "mail_off")
        assert mailbox.connections == 0
