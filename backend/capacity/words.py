"""Times and hours as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FULL_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS = tuple(month[:3] for month in _FULL_MONTHS)


def slot_label(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as `Tue 25 Nov, 10:30` in the location's time."""
    local = at.astimezone(zone)
    return f"{day_label(local.date())}, {local:%H:%M}"


def day_label(day: date) -> str:
    """Return a day as `Tue 25 Nov`."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1]}"


def full_day_label(day: date) -> str:
    """Return a day as `Tuesday 25 Nov`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def full_label(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as `Thursday 3 December, 17:00` in the location's time."""
    local = at.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()]} {local.day} {_FULL_MONTHS[local.month - 1]}, {local:%H:%M}"


def hours_text(stretches: Sequence[tuple[time, time]]) -> str:
    """Return a day's hours as `09:00–18:00`, or `Closed`."""
    return ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in stretches) or "Closed"


def week_text(hours: Mapping[int, Sequence[tuple[time, time]]]) -> list[tuple[str, str]]:
    """Return each weekday with its hours, Monday first."""
    return [(name, hours_text(hours.get(weekday, ()))) for weekday, name in enumerate(WEEKDAYS)]


def week_sentence(days: Iterable[tuple[str, str]]) -> str:
    """Return the days of `week_text`, those with equal hours together: `Monday to Friday 09:00–18:00, Saturday closed`."""
    groups: list[list[str]] = []
    for name, said in days:
        if groups and groups[-1][2] == said:
            groups[-1][1] = name
        else:
            groups.append([name, name, said])
    return ", ".join(f"{first if first == last else f'{first} to {last}'} {said.lower()}" for first, last, said in groups)


def opening_day(today: date, opens_at: datetime) -> str:
    """Return the day of an opening as people say it before the hour: `at`, `tomorrow at`, `on Monday at`, `on Tue 25 Nov at`."""
    ahead = (opens_at.date() - today).days
    if ahead == 0:
        return "at"
    if ahead == 1:
        return "tomorrow at"
    return f"on {opens_at:%A} at" if ahead < 7 else f"on {day_label(opens_at.date())} at"
