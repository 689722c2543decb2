"""Who comes when: the rhythm of the week and of the year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from typing import Literal

from revivatech.demo.dice import Dice
from revivatech.demo.world import AWAKE, World

Source = Literal["chat", "web", "counter"]

WEEKDAYS = (1.25, 1.05, 0.95, 0.95, 1.1, 0.75, 0.5)
MONTHS = (1.08, 0.90, 0.94, 0.95, 1.0, 1.02, 1.08, 1.05, 1.12, 1.0, 1.05, 1.12)
#: The shop was smaller a year ago.
GROWTH = 0.3
#: Bookings of the days ahead fade like this.
FADES = 5.0
SOURCES: dict[Source, float] = {"chat": 0.42, "web": 0.26, "counter": 0.32}
BY_POST = 0.07
#: How many days before an appointment it is booked.
LEADS = {0: 0.26, 1: 0.26, 2: 0.17, 3: 0.12, 4: 0.07, 5: 0.05, 6: 0.04, 8: 0.03}


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a shop's past is laid out."""

    days_back: int
    days_ahead: int
    #: On an average open day of the last months.
    orders_a_day: float
    #: Whether conversations, prices asked of staff and photos come with it.
    with_talk: bool


#: A few weeks for tests, a year for people.
SMALL, YEAR = Size(40, 6, 1.5, with_talk=False), Size(365, 14, 6.2, with_talk=True)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who books for a day; all chance about them comes from their own dice."""

    made_at: datetime
    day: date
    source: Source
    by_post: bool
    dice: Dice


def arrivals(world: World, size: Size) -> list[Arrival]:
    """Return everybody, in the order in which they booked; nobody books today, so that the hour of laying out changes nothing."""
    found = [one for number in range(-size.days_back, size.days_ahead + 1) for one in _of_day(world, size, number)]
    return sorted(found, key=lambda one: (one.made_at, one.day))


def _of_day(world: World, size: Size, number: int) -> Iterator[Arrival]:
    day = world.today + timedelta(days=number)
    opening = world.calendar.opening(day)
    if not opening:
        return
    dice = Dice.named("day", day)
    wanted = size.orders_a_day * WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * (1 + GROWTH * max(number, -365) / 365)
    wanted *= 1.25 if day.month == 12 and 15 <= day.day <= 23 else 1.0
    wanted *= exp(-max(number, 0) / FADES)
    for place in range(max(0, round(dice.gauss(wanted, wanted**0.5 * 0.8)))):
        own = Dice.named("order", day, place)
        source, by_post = own.weigh(SOURCES), own.chance(BY_POST)
        if by_post:
            source = "web" if source == "counter" else source
        lead = own.weigh(LEADS) + (3 if by_post else 0)
        if number >= 0:  # what lies ahead was booked before today
            lead += number + 1 - min(lead, 1)
        made_at = _moment(world, own, day - timedelta(days=lead), source, same_day=lead == 0)
        if made_at < world.midnight and (lead or made_at < opening[-1][1] - timedelta(hours=3)):
            yield Arrival(made_at, day, source, by_post, own)


def _moment(world: World, dice: Dice, day: date, source: Source, *, same_day: bool) -> datetime:
    at = world.calendar.instant(day, time(dice.weigh(AWAKE), dice.randrange(60), dice.randrange(60)))
    if same_day:
        opens = world.calendar.opening(day)[0][0]
        at = opens + dice.minutes(-90, 260)
    if source == "counter":
        at = world.hours.before(max(at, opens) if same_day else at)
    return at
