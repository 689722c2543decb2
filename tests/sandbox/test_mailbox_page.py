"""The mailbox as a page and as an API: what strangers sent is shown as it is and can do nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from revivatech.sandbox import mailbox as section
from revivatech.sandbox.app import create_app
from revivatech.sandbox.mailbox import MailboxSection
from revivatech.sandbox.smtp import Mailbox

Page = TestClient[Any, Any]


@pytest.fixture
async def page(mailbox: Mailbox) -> AsyncIterator[Page]:
    async with TestClient(TestServer(create_app([MailboxSection(mailbox)]))) as client:
        yield client


def put(
    mailbox: Mailbox, to: str = "ada@example.com", subject: str = "Hello", html: str = "<p>Hi</p>", calendar: bytes | None = None
) -> str:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Shop <shop@example.com>", to, subject
    mail.set_content("Plain words, see https://shop.example/track/abc")
    mail.add_alternative(html, subtype="html")
    if calendar is not None:
        mail.add_attachment(calendar, maintype="text", subtype="calendar", filename="booking.ics")
    mail.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename='evil".html')
    return mailbox.store.add("shop@example.com", [to], bytes(mail)).id


async def test_the_api_lists_searches_shows_and_deletes(page: Page, mailbox: Mailbox) -> None:
    first, second = put(mailbox), put(mailbox, to="bob@example.com", subject="For Bob")
    listed = await (await page.get("/api/mailbox")).json()
    assert [one["id"] for one in listed["items"]] == [second, first] and listed["total"] == 2
    found = await (await page.get("/api/mailbox", params={"to": "BOB@"})).json()
    assert [one["subject"] for one in found["items"]] == ["For Bob"]
    whole = await (await page.get(f"/api/mailbox/{first}")).json()
    assert whole["links"] == ["https://shop.example/track/abc"]
    assert whole["html"].strip() == "<p>Hi</p>" and "Plain words" in whole["text"]
    assert ["Subject", "Hello"] in whole["headers"]
    assert (await page.delete(f"/api/mailbox/{first}")).status == 204
    assert (await page.delete(f"/api/mailbox/{first}")).status == 404
    assert (await page.delete("/api/mailbox", params={"to": "nobody"})).status == 204
    assert len(mailbox.messages()) == 1
    assert (await page.delete("/api/mailbox")).status == 204
    assert mailbox.messages() == []


async def test_what_is_not_there_is_said_in_a_problem(page: Page, mailbox: Mailbox) -> None:
    kept = put(mailbox)
    for path in (
        "/api/mailbox/nothing",
        f"/api/mailbox/{kept}/attachments/9",
        f"/api/mailbox/{kept}/attachments/x",
        "/nowhere",
        "/static/../app.py",
    ):
        answer = await page.get(path)
        assert answer.status == 404 and answer.content_type == "application/problem+json"
        assert (await answer.json())["code"] == "not_found"


async def test_html_from_a_mail_runs_nothing_and_asks_nobody(page: Page, mailbox: Mailbox) -> None:
    kept = put(
        mailbox,
        html="<html><head><title>x</title></head><body><script>alert(1)</script></body></html>",
        subject="<script>alert(2)</script>",
    )
    frame = await page.get(f"/mailbox/{kept}/html")
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox;" in policy and "default-src 'none'" in policy
    assert "script" not in policy and "allow-scripts" not in policy and "allow-same-origin" not in policy
    assert '<head><base target="_blank">' in await frame.text()
    shown = await (await page.get(f"/mailbox/{kept}")).text()
    assert "<script>alert(2)" not in shown and "&lt;script&gt;alert(2)" in shown
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown


async def test_files_are_downloads_and_never_pages(page: Page, mailbox: Mailbox) -> None:
    kept = put(mailbox, calendar=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    calendar = await page.get(f"/api/mailbox/{kept}/attachments/0")
    assert calendar.content_type == "text/calendar" and await calendar.read() == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    evil = await page.get(f"/api/mailbox/{kept}/attachments/1")
    assert evil.content_type == "application/octet-stream"
    assert evil.headers["Content-Disposition"] == 'attachment; filename="evil_.html"'
    assert evil.headers["X-Content-Type-Options"] == "nosniff"
    raw = await page.get(f"/api/mailbox/{kept}/raw")
    assert b"Subject: Hello" in await raw.read()


async def test_the_page_works_without_scripts(page: Page, mailbox: Mailbox) -> None:
    assert "Nothing was sent yet" in await (await page.get("/")).text()
    kept = put(mailbox)
    put(mailbox, to="bob@example.com")
    listed = await (await page.get("/mailbox", params={"to": "ada"})).text()
    assert "ada@example.com" in listed and "bob@example.com" not in listed and f"/mailbox/{kept}?to=ada" in listed
    assert "Plain words" in await (await page.get(f"/mailbox/{kept}?view=text")).text()
    assert "MIME-Version" in await (await page.get(f"/mailbox/{kept}?view=headers")).text()
    assert (await page.get(f"/mailbox/{kept}?view=nonsense")).status == 200
    answer = await page.post(f"/mailbox/{kept}/delete", allow_redirects=False)
    assert answer.status == 303 and mailbox.store.find(kept) is None
    assert (await page.post("/mailbox/clear", allow_redirects=False)).status == 303
    assert mailbox.messages() == []


async def test_calendar_files_are_read_out_and_broken_ones_noticed(page: Page, mailbox: Mailbox) -> None:
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261122T100000Z\r\n"
        "DTSTART:20261124T103000Z\r\nDTEND:20261124T113000Z\r\nSUMMARY:A visit\r\nLOCATION:Mill Street\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    shown = await (await page.get(f"/mailbox/{put(mailbox, calendar=event.encode())}")).text()
    assert "A visit" in shown and "Tue 24 Nov 2026, 10:30 – 11:30 UTC" in shown and "Mill Street" in shown
    for broken in (
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"nonsense",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ):
        answer = await page.get(f"/mailbox/{put(mailbox, calendar=broken)}")
        assert answer.status == 200 and "cannot be read" in await answer.text()


async def test_faults_by_api(page: Page, mailbox: Mailbox) -> None:
    answer = await page.post("/api/mailbox/faults", json={"kind": "temporary", "to": "ada@*", "times": 2})
    assert answer.status == 201
    (fault,) = (await (await page.get("/api/mailbox/faults")).json())["items"]
    assert fault["kind"] == "temporary" and fault["times"] == 2
    assert "Faults are on" in await (await page.get("/mailbox")).text()
    for wrong in (
        {"kind": "nonsense"},
        {"kind": "refuse", "times": 0},
        {"kind": "refuse", "more": 1},
        [],
        {},
        {"kind": ["refuse"]},
        {"kind": "drop", "to": 5},
    ):
        refused = await page.post("/api/mailbox/faults", json=wrong)
        assert refused.status == 422, wrong
    assert (await page.post("/api/mailbox/faults", data="kind=refuse")).status == 415
    assert (await page.post("/api/mailbox/faults", data="{", headers={"Content-Type": "application/json"})).status == 422
    assert (await page.delete("/api/mailbox/faults")).status == 204
    assert mailbox.faults.listed() == []


async def test_an_open_page_hears_of_news(page: Page, mailbox: Mailbox) -> None:
    async with page.get("/api/mailbox/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert await stream.content.readline() == b"retry: 1000\n"
        await stream.content.readline()
        put(mailbox)
        async with asyncio.timeout(2):
            assert await stream.content.readline() == b"event: changed\n"


async def test_a_page_that_is_closed_is_nothing_to_tell_of(
    page: Page, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(section, "STILL_HERE", 0.05)
    async with page.get("/api/mailbox/events") as stream:
        assert await stream.content.readline() == b"retry: 1000\n"
    async with asyncio.timeout(5):
        while mailbox.store._watchers:
            await asyncio.sleep(0.02)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_strangers_pages_can_do_nothing_here(page: Page, mailbox: Mailbox) -> None:
    put(mailbox)
    foreign = await page.post("/mailbox/clear", headers={"Origin": "https://evil.example"})
    assert foreign.status == 403
    # A name of theirs that points to this machine (DNS rebinding) is not ours either.
    rebound = await page.get("/api/mailbox", headers={"Host": "evil.example"})
    assert rebound.status == 421 and len(mailbox.messages()) == 1
    policy = (await page.get("/mailbox")).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy and "require-trusted-types-for 'script'" in policy


async def test_styles_come_from_the_design_tokens(page: Page) -> None:
    for name in ("tokens.css", "components.css", "sandbox.css", "sandbox.js"):
        answer = await page.get(f"/static/{name}")
        assert answer.status == 200
        assert answer.content_type in ("text/css", "text/javascript")
    assert "--accent" in await (await page.get("/static/tokens.css")).text()
    async with aiohttp.ClientSession() as stranger:
        assert (await stranger.get(page.make_url("/healthz"))).status == 200
