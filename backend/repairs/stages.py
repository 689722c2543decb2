"""The stages of a repair, which moves are allowed, and the fewer steps the customer sees."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Stage(StrEnum):
    """Where a repair stands in the workshop."""

    BOOKED = "booked"
    RECEIVED = "received"
    DIAGNOSING = "diagnosing"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_PARTS = "awaiting_parts"
    REPAIRING = "repairing"
    QUALITY_CHECK = "quality_check"
    READY = "ready"
    COLLECTED = "collected"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    UNREPAIRABLE = "unrepairable"
    ON_HOLD = "on_hold"


S = Stage

#: From where to where. A repair on hold goes back to the stage it was held in, besides these.
MOVES: dict[Stage, frozenset[Stage]] = {
    S.BOOKED: frozenset({S.RECEIVED, S.CANCELLED}),
    S.RECEIVED: frozenset({S.DIAGNOSING, S.ON_HOLD, S.CANCELLED}),
    S.DIAGNOSING: frozenset({S.AWAITING_APPROVAL, S.AWAITING_PARTS, S.REPAIRING, S.UNREPAIRABLE, S.ON_HOLD, S.CANCELLED}),
    S.AWAITING_APPROVAL: frozenset({S.AWAITING_PARTS, S.REPAIRING, S.UNREPAIRABLE, S.ON_HOLD, S.CANCELLED}),
    S.AWAITING_PARTS: frozenset({S.REPAIRING, S.UNREPAIRABLE, S.ON_HOLD, S.CANCELLED}),
    S.REPAIRING: frozenset({S.QUALITY_CHECK, S.AWAITING_APPROVAL, S.AWAITING_PARTS, S.UNREPAIRABLE, S.ON_HOLD, S.CANCELLED}),
    S.QUALITY_CHECK: frozenset({S.READY, S.REPAIRING, S.ON_HOLD}),
    S.READY: frozenset({S.COLLECTED, S.SHIPPED}),
    S.COLLECTED: frozenset({S.CLOSED}),
    S.SHIPPED: frozenset({S.CLOSED}),
    # Given up or beyond repair with the device in the house: it still has to get back to its owner.
    S.CANCELLED: frozenset({S.COLLECTED, S.SHIPPED, S.CLOSED}),
    S.UNREPAIRABLE: frozenset({S.COLLECTED, S.SHIPPED}),
    S.ON_HOLD: frozenset({S.UNREPAIRABLE, S.CANCELLED}),
    S.CLOSED: frozenset(),
}

LABELS: dict[Stage, str] = {
    S.BOOKED: "Booked",
    S.RECEIVED: "Received",
    S.DIAGNOSING: "Being checked",
    S.AWAITING_APPROVAL: "Waiting for your approval",
    S.AWAITING_PARTS: "Waiting for a part",
    S.REPAIRING: "Being repaired",
    S.QUALITY_CHECK: "Final check",
    S.READY: "Ready to collect",
    S.COLLECTED: "Collected",
    S.SHIPPED: "On its way to you",
    S.CLOSED: "Done",
    S.CANCELLED: "Cancelled",
    S.UNREPAIRABLE: "Cannot be repaired",
    S.ON_HOLD: "On hold",
}

#: What a technician reads on buttons and in lists.
STAFF_LABELS: dict[Stage, str] = {stage: stage.value.replace("_", " ").capitalize() for stage in Stage}

#: The device is here and something is still to be done about it, if only to hand it over.
IN_HOUSE = frozenset(
    {
        S.RECEIVED,
        S.DIAGNOSING,
        S.AWAITING_APPROVAL,
        S.AWAITING_PARTS,
        S.REPAIRING,
        S.QUALITY_CHECK,
        S.READY,
        S.UNREPAIRABLE,
        S.ON_HOLD,
    }
)

Step = Literal["booked", "received", "in_repair", "ready", "done", "cancelled"]

STEP_LABELS: dict[Step, str] = {
    "booked": "Booked",
    "received": "Received",
    "in_repair": "In repair",
    "ready": "Ready to collect",
    "done": "Handed over",
    "cancelled": "Cancelled",
}
PATH: tuple[Step, ...] = ("booked", "received", "in_repair", "ready", "done")

_STEPS: dict[Stage, Step] = {
    S.BOOKED: "booked",
    S.RECEIVED: "received",
    S.DIAGNOSING: "in_repair",
    S.AWAITING_APPROVAL: "in_repair",
    S.AWAITING_PARTS: "in_repair",
    S.REPAIRING: "in_repair",
    S.QUALITY_CHECK: "in_repair",
    S.READY: "ready",
    S.COLLECTED: "done",
    S.SHIPPED: "done",
    S.CLOSED: "done",
    S.CANCELLED: "cancelled",
    # Nothing more will be done to it, and it can be fetched.
    S.UNREPAIRABLE: "ready",
    S.ON_HOLD: "in_repair",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the customer's steps and whether it is behind, here or ahead."""

    step: Step
    label: str
    state: Literal["done", "current", "todo"]


def step_of(stage: Stage, held_from: Stage | None = None) -> Step:
    """Return the step a customer sees; on hold it is the one the repair was held in."""
    return _STEPS[held_from if stage is S.ON_HOLD and held_from else stage]


def allowed(stage: Stage, held_from: Stage | None = None) -> frozenset[Stage]:
    """Return where a repair may go from here."""
    return MOVES[stage] | ({held_from} if stage is S.ON_HOLD and held_from else frozenset())


def path_of(stage: Stage, held_from: Stage | None, reached: frozenset[Step]) -> list[Shown]:
    """Return the steps in order; `reached` are those the repair has been in, for a path that ended early."""
    here = step_of(stage, held_from)
    if here == "cancelled":
        behind = [step for step in PATH if step in reached]
        return [Shown(step, STEP_LABELS[step], "done") for step in behind] + [Shown("cancelled", STEP_LABELS["cancelled"], "current")]
    place = PATH.index(here)
    return [Shown(step, STEP_LABELS[step], "done" if at < place else "current" if at == place else "todo") for at, step in enumerate(PATH)]
