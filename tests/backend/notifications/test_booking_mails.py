"""What a customer finds in the letter box after booking, moving and cancelling."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import select

from backend.core import events
from backend.core.site import Site
from backend.messaging.models import OutboundMessage
from backend.notifications import booking_mails
from revivatech.sandbox.smtp import Mailbox
from tests.conftest import Client

Drain = Callable[[], Awaitable[None]]
Book = Callable[..., Awaitable[dict[str, Any]]]
LEEDS = ZoneInfo("Europe/London")


class Reader(HTMLParser):
    """Sees a page as a person does: words, links, and whether anything could run or be fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.tags, self.sources = "", [], set(), []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.sources += [
            value for name, value in attrs if name in ("src", "background", "onload", "onclick") or (tag == "link" and name == "href")
        ]

    def handle_data(self, data: str) -> None:
        self.words += data.replace("\u00a0", " ")


def event_of(content: bytes | None) -> tuple[icalendar.Calendar, Any]:
    assert content is not None
    # Lines of at most 75 octets that end in CRLF, or strict programs refuse the file.
    assert all(len(line) <= 75 for line in content.split(b"\r\n")) and content.count(b"\n") == content.count(b"\r\n")
    calendar = icalendar.Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert not event.errors
    return calendar, event


async def test_a_confirmation_says_when_where_what_and_how_much(
    site: Site, visitor: Client, book: Book, mailbox: Mailbox, drain: Drain
) -> None:
    made = await book(visitor)
    await drain()
    (mail,) = mailbox.messages("ada@example.com")
    assert mail.subject == f"Booked: {made['label']} ({made['reference']})"
    assert mail.header("From") == "RevivaTech <hello@revivatech.example>"
    assert mail.header("To") == "Ada Lovelace <ada@example.com>"
    page = Reader(mail.html)
    for words in (mail.text, page.words):
        for fact in (made["label"], made["reference"], made["device"]["name"], made["total"]["text"], "12 Mill Street, Leeds LS1 5AB"):
            assert fact in words
        assert made["services"][0]["label"] in words
        assert "You get this mail because" in words
        assert "Ada Lovelace" in words
    assert "!" not in mail.text
    # Nothing in a mail is fetched from anywhere when it is opened, and nothing runs.
    assert page.sources == [] and "script" not in page.tags
    assert not re.search(r"url\(|@import|googleapis", mail.html)


async def test_the_link_in_the_mail_leads_to_the_order_and_only_its_hash_is_kept(
    site: Site, visitor: Client, client: Client, book: Book, mailbox: Mailbox, drain: Drain
) -> None:
    made = await book(visitor)
    await drain()
    mail = mailbox.messages("ada@example.com")[0]
    (link,) = mail.links
    assert link in Reader(mail.html).links
    assert link != made["tracking_url"], "each mail has a link of its own, made when it is sent"
    tracked = await client.json("GET", f"/api/v1/tracking/{link.rpartition('/')[2]}")
    assert tracked["reference"] == made["reference"]
    token = link.rpartition("/")[2]
    async with site.work() as session:
        rows = (await session.scalars(select(OutboundMessage))).all()
        assert token not in repr([vars(row) for row in rows])
        kept = await session.connection()
        dump = [
            str(row)
            for table in ("events", "procrastinate_jobs", "tracking_links")
            for row in await kept.exec_driver_sql(f"SELECT * FROM {table}")
        ]
        assert token not in "".join(dump)


