"""What the repairs of an appointment ask of the calendar: how long, which skills, and whether a part has to come first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.capacity import queries as capacity
from backend.capacity.models import Location
from backend.core.db import Session
from backend.devices import catalogue
from backend.pricing.models import Quote


@dataclass(frozen=True, slots=True)
class Work:
    """What one appointment is for, in the calendar's terms."""

    minutes: int
    skills: frozenset[str]
    #: The day its last part is here; None when nothing is on its way.
    not_before: date | None


async def work_of(session: Session, quotes: Sequence[Quote], location: Location) -> Work:
    """Return what the repairs of some quotes take together, one after the other at one bench."""
    needed = [await _skills(session, quote) for quote in quotes]
    skills = frozenset[str]().union(*needed)
    if len(quotes) > 1 and not await capacity.has_somebody(session, location, skills):
        # Nobody can do all of it alone: the longest repair decides who is there, a colleague helps with the rest.
        skills = needed[max(range(len(quotes)), key=lambda at: quotes[at].duration_minutes)]
    due = [await capacity.find_part_day(session, location, quote.device_slug, _codes(quote)) for quote in quotes]
    return Work(
        minutes=sum(quote.duration_minutes for quote in quotes), skills=skills, not_before=max((day for day in due if day), default=None)
    )


async def _skills(session: Session, quote: Quote) -> frozenset[str]:
    services = (await catalogue.current(session)).services
    return frozenset(services[code].skill for code in _codes(quote) if code in services)


def _codes(quote: Quote) -> list[str]:
    return [service["code"] for service in quote.services]
