"""The SMTP gateway against a real server that misbehaves in every known way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.messaging import mime
from backend.messaging.gateway import Invitation, Letter, Mail, NotSent, Outcome, Sent, Unknown
from backend.messaging.smtp import SmtpGateway, SmtpServer
from revivatech.sandbox.smtp import Mailbox

AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def letter(
    mail: Mail | None = None, *, to: str = "ada@example.com", name: str = "Ada", sender: str = "RevivaTech <hello@shop.example>"
) -> Letter:
    mail = mail or Mail("Your booking", "Plain words", "<p>Words</p>")
    return mime.letter(mail, sender=sender, to=to, name=name, message_id="row-1@shop.example", at=AT)


async def send(mailbox: Mailbox, what: Letter, *, handed: list[bool] | None = None, go: bool = True, **options: Any) -> Outcome:
    async def hand_over() -> bool:
        if handed is not None:
            handed.append(go)
        return go

    options = {"timeout": 0.4, "patience": 0.4, **options}
    return await SmtpGateway(SmtpServer.parse(mailbox.url), helo="shop.example", **options).send_mail(what, hand_over)


@pytest.mark.parametrize(
    ("fault", "outcome", "handed"),
    [
        (None, Sent, True),
        ("refuse", NotSent("recipient_refused", again=False), False),
        ("temporary", NotSent("recipient_deferred", again=True), False),
        ("hang", NotSent("smtp_timeout", again=True), False),
        ("drop", NotSent("smtp_unreachable", again=True), False),
        ("refuse_data", NotSent("message_refused", again=False), True),
        ("temporary_data", NotSent("message_deferred", again=True), True),
        ("hang_after_data", Unknown("smtp_answer_lost"), True),
        ("lost_reply", Unknown("smtp_answer_lost"), True),
    ],
)
async def test_the_outcome_is_true_for_every_fault(fault: Any, outcome: Any, handed: bool) -> None:
    async with Mailbox() as mailbox:
        if fault:
            mailbox.fail(fault)
        seen: list[bool] = []
        got = await send(mailbox, letter(), handed=seen)
        assert got == outcome if fault else isinstance(got, Sent)
        assert bool(seen) is handed
        # The promise behind "again": whenever it says not sent, nothing arrived.
        assert bool(mailbox.messages()) is isinstance(got, Sent | Unknown)


async def test_nothing_is_sent_by_a_process_that_lost_its_claim() -> None:
    async with Mailbox() as mailbox:
        assert await send(mailbox, letter(), go=False) == NotSent("superseded", again=False)
        assert mailbox.messages() == []


async def test_nobody_listens() -> None:
    mailbox = await Mailbox().start()
    await mailbox.stop()
    assert await send(mailbox, letter()) == NotSent("smtp_unreachable", again=True)


async def test_a_server_that_never_greets() -> None:
    left = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        gateway = SmtpGateway(SmtpServer("127.0.0.1", server.sockets[0].getsockname()[1], "off"), helo="shop.example", timeout=0.2)
        assert await gateway.send_mail(letter(), _yes) == NotSent("smtp_timeout", again=True)
        await left.wait()


async def _yes() -> bool:
    return True


async def test_login() -> None:
    async with Mailbox(login=("shop", "s3cret:/@")) as mailbox:
        right = SmtpServer("127.0.0.1", mailbox.port, "off", "shop", "s3cret:/@")
        assert SmtpServer.parse(f"smtp://shop:s3cret%3A%2F%40@127.0.0.1:{mailbox.port}") == right
        assert isinstance(await SmtpGateway(right, helo="shop.example").send_mail(letter(), _yes), Sent)
        wrong = SmtpServer("127.0.0.1", mailbox.port, "off", "shop", "guess")
        assert await SmtpGateway(wrong, helo="shop.example").send_mail(letter(), _yes) == NotSent("smtp_login_refused", again=True)


async def test_starttls_is_insisted_upon() -> None:
    async with Mailbox() as mailbox:
        server = SmtpServer("127.0.0.1", mailbox.port, "starttls")
        assert await SmtpGateway(server, helo="shop.example").send_mail(letter(), _yes) == NotSent("smtp_no_tls", again=True)
        assert mailbox.messages() == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:8025", SmtpServer("127.0.0.1", 8025, "off")),
        ("smtp://127.0.0.1:2525?tls=starttls", SmtpServer("127.0.0.1", 2525, "starttls")),
        ("smtp://mail.example", SmtpServer("mail.example", 587, "starttls")),
        ("smtp://mail.example:25?tls=off", SmtpServer("mail.example", 25, "off")),
        ("smtps://u:p@mail.example", SmtpServer("mail.example", 465, "implicit", "u", "p")),
    ],
)
def test_addresses_of_servers(url: str, server: SmtpServer) -> None:
    assert SmtpServer.parse(url) == server
    assert "password" not in repr(server)


@pytest.mark.parametrize(
    "url",
    ["", "mail.example:25", "http://mail.example", "smtp://", "smtp://host/path", "smtp://host?x=1", "smtps://host?tls=off",
     "smtp://u:hunter2@mail.example?tls=off", "smtp://u@mail.example", "smtp://host?tls=maybe"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="mail server") as refusal:
        SmtpServer.parse(url)
    assert "hunter2" not in str(refusal.value)


ATTACK: list[Callable[[], Letter]] = [
    lambda: letter(name="Ada\r\nBcc: all@example.com"),
    lambda: letter(Mail("Hi\nBcc: all@example.com\n\nBody", "t", "h")),
    lambda: letter(Mail("Hi\u2028Bcc: all@example.com", "t", "h"), name="Ada\x00\x0bBcc: x@example.com"),
    lambda: letter(name="\u202eadA", mail=Mail("A" * 5000, "t", "h")),
]


@pytest.mark.parametrize("attack", ATTACK)
async def test_no_name_or_subject_becomes_a_header(attack: Callable[[], Letter]) -> None:
    async with Mailbox() as mailbox:
        assert isinstance(await send(mailbox, attack()), Sent)
        mail = await mailbox.wait_for("ada@example.com")
        assert mail.header("Bcc") == ""
        assert mail.recipients == ("ada@example.com",)
        assert mail.text.strip() in ("t", "Plain words")
        assert "\u202e" not in mail.header("To")
        assert len(mail.subject) <= 200


@pytest.mark.parametrize("to", ["", "nobody", "@example.com", "a@", "a@example.com\r\nRCPT TO:<b@example.com>", "a b@example.com"])
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(ValueError):
        letter(to=to)


async def test_letters_of_all_alphabets_arrive() -> None:
    words = Mail(
        "Zürich — 修理 ✓",
        "Grüße 修理\n.\nA dot alone, and a long line " + "x" * 2000,
        "<p>Grüße 修理</p>",
        Invitation("REQUEST", "BEGIN:VCALENDAR\r\nł\r\n".encode()),
    )
    async with Mailbox() as mailbox:
        assert isinstance(await send(mailbox, letter(words, to="zoë@bücher.example", name="Zoë 'O, Łukasz")), Sent)
        mail = await mailbox.wait_for("zoë@xn--bcher-kva.example")
        assert mail.subject == words.subject
        assert mail.text.strip() == words.text
        assert mail.html.strip() == words.html
        assert "Zoë 'O, Łukasz" in mail.header("To")
        assert mail.message_id == "<row-1@shop.example>"
        assert mail.header("Auto-Submitted") == "auto-generated"
        assert mail.attachments[0].params["method"] == "REQUEST"


async def test_only_ascii_crosses_the_wire_for_an_ascii_address() -> None:
    letter(Mail("Grüße", "ä", "ö"), name="Ü").content.decode("ascii")
