"""What customers see of their repairs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from backend.bookings.models import MAIL_IN
from backend.bookings.schemas import BookingAnswer, CheckAnswer
from backend.capacity.schemas import LocationAnswer
from backend.capacity.words import full_label
from backend.core.schema import Answer
from backend.files.schemas import FileAnswer
from backend.pricing.schemas import QuoteAnswer

from . import stages, words
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
    #: Taken at the bench.
    photos: list[FileAnswer] = []


class ReadyAnswer(Answer):
    """What can be said about when a repair will be ready, and in one sentence."""

    state: Literal["expected", "late", "overdue", "open"]
    #: Ready by then while `expected`, a new time told by then while `late`.
    at: datetime | None
    label: str | None
    sentence: str

    @classmethod
    def of(cls, whole: Whole, told: Told) -> "ReadyAnswer | None":
        """Return the outlook of a repair in words, or None."""
        outlook = told.outlook
        if outlook is None:
            return None
        label = full_label(outlook.at, ZoneInfo(whole.location.zone)) if outlook.at else None
        sentence = words.expectation(outlook, label or "", by_post=whole.order.arrival == MAIL_IN)
        return cls(state=outlook.state, at=outlook.at, label=label, sentence=sentence)


class TrackedRepair(Answer):
    """A repair as its customer follows it."""

    device: str
    stage: str
    stage_label: str
    #: The exact stage in words, such as "Waiting for a part".
    detail_label: str
    stages: list[StepAnswer]
    timeline: list[Happening]
    #: By when it will be ready; null where there is nothing to wait for.
    ready: ReadyAnswer | None

    @classmethod
    def of(cls, whole: Whole, told: Told) -> "TrackedRepair":
        """Return the customer's view: every move, and of notes and photos those marked public."""
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
            timeline=_timeline(whole, told),
            ready=ReadyAnswer.of(whole, told),
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
            repairs=[TrackedRepair.of(whole, told) for told in whole.repairs],
            quote=QuoteAnswer.of(quotes[0]),
            quotes=[QuoteAnswer.of(quote) for quote in quotes],
            checklist=[CheckAnswer.model_validate(check) for check in whole.checks],
            photos=[kept.photo for kept in whole.photos if kept.public and kept.repair_id is None],
            rev=whole.order.rev,
        )


def _steps(moves: Sequence[RepairMove]) -> list[tuple[RepairMove, Step]]:
    """Pair each move with the customer's step it led to; on hold is the step it was held in."""
    return [(move, stages.step_of(Stage(move.to_stage), Stage(move.from_stage) if move.from_stage else None)) for move in moves]


def _timeline(whole: Whole, told: Told) -> list[Happening]:
    zone = ZoneInfo(whole.location.zone)
    found = [Happening(at=move.at, title=LABELS[Stage(move.to_stage)], text=move.note if move.public else None) for move in told.moves]
    found += [
        Happening(at=one.at, title=f"New time: {full_label(one.ready_by, zone)}", text=one.reason)
        for one in told.times
        if one.by is not None and one.ready_by is not None
    ]
    taken: dict[datetime, list[FileAnswer]] = defaultdict(list)
    for kept in whole.photos:
        if kept.public and kept.repair_id == told.repair.id:
            taken[kept.sent_at].append(kept.photo)
    found += [Happening(at=at, title="From the bench", text=None, photos=photos) for at, photos in taken.items()]
    return sorted(found, key=lambda one: one.at)
