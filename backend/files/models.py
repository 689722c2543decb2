"""The table of files; what they hold lies in the store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id


class File(Base):
    """A picture as we made it anew. The row is written after what it names lies safely in the store."""

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("owner", "client_id"),
        CheckConstraint("(message_id IS NULL) = (sent_at IS NULL)", name="sent_in_a_message"),
        Index("ix_files_owner_created_at", "owner", "created_at"),
        Index("ix_files_visitor_id_sent_at", "visitor_id", "sent_at"),
        Index("ix_files_unsent", "created_at", postgresql_where=text("message_id IS NULL")),
    )

    id: Mapped[Id]
    #: Who brought it: `visitor:…` or `staff:…`.
    owner: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[str] = mapped_column(String(64))
    #: Whose conversation it is part of, and so who may see it besides staff; erased with it.
    visitor_id: Mapped[UUID | None] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    sent_at: Mapped[datetime | None]
    #: Whether something besides a message has it, such as an order; when it was last let go by that.
    kept: Mapped[bool] = mapped_column(server_default="false", default=False)
    let_go_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    #: What came, to know its repetition; the bytes themselves are not kept.
    source_hash: Mapped[bytes]
    source_kind: Mapped[str] = mapped_column(String(8))
    source_bytes: Mapped[int]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    thumbnail_width: Mapped[int]
    thumbnail_height: Mapped[int]
    #: What the picture shows, in the sender's words.
    alt: Mapped[str | None] = mapped_column(String(300))