async def test_the_invitation_is_right_for_every_calendar(visitor: Client, book: Book, mailbox: Mailbox, drain: Drain) -> None:
    made = await book(visitor, name='Zoë "Z" O\'Hara; DROP', email="zoe@example.com")
    await drain()
    mail = mailbox.messages("zoe@example.com")[0]
    inline, attached = mail.attachments
    assert inline.params["method"] == "REQUEST" and attached.filename == f"{made['reference']}.ics"
    assert inline.content.replace(b"\r\n", b"\n") == attached.content.replace(b"\r\n", b"\n")
    calendar, event = event_of(attached.content)
    assert calendar["METHOD"] == "REQUEST" and calendar["VERSION"] == "2.0"
    assert event["UID"] == f"{made['booking_id']}@revivatech"
    assert event["SEQUENCE"] == 0
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    assert event.decoded("DTSTART") == datetime.fromisoformat(made["starts_at"])
    assert event.decoded("DTEND") > event.decoded("DTSTART")
    assert event["LOCATION"] == "RevivaTech, 12 Mill Street, Leeds LS1 5AB"
    assert made["reference"] in event["DESCRIPTION"]
    assert event["ORGANIZER"] == "mailto:hello@revivatech.example"
    assert event["ATTENDEE"] == "mailto:zoe@example.com"
    assert event["ATTENDEE"].params["CN"] == "Zoë 'Z' O'Hara; DROP"


async def test_the_same_file_lies_behind_the_link(visitor: Client, client: Client, book: Book) -> None:
    made = await book(visitor)
    async with client.get(made["calendar_url"].removeprefix(client.base)) as answer:
        assert answer.status == 200 and answer.content_type == "text/calendar"
        calendar, event = event_of(await answer.read())
    assert calendar["METHOD"] == "PUBLISH"
    assert event["UID"] == f"{made['booking_id']}@revivatech"
    assert "ATTENDEE" not in event and "ORGANIZER" not in event, "a link that is passed on tells nobody's address"
    async with client.get("/track/" + "x" * 32 + "/calendar.ics") as answer:
        assert answer.status == 404


async def test_a_new_time_replaces_the_old_in_the_calendar(visitor: Client, book: Book, slots: Any, mailbox: Mailbox, drain: Drain) -> None:
    made = await book(visitor)
    await drain()
    _, free = await slots(visitor)
    moved = await visitor.json("POST", f"/api/v1/bookings/{made['reference']}/reschedule", json={"starts_at": free[3]["starts_at"]})
    await drain()
    confirmed, rescheduled = mailbox.messages("ada@example.com")
    assert rescheduled.subject == f"New time: {moved['label']} ({made['reference']})"
    assert moved["label"] in rescheduled.text and made["label"] not in rescheduled.text
    _, before = event_of(confirmed.calendar)
    _, after = event_of(rescheduled.calendar)
    assert after["UID"] == before["UID"] and after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == datetime.fromisoformat(moved["starts_at"])
    assert rescheduled.header("References") == confirmed.header("References") != ""


async def test_cancelling_takes_it_out_of_the_calendar(visitor: Client, book: Book, mailbox: Mailbox, drain: Drain) -> None:
    made = await book(visitor)
    await drain()
    await visitor.json("POST", f"/api/v1/bookings/{made['reference']}/cancel", json={})
    await drain()
    cancelled = mailbox.messages("ada@example.com", subject="Cancelled")[0]
    calendar, event = event_of(cancelled.calendar)
    assert calendar["METHOD"] == "CANCEL" and event["STATUS"] == "CANCELLED" and event["SEQUENCE"] > 0
    assert cancelled.attachments[0].params["method"] == "CANCEL"
    assert "is cancelled" in cancelled.text
    assert len(mailbox.messages()) == 2


async def test_news_that_is_late_is_not_told(visitor: Client, book: Book, slots: Any, mailbox: Mailbox, drain: Drain, site: Site) -> None:
    made = await book(visitor)
    _, free = await slots(visitor)
    for place in (3, 5):
        await visitor.json("POST", f"/api/v1/bookings/{made['reference']}/reschedule", json={"starts_at": free[place]["starts_at"]})
    await drain()
    # Two moves before the first mail: the last time is told, once.
    assert len(mailbox.messages(subject="New time")) == 1
    assert free[5]["label"] in mailbox.messages(subject="New time")[0].subject
    other = await book(visitor, email="bob@example.com")
    await visitor.json("POST", f"/api/v1/bookings/{other['reference']}/cancel", json={})
    await drain()
    (only,) = mailbox.messages("bob@example.com")
    assert only.subject.startswith("Cancelled")
    async with site.work() as session:
        moot = await session.scalars(select(OutboundMessage.error_code).where(OutboundMessage.state == "moot"))
        assert "booking_cancelled" in moot.all()


