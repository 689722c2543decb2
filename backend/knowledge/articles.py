"""Reading the articles: Markdown files with a small front matter, checked as strictly as what strangers send."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from .text import FOREIGN

FOLDER = Path(__file__).parent / "articles"
#: Groups in the order in which pages show them.
GROUPS = (
    "Visiting us",
    "Booking and collecting",
    "By post",
    "Prices and paying",
    "Warranty and parts",
    "Repairs",
    "Your data",
    "Looking after your device",
)
#: A passage is an answer in a chat: nobody reads more there.
LONGEST = 600
_PARTS = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_FACT = re.compile(r"\{(\w+)([^}]*)\}")


class BrokenArticle(ValueError):
    """An article is not as articles must be; the message names the file and what is wrong."""


class _Front(BaseModel):
    """What stands above an article's text; `asked` holds, for each heading, questions as people put them, between bars."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str = Field(min_length=3, max_length=60)
    group: str
    updated: date
    #: The intent whose questions this article answers when no passage is near enough.
    topic: str = ""
    related: tuple[str, ...] = ()
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """One heading with its text: the unit that answers a question."""

    slug: str
    anchor: str
    title: str
    heading: str
    source: str
    asked: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return how evaluation files name it."""
        return f"{self.slug}#{self.anchor}"

    @property
    def facts(self) -> frozenset[str]:
        """Return the facts its text needs."""
        return frozenset(match[1] for match in _FACT.finditer(self.source))

    @property
    def readable(self) -> str:
        """Return its text with the names of the facts instead of their values, for finding it."""
        return _FACT.sub(lambda match: match[1].replace("_", " "), self.source)


@dataclass(frozen=True, slots=True)
class Article:
    """One article with its passages in order."""

    slug: str
    title: str
    group: str
    updated: date
    topic: str
    related: tuple[str, ...]
    passages: tuple[Passage, ...]


@cache
def shelf() -> Mapping[str, Article]:
    """Return all articles by slug, in the order of groups and titles; read once a process."""
    return read(FOLDER)


def read(folder: Path) -> dict[str, Article]:
    """Read and check all articles of a folder; raises BrokenArticle."""
    found = [_article(path) for path in sorted(folder.glob("*.md"))]
    known = {article.slug for article in found}
    topics = [article.topic for article in found if article.topic]
    for article in found:
        links = {link for passage in article.passages for link in re.findall(r"\]\(([^)]*)\)", passage.source)}
        if missing := (links | set(article.related)) - known:
            raise BrokenArticle(f"{article.slug} leads to {', '.join(sorted(missing))}, which does not exist")
    if len(topics) != len(set(topics)):
        raise BrokenArticle("two articles answer one topic")
    return {article.slug: article for article in sorted(found, key=lambda article: (GROUPS.index(article.group), article.title))}


def _article(path: Path) -> Article:
    parts = _PARTS.match(path.read_text("utf-8"))
    if parts is None:
        raise BrokenArticle(f"{path.name} has no front matter")
    try:
        front = _Front.model_validate(yaml.safe_load(parts["front"]))
    except (ValueError, yaml.YAMLError) as error:
        raise BrokenArticle(f"{path.name}: {error}") from error
    if front.group not in GROUPS:
        raise BrokenArticle(f"{path.name}: there is no group {front.group}")
    sections = dict(_sections(path, parts["body"]))
    if list(front.asked) != list(sections):
        raise BrokenArticle(f"{path.name}: `asked` names other headings than the text")
    passages = tuple(
        Passage(path.stem, anchor(heading), front.title, heading, source, tuple(part.strip() for part in front.asked[heading].split("|")))
        for heading, source in sections.items()
    )
    return Article(path.stem, front.title, front.group, front.updated, front.topic, front.related, passages)


def _sections(path: Path, body: str) -> Iterator[tuple[str, str]]:
    before, *rest = re.split(r"^## +", body, flags=re.MULTILINE)
    if before.strip() or not rest:
        raise BrokenArticle(f"{path.name}: text stands under headings")
    for section in rest:
        heading, _, source = section.partition("\n")
        source = source.strip()
        if not source or len(source) > LONGEST:
            raise BrokenArticle(f"{path.name}, {heading}: {len(source)} characters, 1 to {LONGEST} are a passage")
        if FOREIGN.search(_FACT.sub("", source)):
            raise BrokenArticle(f"{path.name}, {heading}: only paragraphs, lists and links to articles")
        yield heading.strip(), source


def anchor(heading: str) -> str:
    """Return a heading as the end of an address."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower().replace("'", "")).strip("-")
