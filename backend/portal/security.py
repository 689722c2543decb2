"""Headers that every answer carries: what a browser may load, send and show on our behalf."""

import secrets
from urllib.parse import urlsplit

from aiohttp import web

from backend.core.settings import Settings

NONCE: web.RequestKey[str] = web.RequestKey("csp_nonce", str)

_CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_PERMISSIONS = ", ".join(f"{feature}=()" for feature in ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics"))


def nonce(request: web.Request) -> str:
    """The one-time word by which this answer's own scripts and styles are known."""
    if NONCE not in request:
        request[NONCE] = secrets.token_urlsafe(18)
    return request[NONCE]


def policy(request: web.Request, settings: Settings) -> str:
    """The content security policy of this answer: a page's when it was drawn with a nonce, else one that allows nothing."""
    if NONCE not in request:
        return _CLOSED
    host = urlsplit(settings.public_url).netloc
    # Older browsers do not count a socket to our own host as 'self'.
    sockets = " ".join(dict.fromkeys(f"{'wss' if settings.secure else 'ws'}://{name}" for name in (host, request.host)))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{request[NONCE]}'",
            f"style-src 'self' 'nonce-{request[NONCE]}'",
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {sockets}",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
        )
    )


def install(app: web.Application, settings: Settings) -> None:
    """Put the headers on every answer of the application, errors, files and streams included."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy(request, settings))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", _PERMISSIONS)
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        if NONCE in request:
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    app.on_response_prepare.append(add)
