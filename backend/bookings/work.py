"""What a quote's repair asks of the calendar: how long, which skills, and whether a part has to come first."""

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


async def work_of(session: Session, quote: Quote, location: Location) -> Work:
    """Return what a quote's repair takes at a location."""
    services = (await catalogue.current(session)).services
    codes = [service["code"] for service in quote.services]
    return Work(
        minutes=quote.duration_minutes,
        skills=frozenset(services[code].skill for code in codes if code in services),
        not_before=await capacity.find_part_day(session, location, quote.device_slug, codes),
    )
