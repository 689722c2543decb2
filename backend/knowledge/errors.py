"""Refusals of the knowledge."""

from backend.core.errors import NotFound, Unavailable


class ArticleUnknown(NotFound):
    """There is no such article, or the shop's facts leave nothing of it to say."""

    code, title = "article_unknown", "We have no such article."


class SearchUnavailable(Unavailable):
    """The language model that compares questions is not there; the articles themselves can still be read."""

    code, title = "search_unavailable", "Searching does not work just now. The list of articles does."
