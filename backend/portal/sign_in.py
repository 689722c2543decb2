"""Signing in to the staff room and out of it."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from backend.core import address
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.schema import Strict
from backend.identity import csrf, sessions, staff
from backend.identity.authenticate import clear_cookie, set_cookie
from backend.identity.staff import SignInRefused
from backend.portal import forms
from backend.portal.rendering import page, see_other

pages = Api("portal", page=True)

HOME = "/staff/orders"


class Credentials(Strict):
    """Who somebody says they are."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=512)]
    next: Annotated[str, Field(max_length=500)] = HOME


@pages.get("/staff/login")
async def show_sign_in(
    request: web.Request,
    session: Session,
    wanted: Annotated[str, Query, Field(alias="next", max_length=500)] = HOME,
    ended: Annotated[bool, Query] = False,
) -> web.Response:
    """Ask who is there; who is signed in already goes on."""
    if session.principal.kind == "staff":
        return see_other(inside(wanted))
    said = "You were signed out after a while without activity. Sign in to go on where you were." if ended else ""
    return page(request, "staff/sign_in.html", next=inside(wanted), email="", refused="", said=said)


@pages.post("/staff/login")
async def sign_in(request: web.Request, session: Session) -> web.Response:
    """Let somebody in, or say that address and password do not match."""
    csrf.check_origin(request, session.settings)
    form = await forms.read(request, Credentials)
    wanted, email = inside(form.typed.get("next", HOME)), form.typed.get("email", "")[:254]
    if form.values is None:
        return _again(request, staff.WRONG, wanted, email)
    answer = await staff.sign_in(
        session, email=form.values.email, password=form.values.password, address=address.of(request, session.settings)
    )
    if isinstance(answer, SignInRefused):
        return _again(request, answer, wanted, email)
    response = see_other(wanted)
    set_cookie(response, session.settings, answer[1])
    return response


@pages.post("/staff/logout")
async def sign_out(request: web.Request, session: Session) -> web.Response:
    """End this session here and now."""
    if session.principal.session_id is not None:
        await sessions.end(session, session.principal.session_id)
    response = see_other("/staff/login")
    clear_cookie(response, session.settings)
    # What the browser kept of the pages goes with the session.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def inside(wanted: str) -> str:
    """The wanted page if it is one of the staff room's, else its first: nobody is led elsewhere by a link to the sign-in."""
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted and "//" not in wanted.partition("?")[0]
    return wanted if plain and wanted.startswith("/staff/") and not wanted.startswith("/staff/log") else HOME


def _again(request: web.Request, refused: SignInRefused, wanted: str, email: str) -> web.Response:
    return page(request, "staff/sign_in.html", status=refused.status, next=wanted, email=email, refused=refused.words, said="")
