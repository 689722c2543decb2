"""Messages as the provider keeps them, and how they are written down on the wire."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal

Channel = Literal["sms", "whatsapp"]
WHATSAPP = "whatsapp:"
VERSION = "2010-04-01"
#: Characters of the GSM alphabet fit 160 to a segment (153 when there are several), all others 70 (67).
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)
#: How far a message has come: it never goes back.
RANK = {"queued": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4, "undelivered": 5, "failed": 5}


def new_sid(prefix: str) -> str:
    """Return an identifier as the provider makes them: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def channel_of(address: str) -> Channel:
    """Return the channel an address belongs to."""
    return "whatsapp" if address.startswith(WHATSAPP) else "sms"


def number_of(address: str) -> str:
    """Return the bare number of an address."""
    return address.removeprefix(WHATSAPP)


def segments(body: str) -> int:
    """Return into how many pieces the network cuts a text."""
    if all(char in _GSM for char in body):
        return 1 if len(body) <= 160 else -(-len(body) // 153)
    units = len(body.encode("utf-16-le")) // 2
    return 1 if units <= 70 else -(-units // 67)


@dataclass(slots=True)
class Media:
    """One file of a message."""

    sid: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Text:
    """One message, in either direction."""

    sid: str
    inbound: bool
    sender: str
    to: str
    body: str
    status: str
    at: datetime
    media: list[Media] = field(default_factory=list)
    #: What the shop asked to be shown, as addresses: the provider fetches them, the page shows them.
    media_urls: list[str] = field(default_factory=list)
    updated: datetime | None = None
    error_code: int | None = None
    callback: str | None = None
    content_sid: str | None = None
    #: Said by the provider itself, such as the answer to STOP.
    automatic: bool = False
    #: What a webhook carried beside the text.
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def phone(self) -> str:
        """The customer's number."""
        return number_of(self.sender if self.inbound else self.to)

    @property
    def channel(self) -> Channel:
        """SMS or WhatsApp."""
        return channel_of(self.to)

    def move(self, status: str, now: datetime, error_code: int | None = None) -> bool:
        """Go on to a status; False if the message has come that far already."""
        if RANK.get(status, 0) <= RANK.get(self.status, 0):
            return False
        self.status, self.updated, self.error_code = status, now, error_code
        return True

    def as_resource(self, account: str) -> dict[str, Any]:
        """Return the message as the REST interface answers it."""
        path = f"/{VERSION}/Accounts/{account}/Messages/{self.sid}"
        sent = self.inbound or RANK.get(self.status, 0) >= RANK["sent"]
        return {
            "sid": self.sid,
            "account_sid": account,
            "api_version": VERSION,
            "body": self.body,
            "date_created": stamp(self.at),
            "date_sent": stamp(self.updated or self.at) if sent else None,
            "date_updated": stamp(self.updated or self.at),
            "direction": "inbound" if self.inbound else "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": None,
            "num_media": str(len(self.media) + len(self.media_urls)),
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "status": self.status,
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": self.to,
            "uri": f"{path}.json",
        }

    def media_resource(self, account: str, media: Media) -> dict[str, Any]:
        """Return one of its files as the REST interface answers it."""
        return {
            "sid": media.sid,
            "account_sid": account,
            "parent_sid": self.sid,
            "content_type": media.content_type,
            "date_created": stamp(self.at),
            "date_updated": stamp(self.at),
            "uri": f"/{VERSION}/Accounts/{account}/Messages/{self.sid}/Media/{media.sid}.json",
        }


def stamp(at: datetime) -> str:
    """Return a moment as the REST interface writes it (RFC 2822)."""
    return format_datetime(at.astimezone(UTC))
