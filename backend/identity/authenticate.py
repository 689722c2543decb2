"""Who sends a request. A credential that is present but wrong is refused; it never passes as nobody in particular."""

import hashlib

from aiohttp import web

from backend.core.db import Session
from backend.core.errors import Unauthenticated
from backend.core.principal import ANONYMOUS, Principal
from backend.core.settings import Settings
from backend.identity import csrf, presence, sessions, tokens, visitors
from backend.identity.models import ABSOLUTE_LIMIT, Visitor


async def authenticate(request: web.Request, session: Session) -> Principal:
    """The principal of a request: the bearer it names, else the staff cookie it carries, else anonymous.

    Raises Unauthenticated for a wrong credential and CsrfFailed for an unsafe request by cookie without the session's token.
    """
    # What a request names on purpose goes before what a browser adds by itself: staff trying the chat are customers there.
    if request.headers.getall("Authorization", None):
        return await _bearer(session, request.headers.getall("Authorization"))
    secret = request.cookies.get(cookie_name(session.settings))
    if secret is None:
        return ANONYMOUS
    signed_in = await sessions.resume(session, secret, active=_somebody_is_there(request))
    await csrf.check(request, session.settings, signed_in.session.csrf)
    await presence.present(session, signed_in.staff.id)
    return signed_in.principal


async def authenticate_visitor(session: Session, credential: str) -> Principal:
    """The principal behind a visitor credential, for doors that are not HTTP."""
    return visitor_principal(await visitors.get(session, credential))


def visitor_principal(visitor: Visitor) -> Principal:
    """The principal of a visitor already known."""
    return Principal(kind="visitor", id=visitor.id, visitor_id=visitor.id)


def counted(request: web.Request) -> str | None:
    """Under which name a visitor's requests are counted: a hash of the credential they bring, whether we know it or not; else None."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    credential = credential.strip()
    if scheme.lower() != "bearer" or not credential.startswith(visitors.PREFIX):
        return None
    return hashlib.blake2b(credential.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def cookie_name(settings: Settings) -> str:
    """The staff cookie's name; over https the browser itself then guards its host and path."""
    return "__Host-staff_session" if settings.secure else "staff_session"


def set_cookie(response: web.StreamResponse, settings: Settings, secret: str) -> None:
    """Let the browser keep a staff session."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="Lax",
    )


def clear_cookie(response: web.StreamResponse, settings: Settings) -> None:
    """Let the browser forget its staff session."""
    response.del_cookie(cookie_name(settings), path="/", secure=settings.secure, httponly=True, samesite="Lax")


def _somebody_is_there(request: web.Request) -> bool:
    # A list that refreshes itself must not keep a session alive at a bench everybody has left.
    return request.method not in csrf.SAFE_METHODS or request.headers.get("Sec-Fetch-Dest", "document") != "empty"


async def _bearer(session: Session, headers: list[str]) -> Principal:
    scheme, _, credential = headers[0].partition(" ")
    if len(headers) != 1 or scheme.lower() != "bearer" or not credential.strip():
        raise Unauthenticated("Send one Authorization header of the form: Bearer <credential>.")
    credential = credential.strip()
    if credential.startswith(visitors.PREFIX):
        return await authenticate_visitor(session, credential)
    return tokens.read_turn(session.settings, session.now(), credential)
