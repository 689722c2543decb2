"""Tables of identity: what a browser holds, who works here, and where they are signed in."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id

IDLE_LIMIT = timedelta(minutes=60)
ABSOLUTE_LIMIT = timedelta(hours=12)


class Visitor(Base):
    """A browser (or terminal) that has spoken with us; it proves itself by a token of which we keep the hash."""

    __tablename__ = "visitors"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    #: Where it came from first, as `address.network` writes it: visitors cost nothing, so those of one network are counted together.
    #: None for those from before it was kept, and for whoever came from no address.
    network: Mapped[bytes | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Staff(Base):
    """Somebody who works in the shop."""

    __tablename__ = "staff"
    __table_args__ = (
        Index("uq_staff_email_folded", text("lower(email)"), unique=True),
        CheckConstraint("role IN ('technician', 'manager', 'admin')", name="role_known"),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class StaffSession(Base):
    """One browser in which a member of staff is signed in."""

    __tablename__ = "staff_sessions"

    id: Mapped[Id]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    def live(self, now: datetime) -> bool:
        """True while it is neither revoked, nor idle for an hour, nor twelve hours old."""
        return self.revoked_at is None and now < self.expires_at and now - self.last_seen_at < IDLE_LIMIT


class Presence(Base):
    """When somebody of the staff was last seen at work, in whatever browser."""

    __tablename__ = "presence"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    #: When their desk last answered; None for whoever works without one.
    desk_at: Mapped[datetime | None]
    #: Whether they said that they are not to be counted on just now.
    away: Mapped[bool] = mapped_column(default=False, server_default="false")


class SocketTicket(Base):
    """The right to open one socket as the member of staff behind a session; we keep the ticket's hash."""

    __tablename__ = "socket_tickets"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("staff_sessions.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
