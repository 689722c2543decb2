"""The sandbox mail server, talked to as any mail program would."""

from __future__ import annotations

import errno
import os
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from revivatech.sandbox.faults import Fault
from revivatech.sandbox.smtp import Mailbox
from revivatech.sandbox.store import MailStore


def letter(to: str, subject: str = "Hello", body: str = "Body, see https://shop.example/track/abc.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Shop <shop@example.com>"
    mail["To"] = to
    mail["Subject"] = subject
    mail.set_content(body)
    return mail


async def send(mailbox: Mailbox, mail: EmailMessage, **options: object) -> None:
    await aiosmtplib.send(mail, hostname=mailbox.host, port=mailbox.port, timeout=0.5, **options)  # type: ignore[call-overload]


async def test_a_mail_is_kept_as_it_was_sent() -> None:
    async with Mailbox() as mailbox:
        mail = letter("Zoë <zoe@example.com>", "Grüße aus Łódź")
        mail.add_alternative("<p>Hello</p>", subtype="html")
        mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="booking.ics")
        await send(mailbox, mail)
        kept = await mailbox.wait_for("ZOE@example.com", subject="grüße")
    assert kept.subject == "Grüße aus Łódź"
    assert kept.recipients == ("zoe@example.com",)
    assert kept.links == ["https://shop.example/track/abc"]
    assert kept.html.strip() == "<p>Hello</p>"
    assert kept.calendar == b"BEGIN:VCALENDAR"
    assert [one.filename for one in kept.attachments] == ["booking.ics"]


async def test_waiting_in_vain_says_what_did_arrive() -> None:
    async with Mailbox() as mailbox:
        await send(mailbox, letter("a@example.com", "Something else"))
        with pytest.raises(AssertionError, match="Something else"):
            await mailbox.wait_for("b@example.com", timeout=0.05)


@pytest.mark.parametrize(
    ("kind", "raises", "kept"),
    [
        ("refuse", aiosmtplib.SMTPRecipientsRefused, False),
        ("temporary", aiosmtplib.SMTPRecipientsRefused, False),
        ("hang", aiosmtplib.SMTPTimeoutError, False),
        ("drop", aiosmtplib.SMTPServerDisconnected, False),
        ("refuse_data", aiosmtplib.SMTPDataError, False),
        ("temporary_data", aiosmtplib.SMTPDataError, False),
        ("hang_after_data", aiosmtplib.SMTPTimeoutError, True),
        ("lost_reply", aiosmtplib.SMTPServerDisconnected, True),
    ],
)
async def test_a_fault_strikes_whom_and_as_often_as_told(kind: str, raises: type[Exception], kept: bool) -> None:
    async with Mailbox() as mailbox:
        mailbox.fail(kind, to="unlucky@*", times=1)  # type: ignore[arg-type]
        await send(mailbox, letter("lucky@example.com"))
        with pytest.raises(raises):
            await send(mailbox, letter("unlucky@example.com"))
        assert len(mailbox.messages("unlucky@")) == int(kept)
        await send(mailbox, letter("unlucky@example.com"))
        assert len(mailbox.messages("unlucky@")) == int(kept) + 1
        assert len(mailbox.messages("lucky@example.com")) == int(kept) + 2, "search is by part of the address"


@pytest.mark.parametrize(
    "wrong", [{"kind": "explode"}, {"kind": "refuse", "times": 0}, {"kind": "refuse", "times": True}, {"kind": "refuse", "to": ""}]
)
def test_a_fault_nobody_knows_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Fault(**wrong)  # type: ignore[arg-type]


async def test_login_is_asked_for_when_there_is_one() -> None:
    async with Mailbox(login=("shop", "secret")) as mailbox:
        await send(mailbox, letter("a@example.com"), username="shop", password="secret")
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(mailbox, letter("a@example.com"), username="shop", password="wrong")
        with pytest.raises(aiosmtplib.SMTPResponseException):
            await send(mailbox, letter("a@example.com"))
        assert len(mailbox.messages()) == 1


async def test_stopping_leaves_no_client_waiting() -> None:
    mailbox = await Mailbox().start()
    mailbox.fail("hang")
    client = aiosmtplib.SMTP(hostname=mailbox.host, port=mailbox.port, timeout=5)
    await client.connect()
    await client.mail("a@example.com")
    await mailbox.stop()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await client.rcpt("b@example.com")


def test_mail_survives_a_restart_and_the_oldest_go_first(tmp_path: Path) -> None:
    store = MailStore(tmp_path, limit=3)
    for number in range(5):
        store.add("shop@example.com", [f"c{number}@example.com"], b"Subject: Hi\r\n\r\nBody\r\n")
    assert [mail.recipients[0] for mail in MailStore(tmp_path, limit=3).listed()] == ["c2@example.com", "c3@example.com", "c4@example.com"]
    assert len(list(tmp_path.iterdir())) == 6
    store.clear()
    assert list(tmp_path.iterdir()) == []


def test_half_a_mail_from_a_killed_process_is_tidied_away(tmp_path: Path) -> None:
    whole = MailStore(tmp_path).add("a@example.com", ["b@example.com"], b"Subject: Whole\r\n\r\n")
    (tmp_path / "20260101-cut.eml").write_bytes(b"Subject: cut")
    (tmp_path / "20260102-torn.json").write_text('{"at": ')
    assert [mail.id for mail in MailStore(tmp_path).listed()] == [whole.id]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_mail_with_a_false_charset_is_still_readable() -> None:
    mail = MailStore().add("a@example.com", ["b@example.com"], b"Content-Type: text/plain; charset=nonsense\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n")
    assert "Grüße" in mail.text
    assert mail.whole()["text"] == mail.text


async def test_a_mail_there_is_no_room_for_comes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Mailbox(MailStore(tmp_path)) as mailbox:

        def full(path: Path, content: bytes) -> None:
            path.write_bytes(content[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patch:
            patch.setattr("revivatech.sandbox.store._write", full)
            with pytest.raises(aiosmtplib.SMTPDataError) as refused:
                await send(mailbox, letter("ada@example.com"))
        assert refused.value.code == 452
        assert mailbox.messages() == [] and os.listdir(tmp_path) == []
        await send(mailbox, letter("ada@example.com"))
        assert len(mailbox.messages()) == 1
