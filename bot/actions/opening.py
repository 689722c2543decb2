"""When the shop is open, in words: of its week, of one day, and of the days it stays closed."""

import re
from datetime import date, timedelta
from typing import Any

from bot.actions import words
from bot.actions.talk import Talk

CLOSED = "closed"
#: "Boxing Day (substitute day)" is a matter of law; people say Boxing Day.
LEGAL = re.compile(r"\s*\(.*\)$")


def week(hours: list[dict[str, Any]]) -> str:
    """The week's hours, days with equal hours together: `Monday to Friday 09:00–18:00, Saturday closed`."""
    groups: list[list[Any]] = []
    for entry in hours:
        if groups and groups[-1][2] == entry["hours"]:
            groups[-1][1] = entry["day"]
        else:
            groups.append([entry["day"], entry["day"], entry["hours"]])
    return ", ".join(f"{first if first == last else f'{first} to {last}'} {said.lower()}" for first, last, said in groups)


def on(shop: dict[str, Any], day: date) -> tuple[str, str]:
    """The hours of one day, `closed` when there are none, and the reason why it is closed although it is usually not."""
    reason = LEGAL.sub("", {entry["date"]: str(entry["reason"]) for entry in shop["closed_days"]}.get(day.isoformat(), ""))
    return (CLOSED if reason else str(shop["hours"][day.weekday()]["hours"]).lower()), reason


def closed_days(shop: dict[str, Any]) -> str:
    """The next days on which the shop stays closed although it is usually open, `Fri 25 Dec (Christmas Day)`."""
    days = [(date.fromisoformat(entry["date"]), LEGAL.sub("", entry["reason"])) for entry in shop["closed_days"][:4]]
    return words.joined([f"{words.day(day)} ({reason})" for day, reason in days])


async def closed_on(talk: Talk, day: str) -> str:
    """The day with its reason when the shop is closed then, such as `Fri 25 Dec, Christmas Day`; empty when it is open."""
    when = date.fromisoformat(day)
    hours, reason = on(await talk.backend.shop(), when)
    if hours != CLOSED:
        return ""
    return f"{words.day(when)}, {reason}" if reason else f"{(date(2024, 1, 1) + timedelta(when.weekday())):%A}s"
