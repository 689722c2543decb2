"""Devices that come by post: from where, on which days, and how they are packed. They take no bench until they are here."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.capacity import queries as capacity
from backend.capacity.models import Location
from backend.capacity.rules import Span
from backend.core import config, locks, race
from backend.core.db import Session
from backend.pricing.models import Quote

from . import postcodes, queries
from .config import MailInConfig
from .errors import AddressInvalid, DayFull, DayNotOffered, MailInOff, MailInUnsafe
from .work import work_of

LONGEST_LINE = 100


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device goes back to; made by `address`, so always tidy and inside the United Kingdom."""

    line1: str
    line2: str | None
    city: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A device on its way: the day it is expected, and where it goes back to."""

    day: date
    address: Address


def address(line1: str, line2: str | None, city: str, postcode: str) -> Address:
    """Return an address as we keep it; raises AddressInvalid or PostcodeInvalid."""
    lines = [" ".join(part.split()) for part in (line1, line2 or "", city)]
    if any(len(line) > LONGEST_LINE or not line.isprintable() for line in lines) or not lines[0] or not lines[2]:
        raise AddressInvalid
    return Address(lines[0], lines[1] or None, lines[2], postcodes.postcode(postcode))


async def list_days(
    session: Session, location: Location, quotes: Sequence[Quote], postcode: str, first: date | None, days: int, *, but: UUID | None = None
) -> list[Span]:
    """Return the days a parcel may arrive on, each as the stretch the shop is open; raises what forbids posting at all.

    `but` is an order whose own parcel does not count.
    """
    return [span for span, full in await _days(session, location, quotes, postcode, first, days, but) if not full]


async def take_day(
    session: Session, location: Location, quotes: Sequence[Quote], postcode: str, day: date, *, but: UUID | None = None
) -> Span:
    """Return the opening of the day a parcel arrives on, which this transaction may then book; raises DayNotOffered or DayFull."""
    # Takers of one day queue up: what is counted below is still true when it is written.
    await locks.take(session, f"day:{location.id}:{day.isoformat()}")
    found = await _days(session, location, quotes, postcode, day, 1, but)
    await race.before("parcel.take")
    if not found:
        raise DayNotOffered
    span, full = found[0]
    if full:
        raise DayFull
    return span


async def _days(
    session: Session, location: Location, quotes: Sequence[Quote], postcode: str, first: date | None, days: int, but: UUID | None
) -> list[tuple[Span, bool]]:
    """Return the days that lie right, and whether each is full."""
    settings, terms = await config.get(session, MailInConfig), await capacity.get_terms(session)
    if not settings.offered:
        raise MailInOff
    if {fault["code"] for quote in quotes for fault in quote.faults} & set(settings.unsafe_faults):
        raise MailInUnsafe
    longer = postcodes.extra_days(postcodes.postcode(postcode), outside=settings.outside, further=settings.further)
    today = session.now().astimezone(ZoneInfo(location.zone)).date()
    work = await work_of(session, quotes, location)
    # Staff know what has been posted already.
    transit = 0 if session.principal.may("technician") else settings.transit_days + longer
    start = max(first or today, today + timedelta(days=transit), work.not_before or today)
    horizon = terms.latest.astimezone(ZoneInfo(location.zone)).date()
    last = min(min(first or today, horizon) + timedelta(days=days - 1), horizon)
    if start > last:
        return []
    wanted = [start + timedelta(days=number) for number in range((last - start).days + 1)]
    calendar = await capacity.get_calendar(session, location, wanted)
    since, until = calendar.instant(start, time.min), calendar.instant(last + timedelta(days=1), time.min)
    expected = Counter(map(calendar.local_day, await queries.list_arrivals(session, location.id, since, until, but=but)))
    open_days = [(day, opening) for day in wanted if (opening := calendar.opening(day)) and session.now() < opening[-1][1]]
    return [((opening[0][0], opening[-1][1]), expected[day] >= settings.parcels_a_day) for day, opening in open_days]


def packing(categories: Collection[str], reference: str | None = None) -> Sequence[str]:
    """Return how devices of these kinds are packed, step by step."""
    name = f"your reference {reference}" if reference else "your reference"
    power = (
        "Leave the battery inside; loose batteries may not be posted." if {"phone", "tablet", "laptop", "watch"} & {*categories} else None
    )
    return [
        line
        for line in (
            "Back up your device if it still turns on, then switch it off.",
            "Take out SIM and memory cards, discs and covers; keep chargers unless charging is what is wrong.",
            power,
            "Wrap it so that nothing moves: five centimetres of padding on every side, in a firm box.",
            f"Put a note with your name and {name} in the box. Never a passcode.",
            "Post it tracked and insured for what it is worth, and keep the receipt.",
        )
        if line
    ]
