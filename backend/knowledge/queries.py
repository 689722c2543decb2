"""Reading the knowledge: articles with today's facts in them, and the passage that answers a question."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from backend.core import logs
from backend.core.db import Session
from backend.core.site import Site

from . import facts as shop_facts
from .articles import GROUPS, Article, Passage, shelf
from .errors import ArticleUnknown, SearchUnavailable
from .finding import LISTED_FROM, Found
from .text import plain

if TYPE_CHECKING:
    from .searching import Search

log = logs.get(__name__)
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Said:
    """A passage with its facts."""

    passage: Passage
    source: str
    score: float = 1.0
    sure: bool = True

    @property
    def text(self) -> str:
        """Return it as a chat says it."""
        return plain(self.source)


@dataclass(frozen=True, slots=True)
class Shown:
    """An article with its facts; passages whose facts the shop lacks are left out."""

    article: Article
    passages: tuple[Said, ...]

    @property
    def updated(self) -> date:
        """Return when somebody last went over it."""
        return self.article.updated


async def list_shown(session: Session) -> dict[str, list[Article]]:
    """Return the articles that have something to say, by group."""
    names = {name for article in shelf().values() for passage in article.passages for name in passage.facts}
    known = await shop_facts.gather(session, names)
    grouped: dict[str, list[Article]] = {group: [] for group in GROUPS}
    for article in shelf().values():
        if any(shop_facts.fill(passage.source, known) is not None for passage in article.passages):
            grouped[article.group].append(article)
    return {group: articles for group, articles in grouped.items() if articles}


async def get_shown(session: Session, slug: str) -> Shown:
    """Return an article as it reads today; raises ArticleUnknown."""
    article = shelf().get(slug)
    if article is None:
        raise ArticleUnknown
    passages = await say(session, article.passages)
    if not passages:
        raise ArticleUnknown
    return Shown(article, tuple(passages))


async def say(session: Session, passages: Sequence[Passage]) -> list[Said]:
    """Return those of the passages that can be said, with their facts."""
    return await _filled(session, [Found(passage, 1.0, True) for passage in passages])


async def search(session: Session, question: str, limit: int) -> list[Said]:
    """Return the passages nearest to a question, best first, `sure` for those that answer it; raises SearchUnavailable."""
    found = await session.site.pool.run(lambda: _search().nearest(question, limit + 2))
    return (await _filled(session, [one for one in found if one.score >= LISTED_FROM]))[:limit]


async def answer_to_topic(session: Session, topic: str) -> Said | None:
    """Return what the article of a topic says first."""
    article = next((article for article in shelf().values() if article.topic == topic), None)
    said = await say(session, article.passages) if article else []
    return said[0] if said else None


async def warm(site: Site) -> None:
    """Load what searching needs before somebody waits for it."""
    try:
        await site.pool.run(lambda: _search())
    except SearchUnavailable:
        log.warning("knowledge_not_searchable")


async def _filled(session: Session, found: Sequence[Found]) -> list[Said]:
    known = await shop_facts.gather(session, {name for one in found for name in one.passage.facts})
    filled = [(one, shop_facts.fill(one.passage.source, known)) for one in found]
    return [Said(one.passage, source, one.score, one.sure) for one, source in filled if source is not None]


def _search() -> "Search":
    with _loading:  # two first questions at once load it once
        return _loaded()


@cache
def _loaded() -> "Search":
    # Not at the top: processes that answer no questions need no language model.
    from .searching import BrokenModel, Search

    try:
        return Search()
    except BrokenModel as error:
        log.exception("knowledge_search_broken")
        raise SearchUnavailable from error
