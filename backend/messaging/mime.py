"""A mail as bytes: headers nobody can inject into, a text part, an HTML part, a calendar part."""

import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from .gateway import Letter, Mail


def one_line(value: str, limit: int = 200) -> str:
    """Return the value without control, line-separating and direction-changing characters, cut to `limit`."""
    spaced = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in value)
    plain = "".join(char for char in spaced if unicodedata.category(char) not in ("Cf", "Cs", "Co") or char == "\u200d")
    return " ".join(plain.split())[:limit].strip()


def letter(mail: Mail, *, sender: str, to: str, name: str, message_id: str, at: datetime) -> Letter:
    """Write a mail for the wire; ValueError if `to` is no address."""
    sender_name, sender_address = parseaddr(sender)
    local, _, domain = to.rpartition("@")
    if not local or not domain or one_line(to, 320) != to or " " in to:
        raise ValueError("no address to write to")
    recipient = Address(one_line(name, 80), local, domain.encode("idna").decode() if not domain.isascii() else domain)

    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(sender_name, 80), addr_spec=sender_address)
    message["To"] = recipient
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}>"
    if mail.thread is not None and mail.thread != message_id:
        message["References"] = f"<{mail.thread}>"
    # RFC 3834: a holiday notice must not answer this.
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "en-GB"
    # Transfer encodings that are pure ASCII: the next server need not know 8BITMIME.
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    if mail.invitation is not None:
        message.add_alternative(
            mail.invitation.content.decode(),
            subtype="calendar",
            cte="base64",
            params={"method": mail.invitation.method},
        )
    for file in mail.files:
        main, _, sub = file.content_type.partition("/")
        message.add_attachment(file.content, maintype=main, subtype=sub, filename=one_line(file.filename))
    return Letter(sender_address, recipient.addr_spec, message.as_bytes())
