"""A received mail, read the way a mail program reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from typing import Any, cast

_LINK = re.compile(r"https?://[^\s<>\"']+")
_PARSER = BytesParser(policy=policy.default)


@dataclass(frozen=True)
class Attachment:
    """A file in a mail, or a part that mail programs show as one."""

    index: int
    filename: str
    content_type: str
    content: bytes
    params: dict[str, str]


@dataclass(frozen=True)
class ReceivedMail:
    """What arrived: the envelope as the server saw it and the raw message."""

    id: str
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return _PARSER.parsebytes(self.raw)

    def header(self, name: str) -> str:
        """Return the decoded header, or an empty string."""
        return str(self.message.get(name, ""))

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        for part in self.message.walk():
            if part.get_content_type() == f"text/{kind}" and not part.is_attachment():
                return _decoded(part).replace("\r\n", "\n")
        return ""

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Return files, calendar parts and inline pictures, in the order they stand in the mail."""
        found: list[Attachment] = []
        for part in self.message.walk():
            if part.is_multipart() or (part.get_content_type() in ("text/plain", "text/html") and not part.is_attachment()):
                continue
            payload = part.get_payload(decode=True)
            kind = part.get_content_type()
            name = part.get_filename() or ("invitation.ics" if kind == "text/calendar" else f"part-{len(found) + 1}")
            params = {key: str(value) for key, value in part["Content-Type"].params.items()} if part["Content-Type"] else {}
            found.append(Attachment(len(found), name, kind, payload if isinstance(payload, bytes) else b"", params))
        return found

    @property
    def calendar(self) -> bytes | None:
        """Return the calendar file, if the mail carries one."""
        return next((one.content for one in self.attachments if one.content_type == "text/calendar"), None)

    @property
    def links(self) -> list[str]:
        """Return every address in the text part, in order."""
        return [link.rstrip(".,;)") for link in _LINK.findall(self.text)]

    def summary(self) -> dict[str, Any]:
        """Return what a list shows."""
        return {
            "id": self.id,
            "at": self.at.isoformat(timespec="milliseconds"),
            "from": self.header("From") or self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "preview": " ".join(self.text.split())[:140],
            "attachments": len(self.attachments),
            "size": len(self.raw),
        }

    def whole(self) -> dict[str, Any]:
        """Return everything, for tests."""
        return {
            **self.summary(),
            "sender": self.sender,
            "text": self.text,
            "html": self.html,
            "headers": [list(pair) for pair in self.headers],
            "links": self.links,
            "attachments": [
                {
                    "index": one.index,
                    "filename": one.filename,
                    "content_type": one.content_type,
                    "size": len(one.content),
                    "params": one.params,
                }
                for one in self.attachments
            ],
        }


def _decoded(part: EmailMessage) -> str:
    try:
        return cast(str, part.get_content())
    except (LookupError, UnicodeError, KeyError):
        # A stand-in must show what was sent, also when its charset is a lie.
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
