"""Customers and their contact points."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id


class Customer(Base):
    """A person, as far as one visitor has told us; two customers become one only on a proven contact point."""

    __tablename__ = "customers"
    id: Mapped[Id]
    name: Mapped[str]
    locale: Mapped[str]
    #: The browser this person was met through; None when staff wrote them down.
    visitor_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime]


class ContactPoint(Base):
    """A phone number or e-mail address of a customer, proven or not."""

    __tablename__ = "contact_points"
    __table_args__ = (
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        UniqueConstraint("customer_id", "kind", "value"),
        # Many may type an address; one can prove it.
        Index("uq_contact_points_proven", "kind", "value", unique=True, postgresql_where="proven_at IS NOT NULL"),
        Index("ix_contact_points_kind_value", "kind", "value"),
    )
    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str]
    #: Normalised: e-mail as email-validator writes it, phone as E.164.
    value: Mapped[str]
    created_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
