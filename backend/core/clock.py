"""The one source of now."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; passed in so that tests can move it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)
