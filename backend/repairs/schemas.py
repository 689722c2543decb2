"""What the workshop's routes are asked and answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.bookings.models import Booking, Order
from backend.bookings.schemas import BookingAnswer
from backend.capacity.schemas import LocationAnswer
from backend.capacity.words import slot_label
from backend.core.money import Money
from backend.core.schema import Amount, Answer, Strict
from backend.customers.models import Customer
from backend.pricing.schemas import QuoteAnswer

from . import stages
from .models import Repair, RepairMove
from .queries import Listed, Told, Whole
from .stages import LABELS, STAFF_LABELS, STEP_LABELS, Stage, Step


class MoveRequest(Strict):
    """Where a repair goes; `version` is the one the technician saw."""

    to: Annotated[Stage, Field(strict=False)]
    note: Annotated[str, Field(max_length=2000)] | None = None
    public: bool = False
    version: Annotated[int, Field(ge=1)]


class CoarseRepair(Answer):
    """As much as whoever only knows a reference may see."""

    device: str
    stage: str
    stage_label: str
    updated_at: datetime

    @classmethod
    def of(cls, repair: Repair) -> "CoarseRepair":
        """Return a repair's coarse stage."""
        step = stages.step_of(repair.at, repair.held)
        return cls(device=repair.device_name, stage=step, stage_label=STEP_LABELS[step], updated_at=repair.moved_at)


class StatusAnswer(Answer):
    """The coarse state of an order."""

    reference: str
    repairs: list[CoarseRepair]


class StatusesAnswer(Answer):
    """The coarse state of several orders, newest first."""

    items: list[StatusAnswer]


class StepAnswer(Answer):
    """One of the customer's steps."""

    code: str
    label: str
    state: Literal["done", "current", "todo"]
    at: datetime | None


class Happening(Answer):
    """One line of the timeline."""

    at: datetime
    title: str
    text: str | None


class TrackedRepair(Answer):
    """A repair as its customer follows it."""

    device: str
    stage: str
    stage_label: str
    #: The exact stage in words, such as "Waiting for a part".
    detail_label: str
    stages: list[StepAnswer]
    timeline: list[Happening]

    @classmethod
    def of(cls, told: Told) -> "TrackedRepair":
        """Return the customer's view: every move, and the notes marked public."""
        repair = told.repair
        first: dict[Step, datetime] = {}
        for move, step in _steps(told.moves):
            first.setdefault(step, move.at)
        step = stages.step_of(repair.at, repair.held)
        path = stages.path_of(repair.at, repair.held, frozenset(first))
        return cls(
            device=repair.device_name,
            stage=step,
            stage_label=STEP_LABELS[step],
            detail_label=LABELS[repair.at],
            stages=[
                StepAnswer(
                    code=shown.step, label=shown.label, state=shown.state, at=first.get(shown.step) if shown.state != "todo" else None
                )
                for shown in path
            ],
            timeline=[
                Happening(at=move.at, title=LABELS[Stage(move.to_stage)], text=move.note if move.public else None) for move in told.moves
            ],
        )


class TrackingAnswer(Answer):
    """An order as the follower of its link sees it."""

    reference: str
    shop: LocationAnswer
    booking: BookingAnswer
    repairs: list[TrackedRepair]
    quote: QuoteAnswer
    #: Grows with every change; a hint names the newest.
    rev: int

    @classmethod
    def of(cls, whole: Whole) -> "TrackingAnswer":
        """Return the customer's view of an order."""
        quote = whole.repairs[0].quote
        return cls(
            reference=whole.order.reference,
            shop=LocationAnswer.of(whole.location),
            booking=BookingAnswer.of(whole.order, whole.booking, quote, whole.location),
            repairs=[TrackedRepair.of(told) for told in whole.repairs],
            quote=QuoteAnswer.of(quote),
            rev=whole.order.rev,
        )


class CustomerAnswer(Answer):
    """A customer as staff see him."""

    id: UUID
    name: str
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, customer: Customer, contacts: dict[str, str]) -> "CustomerAnswer":
        """Return a customer with how to reach him."""
        return cls(id=customer.id, name=customer.name, email=contacts.get("email"), phone=contacts.get("phone"))


