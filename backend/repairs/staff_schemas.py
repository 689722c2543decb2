"""What the workshop is asked and answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.bookings.models import Booking, Order, ReturnAddress
from backend.bookings.schemas import CheckAnswer, label_of
from backend.capacity.schemas import LocationAnswer
from backend.core.money import Money
from backend.core.schema import Amount, Answer, Line, Moment, Strict
from backend.customers.models import Customer
from backend.files.schemas import FileAnswer
from backend.pricing.schemas import QuoteAnswer

from .models import Repair, RepairMove
from .photos import Kept
from .queries import Listed, Told, Whole
from .schemas import ReadyAnswer
from .stages import STAFF_LABELS, Stage


class MoveRequest(Strict):
    """Where a repair goes; `version` is the one the technician saw."""

    to: Annotated[Stage, Field(strict=False)]
    note: Annotated[str, Field(max_length=2000)] | None = None
    public: bool = False
    version: Annotated[int, Field(ge=1)]


class ReadyRequest(Strict):
    """By when a repair will be ready, what the customer is told about it, and the number of the time that was seen (0 for none)."""

    ready_by: Moment
    reason: Annotated[Line, Field(min_length=1, max_length=300)]
    seq: Annotated[int, Field(ge=0, le=2**31)]


class PhotoRequest(Strict):
    """A picture brought before by the same person, what it shows, and whether the customer's page shows it."""

    file_id: Annotated[UUID, Field(strict=False)]
    caption: Annotated[str, Field(max_length=300)] = ""
    public: bool = False


class PhotosRequest(Strict):
    """Pictures from the bench of one device."""

    repair_id: Annotated[UUID, Field(strict=False)]
    photos: Annotated[list[PhotoRequest], Field(min_length=1, max_length=12)]


class ReadyTimeAnswer(Answer):
    """By when a repair is to be ready; `seq` is what the next one is set against."""

    seq: int
    ready_by: datetime | None
    reason: str | None
    by: UUID | None
    at: datetime


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
    #: All times by which it was to be ready, the one that holds last; and what the customer is told.
    ready_times: list[ReadyTimeAnswer]
    ready: ReadyAnswer | None

    @classmethod
    def told(cls, whole: Whole, told: Told) -> "StaffRepairDetail":
        """Return all the workshop knows of a repair."""
        return cls(
            **dict(StaffRepair.of(told.repair)),
            history=[StaffMove.of(move) for move in told.moves],
            quote=QuoteAnswer.of(told.quote),
            ready_times=[ReadyTimeAnswer.model_validate(one) for one in told.times],
            ready=ReadyAnswer.of(whole, told),
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
    #: Whether one of them should have been ready by now.
    late: bool
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
            late=listed.late,
            total=Amount.of(total),
        )


class OrdersAnswer(Answer):
    """A page of orders; `next_cursor` leads to the next one."""

    items: list[OrderRow]
    next_cursor: UUID | None


class StaffPhoto(FileAnswer):
    """A photo kept with an order, and whether the customer's page shows it; `repair_id` and `by` of one from the bench."""

    sent_at: datetime
    public: bool
    repair_id: UUID | None
    by: UUID | None

    @classmethod
    def kept(cls, kept: Kept) -> "StaffPhoto":
        """Return a photo as staff see it."""
        return cls(**dict(kept.photo), sent_at=kept.sent_at, public=kept.public, repair_id=kept.repair_id, by=kept.by)


class OrderAnswer(Answer):
    """An order with all that staff may see."""

    reference: str
    created_at: datetime
    starts_at: datetime
    label: str
    state: str
    arrival: str
    #: Where a device that came by post goes back to, line by line.
    return_address: list[str]
    customer: CustomerAnswer
    location: LocationAnswer
    repairs: list[StaffRepairDetail]
    checklist: list[CheckAnswer]
    photos: list[StaffPhoto]
    conversation_id: UUID | None
    rev: int

    @classmethod
    def of(cls, whole: Whole, customer: Customer, contacts: dict[str, str]) -> "OrderAnswer":
        """Return an order."""
        return cls(
            **_when(whole.order, whole.booking, ZoneInfo(whole.location.zone)),
            arrival=whole.order.arrival,
            return_address=_lines(whole.address) if whole.address else [],
            customer=CustomerAnswer.of(customer, contacts),
            location=LocationAnswer.of(whole.location),
            repairs=[StaffRepairDetail.told(whole, told) for told in whole.repairs],
            checklist=[CheckAnswer.model_validate(check) for check in whole.checks],
            photos=[StaffPhoto.kept(kept) for kept in whole.photos],
            conversation_id=whole.order.conversation_id,
            rev=whole.order.rev,
        )


def _lines(address: ReturnAddress) -> list[str]:
    return [line for line in (address.line1, address.line2, address.city, address.postcode) if line]


def _when(order: Order, booking: Booking, zone: ZoneInfo) -> dict[str, object]:
    return {
        "reference": order.reference,
        "created_at": order.created_at,
        "starts_at": booking.starts_at.astimezone(zone),
        "label": label_of(order, booking.starts_at, zone),
        "state": booking.state,
    }
