"""When somebody would like to come: how they say it, and which times keep to it."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = ("mon", "tues", "wed", "thurs", "fri", "sat", "sun")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SUNDAY, SATURDAY = 6, 5


@dataclass(frozen=True)
class Wish:
    """A wish for a time; `days` None is any day. `said` are ways to put it."""

    said: tuple[str, ...]
    days: frozenset[date] | None = None
    low: time = time(0)
    high: time = time(23, 59)

    def fits(self, start: datetime) -> bool:
        """Whether a time, as the shop's clock shows it, is what was wished."""
        return (self.days is None or start.date() in self.days) and self.low <= start.time().replace(second=0) <= self.high


def wish(dice: random.Random, today: date) -> Wish:
    """A wish of some kind."""
    kinds: list[tuple[Callable[[random.Random, date], Wish], int]] = [
        (_exact, 4), (_half, 5), (_day, 3), (_after, 3), (_before, 1), (_between, 1), (_soonest, 2), (_any_half, 1), (_week, 1),
    ]  # fmt: skip
    return dice.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0](dice, today)


def clock(dice: random.Random, hour: int, minute: int) -> str:
    """An hour as people write it: `half 2`, `2.30pm`, `14:30`."""
    short, half = hour - 12 if hour > 12 else hour, "am" if hour < 12 else "pm"
    if minute == 0:
        ways = [f"{short}{half}", f"{short} {half}", f"{short} o'clock", f"{hour:02d}:00", f"{short}:00"]
    else:
        ways = [f"{short}:{minute:02d}", f"{short}.{minute:02d}{half}", f"{hour:02d}:{minute:02d}", f"{short}.{minute:02d}"]
        if minute == 30:
            ways += [f"half {short}", f"half {NUMBERS[short]}", f"half past {short}"]
    return dice.choice(ways)


def _some_day(dice: random.Random, today: date) -> tuple[list[str], frozenset[date]]:
    ahead = dice.choices(range(1, 20), [6, 6, 6, 6, 6, 6, 5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 2, 2, 2])[0]
    day = today + timedelta(ahead)
    if day.weekday() == SUNDAY:
        day, ahead = day + timedelta(1), ahead + 1
    name, short = DAYS[day.weekday()], SHORT[day.weekday()]
    ends = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10 if day.day not in (11, 12, 13) else 0, "th")
    dated = [f"the {day.day}{ends}", f"{day.day} {MONTHS[day.month - 1]}", f"{day.day}{ends} {MONTHS[day.month - 1][:3]}"]
    dated += [f"{name} the {day.day}{ends}", f"{short} {day.day}{ends}"]
    if ahead == 1:
        return ["tomorrow", "tomorrow", name], frozenset([day])
    if ahead <= 6:
        return [name, short, name, f"this {name}", *dated[:2]], frozenset([day])
    if 7 <= ahead <= 13 and dice.random() < 0.4:
        # Some mean the coming one and some the one after; both are kept to, and whoever reads the offer sees which.
        return [f"next {name}", f"next {short}"], frozenset([day, day - timedelta(7)]) - {today}
    return dated, frozenset([day])


def _hours(days: frozenset[date]) -> range:
    return range(10, 15) if any(day.weekday() == SATURDAY for day in days) else range(9, 17)


def _exact(dice: random.Random, today: date) -> Wish:
    named, days = _some_day(dice, today)
    hour, minute = dice.choice(_hours(days)), dice.choice((0, 0, 30))
    said = [f"{dice.choice(named)} at {clock(dice, hour, minute)}" for _ in range(3)]
    return Wish(tuple(said), days, time(hour, minute), time(hour, minute))


def _half(dice: random.Random, today: date) -> Wish:
    named, days = _some_day(dice, today)
    if dice.random() < 0.5:
        return Wish(tuple(f"{name}{_in(name)} morning" for name in named), days, high=time(11, 59))
    return Wish(tuple(f"{name}{_in(name)} afternoon" for name in named), days, time(12))


def _in(name: str) -> str:
    return " in the" if any(letter.isdigit() for letter in name) else ""


def _day(dice: random.Random, today: date) -> Wish:
    named, days = _some_day(dice, today)
    return Wish(tuple(named), days)


def _after(dice: random.Random, today: date) -> Wish:
    named, days = _some_day(dice, today)
    hour = dice.choice(_hours(days)[2:-1])
    return Wish(tuple(f"{name} after {clock(dice, hour, 0)}" for name in named), days, time(hour))


def _before(dice: random.Random, today: date) -> Wish:
    named, days = _some_day(dice, today)
    hour = dice.choice(_hours(days)[2:5])
    return Wish(tuple(f"{name} before {clock(dice, hour, 0)}" for name in named), days, high=time(hour))


def _between(dice: random.Random, today: date) -> Wish:
    named, days = _some_day(dice, today)
    hour = dice.choice(_hours(days)[1:-2])
    return Wish(
        tuple(f"{name} between {hour - 12 * (hour > 12)} and {hour + 2 - 12 * (hour > 10)}" for name in named),
        days,
        time(hour),
        time(hour + 2),
    )


def _soonest(dice: random.Random, today: date) -> Wish:
    return Wish(("asap", "as soon as possible", "the earliest you've got", "soon as you can", "whenever is soonest"))


def _any_half(dice: random.Random, today: date) -> Wish:
    if dice.random() < 0.5:
        return Wish(("any morning", "a morning", "in the morning some time"), high=time(11, 59))
    return Wish(("an afternoon", "any afternoon", "some afternoon"), low=time(12))


def _week(dice: random.Random, today: date) -> Wish:
    if dice.random() < 0.5:
        monday = today + timedelta(7 - today.weekday())
        days = frozenset(monday + timedelta(ahead) for ahead in range(7))
        return Wish(("next week", "some time next week", "any day next week"), days)
    saturdays = frozenset(today + timedelta(ahead) for ahead in range(1, 60) if (today + timedelta(ahead)).weekday() == SATURDAY)
    return Wish(("a saturday", "any saturday", "on a saturday"), saturdays)
