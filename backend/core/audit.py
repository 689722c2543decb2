"""The audit row: who did what, when and from where, in the transaction that did it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .db import Base, Id, Session


class AuditRow(Base):
    """One thing somebody did."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject_at", "subject", "at"),)
    id: Mapped[Id]
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]


async def record(session: Session, action: str, *, subject: UUID | None = None, **data: Any) -> None:
    """Add an audit row for the session's principal; data holds ids and codes, not people's words."""
    who = session.principal
    plain = {key: str(value) if isinstance(value, UUID | datetime) else value for key, value in data.items()}
    session.add(
        AuditRow(at=session.now(), actor_kind=who.kind, actor_id=who.id or who.conversation_id, action=action, subject=subject, data=plain)
    )
