"""What customers see of their repairs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from backend.bookings.schemas import BookingAnswer, CheckAnswer
from backend.capacity.schemas import LocationAnswer
from backend.core.schema import Answer
from backend.files.schemas import FileAnswer
from backend.pricing.schemas import QuoteAnswer

from . import stages
from .models import Repair, RepairMove
from .queries import Told, Whole
from .stages import LABELS, STEP_LABELS, Stage, Step


class CoarseStep(Answer):
    """One of the customer's steps, without its times."""

    code: str
    label: str
    state: Literal["done", "current", "todo"]


class CoarseRepair(Answer):
    """As much as whoever only knows a reference may see."""

    device: str
    stage: str
    stage_label: str
    stages: list[CoarseStep]
    updated_at: datetime

    @classmethod
    def of(cls, repair: Repair) -> "CoarseRepair":
        """Return a repair's coarse stage."""
        step = stages.step_of(repair.at, repair.held)
        path = stages.path_of(repair.at, repair.held, frozenset())
        return cls(
            device=repair.device_name,
            stage=step,
            stage_label=STEP_LABELS[step],
            stages=[CoarseStep(code=shown.step, label=shown.label, state=shown.state) for shown in path],
            updated_at=repair.moved_at,
        )


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


class DetailAnswer(Answer):
    """Where each device of an order stands, in full."""

    reference: str
    repairs: list[TrackedRepair]


class TrackingAnswer(Answer):
    """An order as the follower of its link sees it."""

    reference: str
    shop: LocationAnswer
    booking: BookingAnswer
    repairs: list[TrackedRepair]
    #: The first device's; `quotes` has one for each repair, in the same order.
    quote: QuoteAnswer
    quotes: list[QuoteAnswer]
    #: What to see to before the visit, and how far that is.
    checklist: list[CheckAnswer]
    #: What the customer sent in the chat, oldest first.
    photos: list[FileAnswer]
    #: Grows with every change; a hint names the newest.
    rev: int

    @classmethod
    def of(cls, whole: Whole) -> "TrackingAnswer":
        """Return the customer's view of an order."""
        quotes = [told.quote for told in whole.repairs]
        return cls(
            reference=whole.order.reference,
            shop=LocationAnswer.of(whole.location),
            booking=BookingAnswer.of(whole.order, whole.booking, quotes, whole.location),
            repairs=[TrackedRepair.of(told) for told in whole.repairs],
            quote=QuoteAnswer.of(quotes[0]),
            quotes=[QuoteAnswer.of(quote) for quote in quotes],
            checklist=[CheckAnswer.model_validate(check) for check in whole.checks],
            photos=[kept.photo for kept in whole.photos if kept.public],
            rev=whole.order.rev,
        )


def _steps(moves: Sequence[RepairMove]) -> list[tuple[RepairMove, Step]]:
    """Pair each move with the customer's step it led to; on hold is the step it was held in."""
    return [(move, stages.step_of(Stage(move.to_stage), Stage(move.from_stage) if move.from_stage else None)) for move in moves]
