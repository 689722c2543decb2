"""A clock that stands still in the past, for what the shop's own verbs did then."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from backend.core.clock import Clock
from backend.core.site import Site


@dataclass(slots=True)
class Then(Clock):
    """Shows one moment."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


@contextmanager
def standing_at(site: Site, moment: datetime) -> Iterator[None]:
    """Let it be this moment for a process while it lays out the past."""
    real, site.clock = site.clock, Then(moment)
    try:
        yield
    finally:
        site.clock = real
