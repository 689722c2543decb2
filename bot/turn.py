"""What belongs to one turn and to nothing else: who asks, with which token, at which moment. Never part of the assistant's state."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Turn:
    """One turn as the hub described it, and the faults seen while it ran."""

    id: str
    conversation: str
    token: str
    backend: str
    now: datetime
    zone: str
    context: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: str | None = None  # what the assistant asked last, and
    device: str | None = None  # which device is spoken of: short answers mean something only beside them

    def as_json(self) -> dict[str, Any]:
        """What the action server is told of this turn."""
        facts = {name: getattr(self, name) for name in ("id", "conversation", "token", "backend", "zone", "context")}
        return {**facts, "now": self.now.isoformat()}


current: ContextVar[Turn | None] = ContextVar("turn", default=None)
