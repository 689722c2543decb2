"""Tables of conversations, and the one place where ownership moves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.conversations import rules
from backend.conversations.errors import MoveNotAllowed
from backend.core.db import Base, Id

#: What may happen to a conversation in whose hands, and in whose hands it is then.
MOVES: dict[tuple[str, str], str] = {
    ("closed", "customer_writes"): "bot",
    ("bot", "handoff"): "waiting",
    ("waiting", "never_mind"): "bot",
    ("bot", "take"): "technician",
    ("waiting", "take"): "technician",
    ("closed", "take"): "technician",
    ("technician", "take"): "technician",
    ("technician", "transfer"): "technician",
    ("technician", "requeue"): "waiting",
    ("technician", "lose"): "technician",
    ("technician", "release"): "bot",
    ("bot", "resolve"): "closed",
    ("waiting", "resolve"): "closed",
    ("technician", "resolve"): "closed",
}


class Conversation(Base):
    """All that one visitor and the shop ever say to each other, and in whose hands it is."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("owner IN ('bot', 'waiting', 'technician', 'closed')", name="owner_known"),
        CheckConstraint("owner = 'technician' OR technician_id IS NULL", name="technician_owns"),
        Index("ix_conversations_unanswered", "turn_lease_until", postgresql_where=text("owner = 'bot' AND asked_seq > answered_seq")),
        Index("ix_conversations_queue", "priority", "waiting_since", postgresql_where=text("owner = 'waiting'")),
    )

    id: Mapped[Id]
    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"), unique=True)
    owner: Mapped[str] = mapped_column(String(16), default="bot")
    #: Nobody while the technician who had it is gone and nobody waits for an answer.
    technician_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"), index=True)
    #: Plus one at every change of owner or technician: what was begun under another epoch no longer counts.
    epoch: Mapped[int] = mapped_column(default=1)
    rev: Mapped[int] = mapped_column(default=0)
    seq: Mapped[int] = mapped_column(default=0)
    #: The last customer message the assistant was asked to answer, and the last one it has answered.
    asked_seq: Mapped[int] = mapped_column(default=0)
    answered_seq: Mapped[int] = mapped_column(default=0)
    #: The turn under way: kept over a killed worker, so that its repetition is the same turn to the backend.
    turn_id: Mapped[UUID | None]
    turn_upto: Mapped[int | None]
    turn_tries: Mapped[int] = mapped_column(default=0)
    turn_lease: Mapped[UUID | None]
    turn_lease_until: Mapped[datetime | None]
    #: Failed turns in a row.
    failures: Mapped[int] = mapped_column(default=0)
    assistant_state: Mapped[dict[str, Any] | None]
    #: What the assistant is told once, with its next turn, about what happened while it was silent.
    news: Mapped[dict[str, Any] | None]
    #: What this customer typed into our forms (name, email, phone): convenience, never proof.
    contact: Mapped[dict[str, Any]] = mapped_column(default=dict)
    skill: Mapped[str | None] = mapped_column(String(40))
    priority: Mapped[int] = mapped_column(default=0)
    handoff: Mapped[dict[str, Any] | None]
    waiting_since: Mapped[datetime | None]
    #: Where a waiting conversation stands in the queue: when it began to wait, less the head start of its priority.
    ranked_at: Mapped[datetime | None]
    #: Until when its technician does not want to see it.
    snoozed_until: Mapped[datetime | None] = mapped_column(index=True)
    #: The number of the last note.
    note: Mapped[int] = mapped_column(default=0, server_default="0")
    episode: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def unclaimed(self) -> bool:
        """Whether it is a technician's to answer and none has it."""
        return self.owner == "technician" and self.technician_id is None

    def move(self, on: str, now: datetime, *, technician_id: UUID | None = None, since: datetime | None = None) -> None:
        """Hand the conversation on; a new epoch begins and a turn under way loses it. Raises MoveNotAllowed.

        `since`: when whoever waits from now on began to. What it is about and how urgent is set before.
        """
        to = MOVES.get((self.owner, on))
        if to is None:
            raise MoveNotAllowed(owner=self.owner)
        if self.owner == "closed":
            self.episode += 1
        self.owner = to
        self.technician_id = technician_id if to == "technician" else None
        self.waiting_since = (since or now) if to == "waiting" else None
        self.ranked_at = rules.ranked_at(self.waiting_since, self.priority) if self.waiting_since else None
        self.snoozed_until = None
        self.epoch += 1
        self.failures = 0
        self.end_turn()
        if to == "bot":
            # What was said to people is theirs to answer; see `handover.release` for the exception.
            self.handoff, self.answered_seq = None, self.seq
            self.skill, self.priority = None, 0

    def end_turn(self) -> None:
        """Let go of the turn under way: its words and deeds no longer find a home."""
        self.turn_id = self.turn_upto = self.turn_lease = self.turn_lease_until = None
        self.turn_tries = 0


class Message(Base):
    """Something said in a conversation, by anybody."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
        Index("ix_messages_conversation_id_rev", "conversation_id", "rev", unique=True),
        Index("ix_messages_open", "conversation_id", postgresql_where=text("open")),
        CheckConstraint("author_kind IN ('customer', 'bot', 'technician', 'system')", name="author_known"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    episode: Mapped[int]
    seq: Mapped[int]
    rev: Mapped[int]
    client_id: Mapped[str | None] = mapped_column(String(64))
    author_kind: Mapped[str] = mapped_column(String(16))
    author_name: Mapped[str | None] = mapped_column(String(80))
    author_id: Mapped[UUID | None]
    at: Mapped[datetime]
    text: Mapped[str]
    parts: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: What lies behind the ids in `parts`, by id; never leaves the server.
    offers: Mapped[dict[str, Any] | None]
    #: Whether one of those offers can still be taken.
    open: Mapped[bool] = mapped_column(default=False)
    #: The id of the offer this message took, and what lay behind it; the latter never leaves the server.
    choice: Mapped[str | None] = mapped_column(String(64))
    taken: Mapped[dict[str, Any] | None]
    body_hash: Mapped[bytes | None]
    turn_id: Mapped[UUID | None]


class Note(Base):
    """Something staff wrote for each other beside a conversation; its customer and the assistant never see it."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("conversation_id", "number"), UniqueConstraint("conversation_id", "client_id"))

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    number: Mapped[int]
    episode: Mapped[int]
    #: The message it was written after.
    after_seq: Mapped[int]
    client_id: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[bytes]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    author_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    text: Mapped[str]
    #: Ids of the staff it names.
    mentions: Mapped[list[str]]


class ReadPosition(Base):
    """How far somebody has read."""

    __tablename__ = "read_positions"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    reader_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    reader_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    at: Mapped[datetime]


class Deed(Base):
    """Something the assistant did for the customer during a turn, beside what it said."""

    __tablename__ = "deeds"

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    turn_id: Mapped[UUID] = mapped_column(index=True)
    operation: Mapped[str] = mapped_column(String(80))
    reference: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime]
    #: Whether the customer has been told, by the turn's own words or by a line of ours.
    told: Mapped[bool] = mapped_column(default=False)
