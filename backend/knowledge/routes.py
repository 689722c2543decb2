"""The knowledge over HTTP: a question in, a passage out; and whole articles."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from backend.core import address, limits
from backend.core.api import Api, Query
from backend.core.principal import Principal
from backend.core.site import Site

from . import queries
from .schemas import ArticleAnswer, PassageAnswer, SearchAnswer

api = Api("knowledge")

#: Questions a minute by one asker, and by all askers of one address: reading is quicker than this, scripts are not welcome.
QUESTIONS, QUESTIONS_AN_ADDRESS = 30, 120
LONGEST = 500


async def count_question(site: Site, request: web.Request, principal: Principal) -> None:
    """Count one question of whoever asks; raises TooMany. Each costs the encoder some milliseconds of a processor."""
    if principal.kind == "turn":
        return  # as often as the customer writes, which is limited where messages are accepted
    if principal.id is not None:
        await limits.hit(site, f"knowledge:{principal.kind}:{principal.id}", QUESTIONS, 60)
    caller = address.of(request, site.settings)
    await limits.hit(site, f"knowledge:address:{caller}", QUESTIONS_AN_ADDRESS if principal.id else QUESTIONS, 60)


@api.get("/api/v1/knowledge/search")
async def search_knowledge(
    site: Site,
    request: web.Request,
    principal: Principal,
    q: Annotated[str, Query, Field(min_length=1, max_length=LONGEST)],
    topic: Annotated[str, Query, Field(max_length=40, pattern="^[a-z_]*$")] = "",
    limit: Annotated[int, Query, Field(ge=1, le=10)] = 5,
) -> SearchAnswer:
    """Answer a question from the shop's articles; `topic` names an intent whose article answers where no passage is near enough."""
    await count_question(site, request, principal)
    async with site.work(principal) as session:
        found = await queries.search(session, q, limit)
        best = found[0] if found and found[0].sure else None
        if best is None and topic:
            best = await queries.answer_to_topic(session, topic)
    url = site.settings.public_url
    return SearchAnswer(answer=PassageAnswer.of(best, url) if best else None, items=[PassageAnswer.of(said, url) for said in found])


@api.get("/api/v1/knowledge/articles/{slug}")
async def get_article(site: Site, principal: Principal, slug: str) -> ArticleAnswer:
    """Return an article as it reads today."""
    async with site.work(principal) as session:
        return ArticleAnswer.of(await queries.get_shown(session, slug), site.settings.public_url)
