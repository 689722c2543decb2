"""What the edge asks of slices that stand above it, joined in one place at start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import web

from .errors import Refusal
from .principal import ANONYMOUS, Principal

if TYPE_CHECKING:
    from .db import Session


async def _nobody(request: web.Request, session: "Session") -> Principal:
    return ANONYMOUS


async def _no_fence(session: "Session", principal: Principal) -> None:
    return None


async def _no_record(session: "Session", principal: Principal, operation: str, answer: Any) -> None:
    return None


async def _always_open(session: "Session") -> "Opening | None":
    return None


async def _unskilled(session: "Session") -> dict[UUID, list[str]]:
    return {}


def _uncounted(request: web.Request) -> str | None:
    return None


async def _plain(request: web.Request, refusal: Refusal) -> web.Response:
    return web.Response(status=refusal.status, text=refusal.detail or refusal.title)


@dataclass(frozen=True, slots=True)
class Opening:
    """When the shop opens next, and how it writes that moment in its own time."""

    at: datetime
    title: str


@dataclass(slots=True)
class Hooks:
    """The open places: identity fills `authenticate` and `counted`, conversations the fence, capacity two, portal the error pages."""

    authenticate: Callable[[web.Request, "Session"], Awaitable[Principal]] = _nobody
    #: Who is counted for a request, before anybody has looked whether they are known; None for those without limits: turns and staff.
    counted: Callable[[web.Request], str | None] = _uncounted
    #: Locks the turn's conversation and refuses a deed whose turn has lost it.
    fence_deed: Callable[["Session", Principal], Awaitable[None]] = _no_fence
    #: Remembers a deed that was done, in its own transaction.
    record_deed: Callable[["Session", Principal, str, Any], Awaitable[None]] = _no_record
    #: When the shop opens next; None while somebody is there.
    opening: Callable[["Session"], Awaitable[Opening | None]] = _always_open
    #: What the staff at the benches can do, by the id of their account.
    skills: Callable[["Session"], Awaitable[dict[UUID, list[str]]]] = _unskilled
    render_refusal: Callable[[web.Request, Refusal], Awaitable[web.StreamResponse]] = _plain
