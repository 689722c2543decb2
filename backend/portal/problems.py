"""Refusals as pages: what happened, in words, and the way on."""

from urllib.parse import quote

from aiohttp import web

from backend.core.edge import SITE
from backend.core.errors import NotFound, Refusal, Unauthenticated
from backend.identity.authenticate import clear_cookie, cookie_name
from backend.identity.errors import CsrfFailed
from backend.portal.rendering import page, see_other

SIGN_IN = "/staff/login"
_SHOP = {"href": "/", "text": "Go to the shop"}
_ORDERS = {"href": "/staff/orders", "text": "Go to the orders"}


async def render_refusal(request: web.Request, refusal: Refusal) -> web.StreamResponse:
    """A refusal as its reader expects it: a way to the sign-in where that helps, else a page that says what to do."""
    staff = request.path.startswith("/staff")
    if isinstance(refusal, Unauthenticated) and staff:
        return _to_sign_in(request)
    title, words = _words(refusal, staff=staff)
    response = page(request, "problem.html", status=refusal.status, title=title, words=words, links=[_ORDERS, _SHOP] if staff else [_SHOP])
    if retry := refusal.extra.get("retry_after"):
        response.headers["Retry-After"] = str(retry)
    return response


def _to_sign_in(request: web.Request) -> web.Response:
    wanted = request.path_qs if request.method == "GET" else "/staff/orders"
    settings = request.app[SITE].settings
    ended = "&ended=1" if cookie_name(settings) in request.cookies else ""
    response = see_other(f"{SIGN_IN}?next={quote(wanted, safe='')}{ended}")
    clear_cookie(response, settings)
    return response


def _words(refusal: Refusal, *, staff: bool) -> tuple[str, str]:
    match refusal:
        case CsrfFailed():
            return "That came from an old page", "Nothing was changed. Go back, reload the page and do it once more."
        case NotFound() if staff:
            return "There is nothing here", "The order may have been mistyped, or it belongs to another shop."
        case NotFound():
            return "There is nothing here", "The address may be mistyped. A tracking link works only exactly as it stands in your e-mail."
        case _ if refusal.status == 403:
            return "This is not for you to open", "Your role does not include this. Ask an administrator if it should."
        case _ if refusal.status == 429:
            return "That was too often", "Wait a moment and try again."
        case _ if refusal.status == 503:
            return "We cannot do this just now", f"{refusal.title} Nothing was lost."
        case _ if refusal.status >= 500:
            return "Something went wrong on our side", "It has been noted. Try again in a moment; nothing of yours was lost."
        case _:
            return refusal.title, refusal.detail or "Go back and try it differently."
