"""Orders, their bookings, holds on slots, and the links by which customers follow an order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id

CONFIRMED, ATTENDED, CANCELLED = "confirmed", "attended", "cancelled"
DROP_OFF, MAIL_IN = "drop_off", "mail_in"


class Order(Base):
    """What a customer brings us: one reference, one or more devices."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_visitor_id_created_at", "visitor_id", "created_at"),)
    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    #: The browser that made it: proof enough to move or cancel it.
    visitor_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None] = mapped_column(index=True)
    #: How the device reaches us: `drop_off` or `mail_in`.
    arrival: Mapped[str]
    #: +1 at every change a follower of the order would see.
    rev: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Booking(Base):
    """Reserves capacity for an order."""

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint("state IN ('confirmed', 'attended', 'cancelled')", name="state"),
        # A quote is an offer for one repair: accepted once, unless given up.
        Index("uq_bookings_quote_id", "quote_id", unique=True, postgresql_where="state <> 'cancelled'"),
        Index("ix_bookings_starts_at", "starts_at"),
        # Who is still to come, of all who ever came.
        Index("ix_bookings_state_starts_at", "state", "starts_at"),
    )
    id: Mapped[Id]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), unique=True)
    #: The first of its quotes.
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str]
    #: +1 at every change; also the calendar file's SEQUENCE.
    version: Mapped[int]
    #: How often the customer has moved it.
    moves: Mapped[int] = mapped_column(server_default="0", default=0)
    #: Where it was moved from last, so that a move can be taken back.
    former_starts_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class BookedQuote(Base):
    """One of the quotes a booking accepts; the order has a repair for each."""

    __tablename__ = "booked_quotes"
    __table_args__ = (Index("uq_booked_quotes_quote_id", "quote_id", unique=True, postgresql_where="live"),)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"), primary_key=True)
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id"), primary_key=True)
    position: Mapped[int]
    #: False once the booking is given up, so that the quote can be booked again.
    live: Mapped[bool]


class Hold(Base):
    """A slot kept for somebody who is about to book; each owner has one."""

    __tablename__ = "holds"
    id: Mapped[Id]
    #: `visitor:…`, `conversation:…` or `staff:…`.
    owner: Mapped[str] = mapped_column(unique=True)
    #: The browser behind the owner, so that those of one network can be counted.
    visitor_id: Mapped[UUID | None]
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id"))
    #: Quotes beside the first, for as many more devices.
    more_quote_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}", default=list)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    @property
    def quote_ids(self) -> list[UUID]:
        """Return all its quotes."""
        return [self.quote_id, *self.more_quote_ids]


class ReturnAddress(Base):
    """Where a device that comes by post goes back to."""

    __tablename__ = "return_addresses"
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    line1: Mapped[str]
    line2: Mapped[str | None]
    city: Mapped[str]
    #: As Royal Mail writes it, such as `LS1 5AB`.
    postcode: Mapped[str]


class OrderFollower(Base):
    """A browser that did not book: in its conversation it may do what the order's link allows, for as long as it has that from somewhere.

    From a link while the link lives, from a code for `proof_days`; from both while one of them holds.
    """

    __tablename__ = "order_followers"
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime]
    #: The newest link it has shown.
    token_hash: Mapped[bytes | None] = mapped_column(ForeignKey("tracking_links.token_hash", ondelete="SET NULL"), index=True)
    #: When it last typed a code.
    proven_at: Mapped[datetime | None]


class OrderCode(Base):
    """A one-time code a browser asked for to prove that an order is its customer's; asked for unknown orders too, which never get one."""

    __tablename__ = "order_codes"
    __table_args__ = (
        Index("ix_order_codes_visitor_id_reference", "visitor_id", "reference", "created_at"),
        Index("ix_order_codes_reference_created_at", "reference", "created_at"),
    )
    id: Mapped[Id]
    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("visitors.id", ondelete="CASCADE"))
    #: As it was asked for; whether there is such an order is nobody's business here.
    reference: Mapped[str]
    #: None until the mail is written; keyed with the site's secret.
    code_hash: Mapped[bytes | None]
    wrong: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OrderCheck(Base):
    """How far a customer is with one thing of the checklist before the visit."""

    __tablename__ = "order_checks"
    __table_args__ = (CheckConstraint("answer IN ('done', 'not_yet', 'skipped')", name="answer"),)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[str]
    note: Mapped[str | None]
    answered_at: Mapped[datetime]


class TrackingLink(Base):
    """An unguessable link to an order's tracking page; only the hash of its token is kept."""

    __tablename__ = "tracking_links"
    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    created_at: Mapped[datetime]
