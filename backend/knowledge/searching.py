"""The encoder and the finder together: a question in, passages out. Importing this loads the language model's libraries."""

from models.text.artifacts import BrokenModel
from models.text.encoder import Encoder
from models.text.normal import normal

from . import store
from .finding import Found


class Search:
    """A loaded search; safe to call from several threads. Raises BrokenModel when the encoder is missing or not the one that was built."""

    def __init__(self) -> None:
        self._encoder = Encoder()
        self._finder = store.open_finder(self._encoder.encode)

    def nearest(self, question: str, limit: int) -> list[Found]:
        """Return the passages nearest to a question, best first."""
        asked = normal(question)
        return self._finder.search(asked, self._encoder.encode(asked), limit) if asked else []


__all__ = ["BrokenModel", "Search"]
