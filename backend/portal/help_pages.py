"""The shop's articles as pages: a list with a search box, and each article by itself. Nothing here needs JavaScript."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from backend.capacity import queries as capacity
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.principal import Principal
from backend.core.site import Site
from backend.knowledge import queries
from backend.knowledge.articles import shelf
from backend.knowledge.errors import SearchUnavailable
from backend.knowledge.queries import Said
from backend.knowledge.routes import LONGEST, count_question
from backend.knowledge.text import blocks
from backend.portal.rendering import page

pages = Api("portal", page=True)

RESULTS = 6
#: A drawing for each group, by its name in icons.html.
ICONS = {
    "Visiting us": "pin",
    "Booking and collecting": "calendar",
    "By post": "box",
    "Prices and paying": "receipt",
    "Warranty and parts": "shield",
    "Repairs": "wrench",
    "Your data": "eye",
    "Looking after your device": "battery",
}


@pages.get("/help")
async def help_index(
    request: web.Request, site: Site, principal: Principal, q: Annotated[str, Query, Field(max_length=LONGEST)] = ""
) -> web.Response:
    """List all articles, or what is near a question."""
    asked = " ".join(q.split())
    found: list[Said] | None = None
    if asked:
        await count_question(site, request, principal)
    async with site.work(principal) as session:
        groups = await queries.list_shown(session)
        phone = (await capacity.get_location(session)).phone
        unavailable = False
        if asked:
            try:
                found = await queries.search(session, asked, RESULTS)
            except SearchUnavailable:
                unavailable = True
    return page(
        request,
        "help.html",
        private=bool(asked),
        asked=asked,
        longest=LONGEST,
        best=_shown(found[0]) if found and found[0].sure else None,
        others=[_shown(said) for said in (found or [])[1 if found and found[0].sure else 0 :]],
        searched=found is not None,
        unavailable=unavailable,
        groups=[{"name": name, "icon": ICONS[name], "articles": articles} for name, articles in groups.items()],
        phone=phone,
    )


@pages.get("/help/{slug}")
async def help_article(request: web.Request, session: Session, slug: str) -> web.Response:
    """Show one article as it reads today."""
    shown = await queries.get_shown(session, slug)
    phone = (await capacity.get_location(session)).phone
    return page(
        request,
        "help_article.html",
        private=False,
        article=shown.article,
        passages=[_shown(said) for said in shown.passages],
        related=[shelf()[other] for other in shown.article.related],
        phone=phone,
    )


def _shown(said: Said) -> dict[str, Any]:
    passage = said.passage
    return {
        "slug": passage.slug,
        "anchor": passage.anchor,
        "title": passage.title,
        "heading": passage.heading,
        "blocks": blocks(said.source),
        "text": said.text,
    }
