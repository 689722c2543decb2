"""Every error leaves as problem+json (RFC 9457) or as a page in words."""

import errno
import json
from typing import Any

from aiohttp import http_exceptions, web
from psycopg import errors as pg
from sqlalchemy import exc

from . import logs
from .errors import BadRequest, NotFound, Refusal, TooLarge, Unavailable
from .site import Site

log = logs.get(__name__)


class DatabaseUnreachable(Unavailable):
    """The database does not answer."""

    code, title = "database_unreachable", "We cannot reach our records just now. Please try again shortly."


class DiskFull(Unavailable):
    """Nothing can be written down until there is room again; what was asked has not happened."""

    code, title = "disk_full", "We cannot write anything down just now. Please try again in a moment."


class Busy(Unavailable):
    """Too many people wanted the same thing at the same moment."""

    code, title = "busy", "That was busy just now. Please try again."


class Broken(Refusal):
    """We made a mistake."""

    code, status, title = "internal", 500, "Something went wrong on our side."


def as_refusal(error: BaseException) -> Refusal:
    """Turn whatever was raised into a refusal; what is our fault is logged and says nothing of itself."""
    match error:
        case Refusal():
            return error
        case exc.DBAPIError(orig=(pg.SerializationFailure() | pg.DeadlockDetected() | pg.LockNotAvailable())):
            return Busy()
        case exc.DBAPIError(orig=pg.DiskFull()) | pg.DiskFull():
            log.error("disk_full", where="database")
            return DiskFull()
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            log.error("disk_full", where=error.filename)
            return DiskFull()
        case exc.OperationalError() | exc.InterfaceError() | exc.TimeoutError() | exc.DBAPIError(connection_invalidated=True):
            log.warning("database_unreachable", error=type(error).__name__)
            return DatabaseUnreachable()
        case exc.DBAPIError(orig=pg.AdminShutdown()) | pg.OperationalError():
            return DatabaseUnreachable()
        case web.HTTPRequestEntityTooLarge():
            return TooLarge()
        case http_exceptions.HttpProcessingError() | web.RequestPayloadError():
            return BadRequest()  # cut short, or not packed the way it says
        case _:
            log.error("request_failed", exc_info=error)
            return Broken()


def problem(refusal: Refusal) -> web.Response:
    """Return the refusal as problem+json."""
    headers: dict[str, str] = {"Cache-Control": "no-store"}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if retry := refusal.extra.get("retry_after"):
        headers["Retry-After"] = str(retry)
    body = json.dumps(refusal.as_problem(), default=str, ensure_ascii=False).encode()
    return web.Response(status=refusal.status, body=body, content_type="application/problem+json", headers=headers)


async def render(site: Site, request: web.Request, error: BaseException, *, page: bool) -> web.StreamResponse:
    """Answer an error in the form its reader expects."""
    if isinstance(error, web.HTTPException) and not isinstance(error, web.HTTPRequestEntityTooLarge):
        raise error
    refusal = as_refusal(error)
    return await site.hooks.render_refusal(request, refusal) if page else problem(refusal)


def middleware(site: Site) -> Any:
    """Return the outermost middleware: unknown paths and methods get our own answers too."""

    @web.middleware
    async def answer(request: web.Request, handler: Any) -> web.StreamResponse:
        page = not request.path.startswith(("/api/", "/socket.io/"))
        try:
            response: web.StreamResponse = await handler(request)
            return response
        except web.HTTPNotFound:
            return await render(site, request, NotFound(), page=page)
        except web.HTTPMethodNotAllowed as error:
            refused = MethodNotAllowed(allowed=sorted(error.allowed_methods))
            response = await render(site, request, refused, page=page)
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
            return response
        except web.HTTPException:
            raise
        except Exception as error:  # the last net: whatever a handler let through
            return await render(site, request, error, page=page)

    return answer


class MethodNotAllowed(Refusal):
    """The path exists, the method does not."""

    code, status, title = "method_not_allowed", 405, "This address does not take that method."
