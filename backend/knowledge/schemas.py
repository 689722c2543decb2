"""What the knowledge answers."""

from datetime import date

from backend.core.schema import Answer

from .queries import Said, Shown


class PassageAnswer(Answer):
    """A passage of an article, ready to be said; `url` is its page."""

    slug: str
    anchor: str
    title: str
    heading: str
    text: str
    url: str
    score: float

    @classmethod
    def of(cls, said: Said, public_url: str) -> "PassageAnswer":
        """Return the answer's form of a passage."""
        passage = said.passage
        return cls(
            slug=passage.slug,
            anchor=passage.anchor,
            title=passage.title,
            heading=passage.heading,
            text=said.text,
            url=f"{public_url}/help/{passage.slug}#{passage.anchor}",
            score=said.score,
        )


class SearchAnswer(Answer):
    """The passage that answers the question, none when nothing is near enough, and what is near it."""

    answer: PassageAnswer | None
    items: list[PassageAnswer]


class ArticleAnswer(Answer):
    """A whole article."""

    slug: str
    title: str
    group: str
    updated: date
    passages: list[PassageAnswer]

    @classmethod
    def of(cls, shown: Shown, public_url: str) -> "ArticleAnswer":
        """Return the answer's form of an article."""
        article = shown.article
        passages = [PassageAnswer.of(said, public_url) for said in shown.passages]
        return cls(slug=article.slug, title=article.title, group=article.group, updated=article.updated, passages=passages)
