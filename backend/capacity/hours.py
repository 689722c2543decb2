"""Whether somebody is there, and if not, when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.core.db import Session
from backend.core.held import Held
from backend.core.hooks import Opening

from . import queries
from .errors import LocationUnknown
from .models import Closure, Location, OpeningHours
from .rules import Calendar
from .words import slot_label

#: Further ahead nobody is promised an opening.
DAYS_AHEAD = 14
DEFAULT_ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop's zone, and when it opens next unless it is open now (or has no hours at all)."""

    zone: str
    opens: Opening | None


async def shop(session: Session) -> Shop:
    """The shop as it is right now."""
    now = session.now()
    calendar = await _calendar.get(session, now.date())
    if calendar is None:
        return Shop(DEFAULT_ZONE, None)
    opens = next_opening(calendar, now)
    return Shop(calendar.zone.key, Opening(opens, slot_label(opens, calendar.zone)) if opens else None)


async def _load_calendar(session: Session, today: date) -> Calendar | None:
    try:
        location = await queries.get_location(session)
    except LocationUnknown:
        return None
    # Today by Greenwich may be yesterday or tomorrow at the location.
    days = [today + timedelta(days=number) for number in range(-1, DAYS_AHEAD + 1)]
    return await queries.get_calendar(session, location, days)


_calendar: Held[Calendar | None] = Held(_load_calendar, Location, OpeningHours, Closure)


async def working_day(session: Session) -> date:
    """Return the local day it is while the shop is open or opens later today, else the next day it opens on."""
    now = await shop(session)
    return (now.opens.at if now.opens else session.now()).astimezone(ZoneInfo(now.zone)).date()


async def opening(session: Session) -> Opening | None:
    """When the shop opens next; None while it is open, or when nobody can say."""
    return (await shop(session)).opens


def next_opening(calendar: Calendar, now: datetime) -> datetime | None:
    """When the shop opens next; None while it is open, or when it stays closed for as long as we look."""
    today = calendar.local_day(now)
    for number in range(DAYS_AHEAD):
        for opens, closes in calendar.opening(today + timedelta(days=number)):
            if opens <= now < closes:
                return None
            if now < opens:
                return opens
    return None


async def after_working(session: Session, span: timedelta) -> Opening:
    """When so much time of opening hours will have passed from now; a plain span where nobody knows the hours."""
    now = session.now()
    calendar = await _calendar.get(session, now.date())
    at = (worked(calendar, now, span) if calendar else None) or now + span
    zone = calendar.zone if calendar else ZoneInfo(DEFAULT_ZONE)
    return Opening(at, slot_label(at, zone))


def worked(calendar: Calendar, now: datetime, span: timedelta) -> datetime | None:
    """When so much time of opening hours will have passed; None when it takes longer than we look ahead."""
    today, left = calendar.local_day(now), span
    for number in range(DAYS_AHEAD):
        for opens, closes in calendar.opening(today + timedelta(days=number)):
            begins = max(opens, now)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta())
    return None
