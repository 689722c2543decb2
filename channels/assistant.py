"""The way to the assistant: one request, one turn, and an honest failure for everything but a usable answer."""

import asyncio
import time
from datetime import timedelta
from typing import Annotated, Any

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.conversations.replies import Lease
from backend.core import logs
from backend.core.site import Site
from backend.identity import tokens
from channels.questions import Asked

log = logs.get(__name__)
ANSWER_LIMIT = 512 * 1024
#: The assistant may be restarting: for so long it is asked again when it surely is not there.
RECONNECT = 2.0
RECONNECT_PAUSE = 0.25


class AssistantFailed(Exception):
    """There is no usable answer; `reason` is one of a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _NotThere(AssistantFailed):
    """Nobody heard the question: it may be asked again."""


class SaidMessage(BaseModel):
    """One message of the assistant's, payloads still in its parts."""

    model_config = ConfigDict(frozen=True)
    text: str = ""
    parts: list[dict[str, Any]] = Field(default_factory=list)


class Wish(BaseModel):
    """Something the assistant asks the hub to do."""

    model_config = ConfigDict(frozen=True, extra="allow")
    type: str
    reason: Annotated[str, Field(max_length=80)] = "customer_asked"


class Said(BaseModel):
    """A whole answer."""

    model_config = ConfigDict(frozen=True)
    messages: Annotated[list[SaidMessage], Field(max_length=20)]
    state: dict[str, Any] | None
    asks: list[Wish] = Field(default_factory=list)
    intent: str | None = None
    confidence: float | None = None

    @property
    def handoff(self) -> Wish | None:
        """The wish for a person, if there is one."""
        return next((wish for wish in self.asks if wish.type == "handoff"), None)


class Assistant:
    """Asks the assistant process over a kept connection."""

    def __init__(self, site: Site) -> None:
        self._site = site
        #: Asked at once; whoever waits for a place does so within the turn's own limit.
        self._places = asyncio.Semaphore(site.settings.turn_concurrency)

    async def ask(self, lease: Lease, asked: Asked, *, zone: str, within: float) -> Said:
        """The answer to one turn; raises AssistantFailed, at the latest after `within` seconds."""
        body = {
            "conversation": str(lease.conversation_id),
            "turn": str(lease.turn_id),
            "text": asked.text,
            "payload": asked.payload,
            "state": lease.state,
            "token": self._token(lease),
            "backend": self._site.settings.backend_url,
            "now": self._site.clock.now().isoformat(),
            "zone": zone,
            "context": {"customer": lease.contact, **({"photos": asked.photos} if asked.photos else {}), **(lease.news or {})},
        }
        deadline = time.monotonic() + within
        insist_until = time.monotonic() + min(RECONNECT, within / 2)
        try:
            async with asyncio.timeout(within), self._places:
                while True:
                    try:
                        return await self._ask_once(body, deadline - time.monotonic())
                    except _NotThere:
                        if time.monotonic() >= insist_until:
                            raise
                        await asyncio.sleep(RECONNECT_PAUSE)
        except TimeoutError:
            raise AssistantFailed("too_slow") from None

    async def _ask_once(self, body: dict[str, Any], timeout: float) -> Said:
        settings = self._site.settings
        headers = {"x-hub-secret": settings.hub_secret.get_secret_value()}
        url = f"{settings.rasa_url}/webhooks/hub/turn"
        try:
            async with self._site.outbound.request("POST", url, timeout=timeout, json=body, headers=headers) as response:
                raw = await _bounded(response)
                if response.status == 503:
                    raise _NotThere("not_ready")
                if response.status != 200:
                    raise AssistantFailed(f"status_{response.status}")
        except TimeoutError:
            raise AssistantFailed("too_slow") from None
        except aiohttp.ClientConnectionError:
            # Asking again is safe even if it was heard: nothing is kept there, and deeds carry the turn's own keys.
            raise _NotThere("unreachable") from None
        except aiohttp.ClientError as error:
            raise AssistantFailed("unreadable") from error
        return _read(raw)

    def _token(self, lease: Lease) -> str:
        turn = tokens.Turn(conversation=lease.conversation_id, epoch=lease.epoch, turn=lease.turn_id, visitor=lease.visitor_id)
        # Good for as long as anybody waits for this turn, and not much longer.
        return tokens.issue_turn(self._site.settings, self._site.clock.now(), turn, timedelta(seconds=self._site.settings.turn_lease + 3))


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        raw += chunk
        if len(raw) > ANSWER_LIMIT:
            raise AssistantFailed("too_large")
    return bytes(raw)


def _read(raw: bytes) -> Said:
    try:
        if b"\\u0000" in raw:  # PostgreSQL stores no NUL
            raise AssistantFailed("unreadable")
        said = Said.model_validate_json(raw)
    except ValidationError:
        raise AssistantFailed("unreadable") from None
    if not said.messages and said.handoff is None:
        raise AssistantFailed("empty")
    return said
