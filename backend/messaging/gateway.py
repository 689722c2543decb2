"""What we ask of an outside mail service, in our own words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar object that mail programs act upon: its method is REQUEST or CANCEL (RFC 5546)."""

    method: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """The words of one mail; to whom it goes and under which id stands in the outbound log."""

    subject: str
    text: str
    html: str
    invitation: Invitation | None = None
    files: tuple[File, ...] = ()
    #: Mails of one thread name the same thread, so that mail programs show them together.
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Moot:
    """There is nothing left to say; `reason` is a code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail made ready for the wire: envelope and bytes."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The service has taken it."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It surely was not sent; `again` tells whether a later attempt may succeed."""

    code: str
    again: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was handed over and the answer was lost: it may have been sent, so it is never sent again by itself."""

    code: str


Outcome = Sent | NotSent | Unknown
#: Called once, right before the service could take the mail; False means another process has it: stop.
HandOver = Callable[[], Awaitable[bool]]


class MailGateway(Protocol):
    """Carries letters."""

    async def send_mail(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Send one letter and tell truthfully what became of it; raises nothing a network can cause."""
        ...


class Off:
    """Mail is switched off by the owner."""

    async def send_mail(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Send nothing."""
        return NotSent("mail_off", again=False)
