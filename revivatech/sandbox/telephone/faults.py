"""Faults a test or a developer switches on, so that the shop meets the telephone networks of the real world."""

from __future__ import annotations

import fnmatch
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

FaultKind = Literal["busy", "unavailable", "drop", "lost_reply", "undelivered", "unreachable", "silent", "no_webhook", "twice"]

KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
MEANING: dict[FaultKind, str] = {
    "busy": "429 (20429), nothing sent",
    "unavailable": "503, nothing sent",
    "drop": "connection dropped, nothing sent",
    "lost_reply": "message sent, connection dropped before the answer",
    "undelivered": "sent, then undelivered (30003)",
    "unreachable": "accepted, then failed (30008)",
    "silent": "sent, no status callbacks",
    "no_webhook": "what this phone writes is kept, and the shop is not told",
    "twice": "what this phone writes is told to the shop twice at once",
}


@dataclass
class Fault:
    """One fault: for phones that match `phone` (shell pattern), `times` times or until cleared."""

    kind: FaultKind
    phone: str = "*"
    times: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if not isinstance(self.phone, str) or not 1 <= len(self.phone) <= 40:
            raise ValueError("phone must be a pattern of 1 to 40 characters")
        if self.times is not None and (isinstance(self.times, bool) or not isinstance(self.times, int) or self.times < 1):
            raise ValueError("times must be a whole number above zero, or null")


class Faults:
    """The faults that are switched on, first match first."""

    def __init__(self) -> None:
        self._active: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch one on."""
        self._active.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        self._active.clear()

    def listed(self) -> list[dict[str, Any]]:
        """Return them for the page."""
        return [{**asdict(fault), "meaning": MEANING[fault.kind]} for fault in self._active]

    def take(self, phone: str, *kinds: FaultKind) -> FaultKind | None:
        """Return which of the kinds strikes this phone now, and count it."""
        for fault in self._active:
            if fault.kind not in kinds or not fnmatch.fnmatch(phone, fault.phone):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times == 0:
                    self._active.remove(fault)
            return fault.kind
        return None