class AllowedMove(Answer):
    """A move that can be made now."""

    to: Stage
    label: str


class StaffRepair(Answer):
    """A repair as the workshop sees it."""

    id: UUID
    device: str
    stage: Stage
    stage_label: str
    version: int
    moved_at: datetime
    moves: list[AllowedMove]

    @classmethod
    def of(cls, repair: Repair) -> "StaffRepair":
        """Return a repair with the moves it allows."""
        return cls(
            id=repair.id,
            device=repair.device_name,
            stage=repair.at,
            stage_label=STAFF_LABELS[repair.at],
            version=repair.version,
            moved_at=repair.moved_at,
            moves=[AllowedMove(to=stage, label=STAFF_LABELS[stage]) for stage in repair.allowed],
        )


class StaffMove(Answer):
    """One move with its note, whoever it is for."""

    at: datetime
    stage: Stage
    stage_label: str
    note: str | None
    public: bool
    by: UUID | None

    @classmethod
    def of(cls, move: RepairMove) -> "StaffMove":
        """Return a move."""
        stage = Stage(move.to_stage)
        return cls(at=move.at, stage=stage, stage_label=STAFF_LABELS[stage], note=move.note, public=move.public, by=move.by)


class StaffRepairDetail(StaffRepair):
    """A repair with its history and its quote."""

    history: list[StaffMove]
    quote: QuoteAnswer

    @classmethod
    def told(cls, told: Told) -> "StaffRepairDetail":
        """Return all the workshop knows of a repair."""
        return cls(
            **dict(StaffRepair.of(told.repair)), history=[StaffMove.of(move) for move in told.moves], quote=QuoteAnswer.of(told.quote)
        )


class OrderRow(Answer):
    """One row of the staff list."""

    reference: str
    created_at: datetime
    starts_at: datetime
    label: str
    state: str
    customer: CustomerAnswer
    repairs: list[StaffRepair]
    total: Amount

    @classmethod
    def of(cls, listed: Listed, zone: ZoneInfo) -> "OrderRow":
        """Return a row."""
        quotes = [listed.quotes[repair.quote_id] for repair in listed.repairs]
        total = sum((Money(quote.total_minor, quote.currency) for quote in quotes[1:]), Money(quotes[0].total_minor, quotes[0].currency))
        return cls(
            **_when(listed.order, listed.booking, zone),
            customer=CustomerAnswer.of(listed.customer, listed.contacts),
            repairs=[StaffRepair.of(repair) for repair in listed.repairs],
            total=Amount.of(total),
        )


class OrdersAnswer(Answer):
    """A page of orders; `next_cursor` leads to the next one."""

    items: list[OrderRow]
    next_cursor: UUID | None


class OrderAnswer(Answer):
    """An order with all that staff may see."""

    reference: str
    created_at: datetime
    starts_at: datetime
    label: str
    state: str
    customer: CustomerAnswer
    location: LocationAnswer
    repairs: list[StaffRepairDetail]
    conversation_id: UUID | None
    rev: int

    @classmethod
    def of(cls, whole: Whole, customer: Customer, contacts: dict[str, str]) -> "OrderAnswer":
        """Return an order."""
        return cls(
            **_when(whole.order, whole.booking, ZoneInfo(whole.location.zone)),
            customer=CustomerAnswer.of(customer, contacts),
            location=LocationAnswer.of(whole.location),
            repairs=[StaffRepairDetail.told(told) for told in whole.repairs],
            conversation_id=whole.order.conversation_id,
            rev=whole.order.rev,
        )


def _when(order: Order, booking: Booking, zone: ZoneInfo) -> dict[str, object]:
    return {
        "reference": order.reference,
        "created_at": order.created_at,
        "starts_at": booking.starts_at.astimezone(zone),
        "label": slot_label(booking.starts_at, zone),
        "state": booking.state,
    }


def _steps(moves: Sequence[RepairMove]) -> list[tuple[RepairMove, Step]]:
    """Pair each move with the customer's step it led to; on hold is the step it was held in."""
    return [(move, stages.step_of(Stage(move.to_stage), Stage(move.from_stage) if move.from_stage else None)) for move in moves]
