"""How the staff room names stages and the ways out of them."""

from dataclasses import dataclass

from backend.repairs.staff_schemas import StaffRepair
from backend.repairs.stages import STAFF_LABELS, Stage

S = Stage

#: The move that is made most often from each stage; it gets the strong button.
NEXT = {
    S.BOOKED: S.RECEIVED,
    S.RECEIVED: S.DIAGNOSING,
    S.DIAGNOSING: S.REPAIRING,
    S.AWAITING_APPROVAL: S.REPAIRING,
    S.AWAITING_PARTS: S.REPAIRING,
    S.REPAIRING: S.QUALITY_CHECK,
    S.QUALITY_CHECK: S.READY,
    S.READY: S.COLLECTED,
    S.COLLECTED: S.CLOSED,
    S.SHIPPED: S.CLOSED,
    S.CANCELLED: S.COLLECTED,
    S.UNREPAIRABLE: S.COLLECTED,
}
_DOING = {
    S.RECEIVED: "Receive the device",
    S.DIAGNOSING: "Start diagnosing",
    S.AWAITING_APPROVAL: "Wait for approval",
    S.AWAITING_PARTS: "Wait for a part",
    S.REPAIRING: "Start repairing",
    S.QUALITY_CHECK: "Start the quality check",
    S.READY: "Mark as ready",
    S.COLLECTED: "Handed over",
    S.SHIPPED: "Shipped",
    S.CLOSED: "Close",
    S.CANCELLED: "Cancel the repair",
    S.UNREPAIRABLE: "Cannot be repaired",
    S.ON_HOLD: "Put on hold",
}
_GRAVE = frozenset({S.CANCELLED, S.UNREPAIRABLE})
_TONES = {
    S.RECEIVED: "badge--info",
    S.DIAGNOSING: "badge--info",
    S.REPAIRING: "badge--info",
    S.QUALITY_CHECK: "badge--info",
    S.AWAITING_APPROVAL: "badge--warn",
    S.AWAITING_PARTS: "badge--warn",
    S.ON_HOLD: "badge--warn",
    S.READY: "badge--good",
    S.CANCELLED: "badge--bad",
    S.UNREPAIRABLE: "badge--bad",
}


@dataclass(frozen=True, slots=True)
class Way:
    """One button that moves a repair."""

    to: str
    label: str
    style: str


def tone(stage: Stage) -> str:
    """The class of a stage's badge."""
    return _TONES.get(stage, "")


def ways(repair: StaffRepair) -> list[Way]:
    """The moves a repair allows: the usual one first, the grave ones last."""
    allowed = [move.to for move in repair.moves]
    usual = NEXT.get(repair.stage) or next((stage for stage in allowed if stage not in _GRAVE), None)
    order = sorted(allowed, key=lambda stage: (stage != usual, stage in _GRAVE, allowed.index(stage)))
    return [Way(stage.value, _label(repair.stage, stage), _style(stage, usual)) for stage in order]


def _label(here: Stage, to: Stage) -> str:
    if here is S.ON_HOLD and to not in _GRAVE:
        return f"Resume: {STAFF_LABELS[to].lower()}"
    return _DOING.get(to, STAFF_LABELS[to])


def _style(stage: Stage, usual: Stage | None) -> str:
    return "" if stage == usual else "button--danger" if stage in _GRAVE else "button--quiet"
