"""Requests that change something must come from our own pages: a token of the session, and what the browser says of their origin."""

import hmac
from urllib.parse import urlsplit

from aiohttp import web

from backend.core import posted
from backend.core.settings import Settings
from backend.identity.errors import CsrfFailed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"


async def check(request: web.Request, settings: Settings, expected: str) -> None:
    """Refuse an unsafe request that does not carry the session's token or came from elsewhere; raises CsrfFailed."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request, settings)
    sent = request.headers.get(HEADER)
    if sent is None and request.content_type in posted.FORM_KINDS:
        sent = await posted.first(request, FIELD)
    if sent is None or not hmac.compare_digest(sent.encode("utf-8", "surrogateescape"), expected.encode()):
        raise CsrfFailed


def check_origin(request: web.Request, settings: Settings) -> None:
    """Refuse a request that a browser says was sent by another site; raises CsrfFailed."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CsrfFailed
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != _own_origin(settings) and urlsplit(origin).netloc.lower() != request.host.lower():
        raise CsrfFailed


def _own_origin(settings: Settings) -> str:
    parts = urlsplit(settings.public_url)
    return f"{parts.scheme}://{parts.netloc}".lower()
