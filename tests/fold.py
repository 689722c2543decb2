"""What one open page knows of its conversation, by the same rules as the widget: keyed by id, ordered by seq, complete up to `rev`."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fold:
    """Messages by id with the newest rev; `contradictions` are facts that can never both have been true."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    rev: int = 0
    ahead: set[int] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)

    @property
    def has_gap(self) -> bool:
        """Whether a change arrived whose predecessors are unknown."""
        return bool(self.ahead)

    def message(self, message: dict[str, Any]) -> None:
        """A change that came by itself."""
        self._merge(message)
        self._advance({int(message["rev"])})

    def page(self, page: dict[str, Any]) -> None:
        """An answer to `sync`."""
        for message in page["messages"]:
            self._merge(message)
        self.rev = max(self.rev, int(page["rev"]))
        self._advance(set())

    def shown(self) -> list[dict[str, Any]]:
        """The messages as the page shows them."""
        return sorted(self.messages.values(), key=lambda message: int(message["seq"]))

    def _merge(self, message: dict[str, Any]) -> None:
        known = self.messages.get(message["id"])
        if known is not None:
            for name in ("seq", "client_id", "text", "author"):
                if known[name] != message[name]:
                    self.contradictions.append(f"message {message['id']} had {name} {known[name]!r} and then {message[name]!r}")
            if known["rev"] >= message["rev"]:
                return
        self.messages[message["id"]] = message

    def _advance(self, revs: set[int]) -> None:
        self.ahead = {rev for rev in self.ahead | revs if rev > self.rev}
        while self.rev + 1 in self.ahead:
            self.rev += 1
            self.ahead.discard(self.rev)