async def test_a_confirmation_after_the_appointment_is_moot(
    visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, clock: Any, site: Site
) -> None:
    made = await book(visitor)
    clock.set(datetime.fromisoformat(made["starts_at"]))
    await drain()
    assert mailbox.messages() == []


@pytest.mark.parametrize("listener", [booking_mails.send_confirmation, booking_mails.send_new_time, booking_mails.send_cancellation])
async def test_an_event_delivered_twice_makes_one_mail(
    site: Site, visitor: Client, book: Book, slots: Any, mailbox: Mailbox, drain: Drain, listener: Any
) -> None:
    made = await book(visitor)
    if listener is booking_mails.send_new_time:
        _, free = await slots(visitor)
        await visitor.json("POST", f"/api/v1/bookings/{made['reference']}/reschedule", json={"starts_at": free[3]["starts_at"]})
    if listener is booking_mails.send_cancellation:
        await visitor.json("POST", f"/api/v1/bookings/{made['reference']}/cancel", json={})
    await drain()
    before = len(mailbox.messages())
    async with site.work() as session:
        (row,) = [row for row in await session.scalars(select(events.EventRow)) if row.name == listener.__annotations__["event"].name]
    for _ in range(3):
        await events.deliver.work(site, event_id=str(row.id), subscriber=f"{listener.__module__}.{listener.__name__}")
        await drain()
    assert len(mailbox.messages()) == before


ATTACKS = [
    "<script>alert(1)</script>",
    "Ada\r\nBcc: everybody@example.com",
    "{{ 7 * 7 }} {% raw %}",
    "</td></tr></mj-table><mj-raw><script>x</script></mj-raw>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "Win now www.evil.example today",
    "Ada\u202elru",
]


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_name_stays_a_name(site: Site, visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, name: str) -> None:
    refused = await book(visitor, name=name, may_refuse=True)
    if refused.get("code"):
        assert refused["code"].startswith("name"), "refusing it at the door is as good"
        return
    await drain()
    (mail,) = mailbox.messages("ada@example.com")
    page = Reader(mail.html)
    assert "script" not in page.tags and "img" not in page.tags and page.sources == []
    assert mail.header("Bcc") == "" and mail.recipients == ("ada@example.com",)
    assert "evil.example" not in mail.html + mail.text + mail.header("To")
    assert "49" not in page.words.split()
    assert "\u202e" not in mail.html + mail.header("To")
    event_of(mail.calendar)


async def test_names_of_all_alphabets(visitor: Client, book: Book, mailbox: Mailbox, drain: Drain) -> None:
    await book(visitor, name="Łukasz Ångström 王")
    await drain()
    mail = mailbox.messages("ada@example.com")[0]
    assert "Łukasz Ångström 王" in mail.header("To")
    assert "Łukasz Ångström 王" in mail.text and "Łukasz Ångström 王" in Reader(mail.html).words
    assert event_of(mail.calendar)[1]["ATTENDEE"].params["CN"] == "Łukasz Ångström 王"


async def test_a_down_mail_server_delays_the_mail_and_not_the_booking(
    visitor: Client, book: Book, mailbox: Mailbox, drain: Drain, clock: Any, site: Site
) -> None:
    mailbox.fail("temporary", times=1)
    made = await book(visitor)
    await drain()
    assert made["reference"] and mailbox.messages() == []
    clock.move(minutes=3)
    from backend.messaging import jobs

    await jobs.finish_halfway.work(site)
    await drain()
    assert len(mailbox.messages()) == 1
    # The link of the attempt that did not arrive is no reason for a second mail.
    assert len(mailbox.messages()[0].links) == 1
