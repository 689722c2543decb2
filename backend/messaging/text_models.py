"""Tables of texts: whom we know on the telephone network, and what came in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base


class TextAddress(Base):
    """A number on a channel: the one conversation it has, when it was last heard, and whether it wants to hear from us."""

    __tablename__ = "text_addresses"
    __table_args__ = (CheckConstraint("channel IN ('sms', 'whatsapp')", name="channel"),)

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    visitor_id: Mapped[UUID | None] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"), unique=True)
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), unique=True)
    #: How far what was said in the conversation has been queued to go out.
    carried_seq: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    heard_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]


class InboundText(Base):
    """What somebody wrote, as we were told: stored before anything else is done with it."""

    __tablename__ = "inbound_texts"
    __table_args__ = (Index("ix_inbound_texts_undone", "received_at", postgresql_where=text("done_at IS NULL")),)

    sid: Mapped[str] = mapped_column(String(40), primary_key=True)
    form: Mapped[dict[str, Any]]
    #: `webhook`, or `list` when we were not told and found it in the service's books.
    source: Mapped[str] = mapped_column(String(16))
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    #: What became of it: `accepted`, `keyword`, `reaction`, `empty`, `refused`.
    outcome: Mapped[str | None] = mapped_column(String(16))
