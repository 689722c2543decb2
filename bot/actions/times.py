"""Which of the shop's free times fit what the customer wishes, and which few to offer. Values in, values out."""

from datetime import date, timedelta
from typing import Any

from bot.actions.words import moment

Slot = dict[str, Any]
PARTS = {"morning": ("00:00", "11:59"), "afternoon": ("12:00", "17:00"), "evening": ("16:00", "23:59")}
HOURS = ("time", "time_from", "time_to", "part_of_day")
FOUR = 4
SIX = 6  # whoever names a day or a half of it wants to see how the day is spread
WEEK = 7
#: As many as a picker shows: beyond them whole days are left for later.
MOST = 120


def clock(slot: Slot) -> str:
    """The slot's time of day in the shop's zone, `15:30`."""
    return slot["starts_at"][11:16]


def day(slot: Slot) -> str:
    return slot["starts_at"][:10]


def window(wish: dict[str, Any], today: date) -> tuple[date, int]:
    """From which day and for how many days to ask the shop."""
    first = date.fromisoformat(wish.get("date") or wish.get("date_from") or today.isoformat())
    last = date.fromisoformat(wish.get("date") or wish.get("date_to") or (first + timedelta(13)).isoformat())
    return max(first, today), min(max((last - first).days + 1, 1), 31)


def past(wish: dict[str, Any], now: Any) -> bool:
    """Whether the wish lies behind us."""
    last = wish.get("date_to") or wish.get("date")
    if not last:
        return False
    latest = wish.get("time") or wish.get("time_to")
    return last < now.date().isoformat() or bool(last == now.date().isoformat() and latest and latest <= now.strftime("%H:%M"))


def fitting(slots: list[Slot], wish: dict[str, Any]) -> list[Slot]:
    """The slots inside the wished days and hours."""
    low, high = PARTS.get(wish.get("part_of_day", ""), ("00:00", "23:59"))
    low, high = max(low, wish.get("time_from", low)), min(high, wish.get("time_to", high))
    if wish.get("time"):
        low = high = wish["time"]
    first, last = wish.get("date") or wish.get("date_from") or "", wish.get("date") or wish.get("date_to") or "9999"
    return [
        slot
        for slot in slots
        if first <= day(slot) <= last and low <= clock(slot) <= high and (clock(slot) < high or not wish.get("time_to"))
    ]


def week(free: list[Slot], offered: list[Slot]) -> list[Slot]:
    """All free times from the first day offered on, a week of whole days at most: what can be shown where days are leafed through."""
    first = min(day(slot) for slot in offered)
    last = (date.fromisoformat(first) + timedelta(WEEK - 1)).isoformat()
    shown: list[Slot] = []
    for each in sorted({day(slot) for slot in free if first <= day(slot) <= last}):
        times = [slot for slot in free if day(slot) == each]
        if shown and len(shown) + len(times) > MOST:
            break
        shown += times
    return shown if len(shown) > len(offered) else []


def nearest(slots: list[Slot], wish: dict[str, Any]) -> list[Slot]:
    """The slots closest to a wished hour, soonest day first, then in order of time."""
    goal = minutes(wish.get("time") or wish.get("time_from") or wish.get("time_to") or "12:00")
    days = sorted({day(slot) for slot in slots})[:2]
    close = sorted((slot for slot in slots if day(slot) in days), key=lambda s: (day(s), abs(minutes(clock(s)) - goal)))
    return sorted(close[:FOUR], key=lambda s: s["starts_at"])


def at_hour(number: int, offered: list[Slot]) -> dict[str, str] | None:
    """What a lone number wishes beside these times: that hour of the day which has it or is the only one; None if it is no hour."""
    clock_time = f"{number + 12 if number < 8 else number:02d}:00"
    days = {day(slot) for slot in offered if clock(slot) == clock_time} or {day(slot) for slot in offered}
    return {"date": days.pop(), "time": clock_time} if len(days) == 1 and "08:00" <= clock_time <= "20:00" else None


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def spread(slots: list[Slot], but: list[str], count: int = FOUR) -> list[Slot]:
    """Up to `count` slots that differ usefully: the first of each half day, and where those are few, times spread evenly; none in `but`."""
    fresh = sorted((slot for slot in slots if slot["starts_at"] not in but), key=lambda s: moment(s["starts_at"]))
    halves: dict[tuple[str, bool], Slot] = {}
    for slot in fresh:
        halves.setdefault((day(slot), clock(slot) >= "13:00"), slot)
    if len(halves) >= count:
        return list(halves.values())[:count]
    if len(fresh) <= count:
        return fresh
    return [fresh[round(at * (len(fresh) - 1) / (count - 1))] for at in range(count)]
