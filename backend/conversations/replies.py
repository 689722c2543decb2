"""What is to be stored as the answer of a turn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

ASSISTANT = "Assistant"


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of ours: parts carry ids, `offers` what lies behind them."""

    text: str
    parts: list[dict[str, Any]] = field(default_factory=list)
    offers: dict[str, Any] = field(default_factory=dict)
    author_kind: str = "bot"


@dataclass(frozen=True, slots=True)
class Handoff:
    """The wish for a person: why, what is known, and what the customer is told once the place in the queue is known."""

    reason: str
    details: dict[str, Any]
    acknowledge: Callable[[int], Reply]
    #: How urgent it is, and what whoever takes it should be able to do.
    priority: int = 0
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a turn comes to; stored whole or not at all. `state` None leaves the assistant's state as it was."""

    replies: tuple[Reply, ...] = ()
    state: dict[str, Any] | None = None
    handoff: Handoff | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a turn."""

    seq: int
    text: str
    taken: dict[str, Any] | None
    #: How many photos came with it; its text then ends with a line that tells of them.
    photos: int = 0

    @property
    def caption(self) -> str:
        """What the customer wrote, without the line that tells of photos."""
        return self.text.rpartition("\n")[0] if self.photos else self.text


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation as its lease found it: whoever finds the same revision again need not read the rest."""

    seq: int
    rev: int
    #: The messages whose offers could still be taken.
    open: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to answer these messages of one conversation until the lease ends or ownership changes."""

    id: UUID
    conversation_id: UUID
    visitor_id: UUID
    epoch: int
    turn_id: UUID
    after: int
    upto: int
    until: datetime
    tries: int
    failures: int
    questions: tuple[Question, ...]
    state: dict[str, Any] | None
    news: dict[str, Any] | None
    contact: dict[str, Any]
    found: Found | None = None
