"""What is asked and answered about repairs without a ready price."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.capacity.words import slot_label
from backend.core.schema import Answer, Line, Strict

from .basis import HandLine
from .models import PriceRequest
from .schemas import Code, Coded, DeviceOfQuote

Reason = Annotated[Line, Field(max_length=300)]


class PriceRequestWish(Strict):
    """What people are to price."""

    device: Annotated[str, Field(min_length=1, max_length=120)]
    faults: Annotated[list[Code], Field(max_length=12, default_factory=list)]
    services: Annotated[list[Code], Field(max_length=12, default_factory=list)]
    urgency: Literal["standard", "priority", "express"] = "standard"
    name: Annotated[str, Field(max_length=200)] | None = None
    #: Where the answer goes besides the chat.
    email: Annotated[str, Field(max_length=320)] | None = None


class PriceRequestAnswer(Answer):
    """A customer's own request: by when it is answered, in the shop's time."""

    id: UUID
    device: DeviceOfQuote
    answer_by: datetime
    label: str

    @classmethod
    def of(cls, row: PriceRequest, zone: str) -> "PriceRequestAnswer":
        """Return the answer's form of a request."""
        device = DeviceOfQuote(slug=row.device_slug, name=row.device_name)
        return cls(id=row.id, device=device, answer_by=row.due_at, label=slot_label(row.due_at, ZoneInfo(zone)))


class StaffPriceRequest(Answer):
    """A request as staff see it: who asks what, since when, and until when they were promised an answer."""

    id: UUID
    state: str
    device: DeviceOfQuote
    faults: list[Coded]
    services: list[Coded]
    missing: list[str]
    urgency: str
    name: str | None
    email: str | None
    conversation_id: UUID | None
    asked_at: datetime
    due_at: datetime
    late: bool
    answered_at: datetime | None
    reason: str | None
    quote_id: UUID | None

    @classmethod
    def of(cls, row: PriceRequest, now: datetime) -> "StaffPriceRequest":
        """Return the answer's form of a request."""
        same = ("id", "state", "missing", "urgency", "name", "email", "conversation_id", "asked_at", "due_at")
        return cls(
            **{name: getattr(row, name) for name in (*same, "answered_at", "reason", "quote_id")},
            device=DeviceOfQuote(slug=row.device_slug, name=row.device_name),
            faults=[Coded(**fault) for fault in row.faults],
            services=[Coded(**service) for service in row.services],
            late=row.state == "open" and row.due_at < now,
        )


class StaffPriceRequests(Answer):
    """Requests for staff; `next_cursor` leads to those after them, and is null on the last page."""

    requests: list[StaffPriceRequest]
    next_cursor: UUID | None


class HandLineWish(Strict):
    """One line of a quote by hand; less than nothing takes off."""

    label: Annotated[Line, Field(max_length=120)]
    amount_minor: Annotated[int, Field(ge=-2_000_000, le=2_000_000)]


class ByHandWish(Strict):
    """A price made by a person."""

    lines: Annotated[list[HandLineWish], Field(min_length=1, max_length=20)]
    reason: Reason
    duration_minutes: Annotated[int, Field(ge=5, le=480)]
    warranty_months: Annotated[int, Field(ge=0, le=60)]

    def hand_lines(self) -> list[HandLine]:
        """Return the lines as the rules know them."""
        return [HandLine(label=line.label, amount_minor=line.amount_minor) for line in self.lines]


class DeclineWish(Strict):
    """Why we cannot do it, in words for the customer."""

    reason: Reason
