"""Faults a test or a developer switches on, so that an adapter meets the mail servers of the real world."""

from __future__ import annotations

import fnmatch
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

FaultKind = Literal["refuse", "temporary", "hang", "drop", "refuse_data", "temporary_data", "hang_after_data", "lost_reply"]

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
AT_RECIPIENT: frozenset[FaultKind] = frozenset({"refuse", "temporary", "hang", "drop"})

MEANING: dict[FaultKind, str] = {
    "refuse": "550 when the recipient is named",
    "temporary": "451 when the recipient is named",
    "hang": "no answer when the recipient is named",
    "drop": "connection dropped when the recipient is named",
    "refuse_data": "554 after the whole message",
    "temporary_data": "451 after the whole message",
    "hang_after_data": "message kept, answer never sent",
    "lost_reply": "message kept, connection dropped before the answer",
}


@dataclass
class Fault:
    """One fault: for recipients that match `to` (shell pattern), `times` times or until cleared."""

    kind: FaultKind
    to: str = "*"
    times: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not isinstance(self.to, str) or not 1 <= len(self.to) <= 254:
            raise ValueError("to must be a pattern of 1 to 254 characters")
        if self.times is not None and (isinstance(self.times, bool) or not isinstance(self.times, int) or self.times < 1):
            raise ValueError("times must be a whole number above zero, or null")

    def matches(self, recipient: str) -> bool:
        return fnmatch.fnmatch(recipient.lower(), self.to.lower())


class Faults:
    """The faults that are switched on, first match first."""

    def __init__(self) -> None:
        self._active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._active.append(fault)

    def clear(self) -> None:
        self._active.clear()

    def listed(self) -> list[dict[str, Any]]:
        return [{**asdict(fault), "meaning": MEANING[fault.kind]} for fault in self._active]

    def take(self, recipients: list[str], *, at_recipient: bool) -> FaultKind | None:
        """Return the fault that strikes now, and count it."""
        for fault in self._active:
            if (fault.kind in AT_RECIPIENT) is not at_recipient or not any(fault.matches(one) for one in recipients):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    self._active.remove(fault)
            return fault.kind
        return None
