"""Drawing a page: templates that escape everything, with the nonce, the built files and who is signed in at hand."""

from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from backend.core.edge import SITE
from backend.identity.sessions import SignedIn
from backend.portal import security, words
from backend.portal.assets import ASSETS

TEMPLATES = Path(__file__).parent / "templates"
SHOP = "RevivaTech"


@pass_context
def _when(context: Context, at: datetime) -> Markup:
    """A moment as people say it, with the exact one for machines and on hover."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), words.full_moment(at), words.ago(at, context["now"])
    )


def _at(at: datetime) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(timespec="minutes"), words.full_moment(at), words.moment(at)
    )


def _code(text: str) -> Markup:
    """Text whose `words between backticks` are code."""
    parts = enumerate(text.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(part) if number % 2 else escape(part) for number, part in parts)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"when": _when, "at": _at, "phone": words.phone, "code": _code}
    environment.globals |= {"asset": ASSETS.url, "styles": ASSETS.styles, "shop_name": SHOP}
    return environment


ENVIRONMENT = _environment()


def page(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    signed_in: SignedIn | None = None,
    private: bool = True,
    **context: Any,
) -> web.Response:
    """A page as an answer; a private one is kept by no cache."""
    site = request.app[SITE]
    html = ENVIRONMENT.get_template(template).render(
        now=site.clock.now(),
        nonce=security.nonce(request),
        path=request.path,
        status=status,
        built=ASSETS.built,
        signed_in=signed_in,
        csrf=signed_in.session.csrf if signed_in else "",
        **context,
    )
    headers = {"Cache-Control": "private, no-store" if private else "no-cache", "Vary": "Cookie"}
    return web.Response(status=status, text=html, content_type="text/html", headers=headers)


def see_other(location: str) -> web.Response:
    """Send the browser on after a form: returned, not raised, so that what the form did is kept."""
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
