"""The price book and the quotes made from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.db import Base, Id

from .parts import Grade, Own


class PriceBook(Base):
    """One published version of the price book; the newest is in force."""

    __tablename__ = "price_books"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    rates: Mapped[dict[str, Any]]
    #: `parts.Tables` as JSON: what part prices are derived from.
    tables: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    #: `rules.Adjustments` as JSON: season, age, bundle and demand.
    adjustments: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    published_at: Mapped[datetime]


class PartPrice(Base):
    """What one version of the book says by name about a part for a model, VAT included; its tables say the rest."""

    __tablename__ = "part_prices"
    book_version: Mapped[int] = mapped_column(ForeignKey("price_books.version"), primary_key=True)
    device_slug: Mapped[str] = mapped_column(primary_key=True)
    service_code: Mapped[str] = mapped_column(ForeignKey("repair_services.code"), primary_key=True)
    #: The price of the usual grade.
    amount_minor: Mapped[int | None]
    #: Prices of single grades. Neither these nor an amount: a person has to look.
    grades: Mapped[dict[str, Any]] = mapped_column(server_default="{}")

    @property
    def said(self) -> Own:
        """Return the price as the files write it."""
        if self.amount_minor is not None:
            return self.amount_minor
        return TypeAdapter(dict[Grade, int]).validate_python(self.grades) or "ask"


class Quote(Base):
    """An offer for one device: never changed, only followed by a newer version in the same series."""

    __tablename__ = "quotes"
    __table_args__ = (UniqueConstraint("series_id", "version"), Index("ix_quotes_visitor_id", "visitor_id"))
    id: Mapped[Id]
    series_id: Mapped[UUID]
    version: Mapped[int]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device_models.id"))
    device_slug: Mapped[str]
    device_name: Mapped[str]
    category: Mapped[str]
    faults: Mapped[list[dict[str, Any]]]
    services: Mapped[list[dict[str, Any]]]
    urgency: Mapped[str]
    currency: Mapped[str]
    total_minor: Mapped[int]
    vat_minor: Mapped[int]
    low_minor: Mapped[int | None]
    high_minor: Mapped[int | None]
    duration_minutes: Mapped[int]
    warranty_months: Mapped[int]
    book_version: Mapped[int] = mapped_column(ForeignKey("price_books.version"))
    catalogue_version: Mapped[int]
    #: `basis.Basis` as JSON: from it alone the same lines come out again.
    basis: Mapped[dict[str, Any]]
    #: Owner: the visitor it was made for, the conversation it was made in, or the member of staff who made it.
    visitor_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    lines: Mapped[list["QuoteLine"]] = relationship(lazy="raise", order_by="QuoteLine.position")


class QuoteLine(Base):
    """One line of a quote."""

    __tablename__ = "quote_lines"
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    label: Mapped[str]
    service_code: Mapped[str | None]
    amount_minor: Mapped[int]


class PriceRequest(Base):
    """A repair the book has no price for, waiting for somebody of the staff; answered once."""

    __tablename__ = "price_requests"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'priced', 'declined')", name="state_known"),
        CheckConstraint("(state = 'priced') = (quote_id IS NOT NULL)", name="priced_by_quote"),
        Index("ix_price_requests_open", "due_at", postgresql_where=text("state = 'open'")),
        Index("ix_price_requests_visitor_id", "visitor_id"),
    )
    id: Mapped[Id]
    state: Mapped[str] = mapped_column(default="open")
    device_slug: Mapped[str]
    device_name: Mapped[str]
    faults: Mapped[list[dict[str, Any]]]
    #: All that would be done, and of it what has no price.
    services: Mapped[list[dict[str, Any]]]
    missing: Mapped[list[str]]
    urgency: Mapped[str]
    visitor_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    name: Mapped[str | None]
    email: Mapped[str | None]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    #: What the customer is told along with the answer.
    reason: Mapped[str | None]
    quote_id: Mapped[UUID | None] = mapped_column(ForeignKey("quotes.id"))


@event.listens_for(Quote, "before_update")
@event.listens_for(QuoteLine, "before_update")
def _never_changed(mapper: object, connection: object, target: object) -> None:
    raise RuntimeError("quotes are immutable; make a new version")
