"""What we ask of an outside telephone service, in our own words."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from .addresses import Channel
from .gateway import HandOver, NotSent, Outcome


@dataclass(frozen=True, slots=True)
class Text:
    """One message made ready for the wire: free words, or an approved template and what stands in it."""

    id: UUID
    channel: Channel
    to: str
    body: str
    media: tuple[str, ...] = ()
    content_sid: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the service has it in its books."""

    provider_id: str
    sender: str
    to: str
    body: str
    status: str
    error_code: int | None
    at: datetime
    media: int


class TextGateway(Protocol):
    """Carries texts."""

    async def send_text(self, text: Text, hand_over: HandOver) -> Outcome:
        """Send one text and tell truthfully what became of it; raises nothing a network can cause."""
        ...

    def list_seen(self, *, to: str, since: datetime) -> AsyncIterator[Seen]:
        """List what went to an address since a moment, newest first; raises Unreachable."""
        ...

    async def list_media(self, provider_id: str) -> Sequence[str]:
        """List the ids of a message's files; raises Unreachable."""
        ...

    def fetch_media(self, provider_id: str, media_id: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Read one file of a message; raises Unreachable, or Gone when it is not there any more."""
        ...


class Unreachable(Exception):
    """The service gave no usable answer; asking later may help."""


class Gone(Exception):
    """The service has no such thing."""


class TextsOff:
    """Texts are switched off by the owner."""

    async def send_text(self, text: Text, hand_over: HandOver) -> Outcome:
        """Send nothing."""
        return NotSent("texts_off", again=False)

    async def list_seen(self, *, to: str, since: datetime) -> AsyncIterator[Seen]:
        """List nothing."""
        nothing: tuple[Seen, ...] = ()
        for one in nothing:
            yield one

    async def list_media(self, provider_id: str) -> Sequence[str]:
        """List nothing."""
        return ()

    def fetch_media(self, provider_id: str, media_id: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Read nothing."""
        raise Gone
