"""The outbound log: one row for each message we mean to send."""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id

State = Literal["queued", "sending", "sent", "failed", "unknown", "moot"]

MOVES: dict[State, frozenset[State]] = {
    "queued": frozenset({"sending", "moot", "failed"}),
    "sending": frozenset({"sent", "failed", "queued", "unknown"}),
    # A slow answer may still come after the sweep has given up on it.
    # And what its service does not have in its books surely was not sent.
    "unknown": frozenset({"sent", "failed", "queued"}),
    "sent": frozenset(),
    "failed": frozenset(),
    "moot": frozenset(),
}


class OutboundMessage(Base):
    """An intention to tell somebody something, and what became of it."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in get_args(State))})", name="state"),
        Index("ix_outbound_messages_unfinished", "due_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_outbound_messages_counted", "counted", "claimed_at", postgresql_where=text("counted IS NOT NULL")),
        Index("ix_outbound_messages_order_id", "order_id", postgresql_where=text("order_id IS NOT NULL")),
    )

    id: Mapped[Id]
    channel: Mapped[str] = mapped_column(String(16))
    to: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    template: Mapped[str] = mapped_column(String(64))
    #: One intention, one row: "event id:template".
    dedupe: Mapped[str] = mapped_column(String(128), unique=True)
    #: Ids only; the words, and any secret in them, are made when it is sent.
    context: Mapped[dict[str, Any]]
    #: Under which name it counts towards its recipient's cap, such as `news:ada@example.com`; None for what the shop itself caused.
    counted: Mapped[str | None] = mapped_column(String(270))
    order_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    state: Mapped[State] = mapped_column(String(16), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(String(255))
    #: How far a text has come by its service's own word: `sent`, `delivered`, `read`, `undelivered`, `failed`.
    receipt: Mapped[str | None] = mapped_column(String(16))
    error_code: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    #: Set just before the provider may take it: from here on a lost answer means "unknown".
    handed_over_at: Mapped[datetime | None]
    #: When it first had to wait because its recipient had been written to often enough.
    held_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def move(self, to: State, *, at: datetime, error_code: str | None = None) -> None:
        """Change the state by an allowed move; `at` becomes the end when nothing more will happen by itself."""
        if to not in MOVES[self.state]:
            raise RuntimeError(f"an outbound message cannot go from {self.state} to {to}")
        self.state = to
        self.error_code = error_code
        self.finished_at = at if to in ("sent", "failed", "unknown", "moot") else None
