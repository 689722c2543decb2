"""Days with a name of their own, as people in England say them: "boxing day", "new years eve", "bank holiday monday", "after easter"."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from re import Pattern
from typing import Any

XMAS = r"(?:christmas|xmas|chrimbo|crimbo)"
#: What lies behind, or is a reason for a present, is no wish for a day.
NO_WISH = re.compile(r"\b(?:since|last|for|from|this past|happy|merry)\s+$")
#: "Book it in for christmas eve", "a time for boxing day": what is meant for the day is the visit.
VISIT = re.compile(r"\b(?:book(?: \w+){0,2}|(?:slot|time|appointment)s?|(?:make|leave) it|put (?:me|us|it) down|anything)(?: in)? for\s+$")


def easter(year: int) -> date:
    """Easter Sunday of a year of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    rest = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + rest - 7 * ((a + 11 * h + 22 * rest) // 451) + 114, 31)
    return date(year, month, day + 1)


def monday(year: int, month: int, last: bool = False) -> date:
    """The first or the last Monday of a month."""
    day = date(year, month, 31 if last else 1)
    return day - timedelta(day.weekday()) if last else day + timedelta(-day.weekday() % 7)


def bank_holidays(year: int) -> list[date]:
    """The bank holidays of England in a year, days in lieu instead of the weekend days they stand for."""
    new_year, christmas = date(year, 1, 1), date(year, 12, 25)
    days = [new_year + timedelta((7 - new_year.weekday()) % 7 if new_year.weekday() > 4 else 0)]
    days += [easter(year) - timedelta(2), easter(year) + timedelta(1)]
    days += [monday(year, 5), monday(year, 5, last=True), monday(year, 8, last=True)]
    # Christmas on a Friday gives the Monday for Boxing Day, on a Saturday Monday and Tuesday for both, on a Sunday the Tuesday for itself.
    in_lieu = {4: (25, 28), 5: (27, 28), 6: (26, 27)}
    return days + [date(year, 12, day) for day in in_lieu.get(christmas.weekday(), (25, 26))]


def _on(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


#: The longer name stands before the shorter one that it holds.
FEASTS: tuple[tuple[Pattern[str], Callable[[int], date]], ...] = tuple(
    (re.compile(rf"\b{name}\b"), day)
    for name, day in (
        (rf"{XMAS} eve", _on(12, 24)),
        (rf"{XMAS}(?: day)?", _on(12, 25)),
        (r"boxing day", _on(12, 26)),
        (r"new year'?s eve|\bnye", _on(12, 31)),
        (r"new year'?s?(?: day)?", _on(1, 1)),
        (r"good friday", lambda year: easter(year) - timedelta(2)),
        (r"easter monday", lambda year: easter(year) + timedelta(1)),
        (r"easter(?: sunday| day)?", easter),
        (r"(?:early )?may (?:day|bank holiday)(?: monday)?", lambda year: monday(year, 5)),
        (r"spring bank holiday(?: monday)?", lambda year: monday(year, 5, last=True)),
        (r"(?:august|summer) bank holiday(?: monday)?", lambda year: monday(year, 8, last=True)),
        (r"hallowe'?en", _on(10, 31)),
        (r"bonfire night|guy fawkes(?: night| day)?", _on(11, 5)),
        (r"valentine'?s?(?: day)?", _on(2, 14)),
    )
)
BANK_HOLIDAY = re.compile(r"\b(?:the )?(?:next )?bank hol(?:iday)?(?P<monday> monday| mon)?\b(?!s)")


def upcoming(day: Callable[[int], date], today: date) -> date:
    """The next time a yearly day comes, today included."""
    return next(found for found in (day(today.year), day(today.year + 1)) if found >= today)


def find(said: str, today: date) -> tuple[dict[str, Any], "re.Match[str]"] | None:
    """The named day of a text as `date`, or as `date_from`/`date_to` for what comes before or after it; and where it stands."""
    for pattern, day in FEASTS:
        match = pattern.search(said)
        if match and _is_wish(said[: match.start()]):
            return around(said[: match.start()], upcoming(day, today), today, 14), match
    match = BANK_HOLIDAY.search(said)
    if match and _is_wish(said[: match.start()]):
        days = [day for year in (today.year, today.year + 1) for day in bank_holidays(year) if day >= today]
        found = next(day for day in days if not match.group("monday") or day.weekday() == 0)
        return around(said[: match.start()], found, today, 14), match
    return None


def _is_wish(lead: str) -> bool:
    return bool(VISIT.search(lead) or not NO_WISH.search(lead))


def around(lead: str, day: date, today: date, days: int = 7) -> dict[str, Any]:
    """The day itself, or the days after or before it where the text leads up to it so: "any time after wednesday"."""
    if re.search(r"\bafter(?: the)?\s+$", lead):
        return {"date_from": (day + timedelta(1)).isoformat(), "date_to": (day + timedelta(days)).isoformat()}
    if re.search(r"\bbefore(?: the)?\s+$", lead) and day > today:
        return {"date_from": today.isoformat(), "date_to": (day - timedelta(1)).isoformat()}
    return {"date": day.isoformat()}
