"""Values made ready for sentences: lists, days, amounts. The sentences themselves stand in domain.yml."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Parts as choices call them.
GRADES = {"standard": "With cheaper parts", "premium": "With our usual parts", "genuine": "With the maker's own parts"}

NTH = ("first", "second", "third", "fourth", "fifth")
TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "sir", "rev", "prof")


def day(when: date) -> str:
    """A day as people read it: `Tue 25 Nov`."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def as_written(when: str) -> str:
    """A day in the customer's own words, its month and weekday with a capital: `32nd of December`."""
    return " ".join(word.capitalize() if word[:3].capitalize() in DAYS + MONTHS else word for word in when.split())


def moment(text: str) -> datetime:
    """A time of the backend's."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def joined(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def sum_of(amounts: Sequence[dict[str, Any]]) -> str:
    """Amounts of the backend's added up, written as it writes them: `£188.00`."""
    symbol, places = re.match(r"\D*", amounts[0]["text"]), len(amounts[0]["text"].partition(".")[2])
    return f"{symbol.group() if symbol else ''}{sum(amount['minor'] for amount in amounts) / 10**places:,.{places}f}"


def count(number: int) -> str:
    """Small numbers as words."""
    return ("none", "one", "both", "all three", "all four", "all five")[number] if number < 6 else str(number)


def devices(booking: dict[str, Any]) -> str:
    """The devices of a booking by name."""
    return joined([one["device"]["name"] for one in booking.get("repairs") or [booking]])


def booking_part(booking: dict[str, Any]) -> dict[str, Any]:
    """A booking as a card shows it, all its devices by name."""
    return {"type": "booking", **booking, "device": {**booking["device"], "name": devices(booking)}}


def faults(case: dict[str, Any]) -> str:
    return joined([fault["label"] for fault in case.get("faults", [])])


def called(name: str) -> str:
    """How a person is addressed: the first name, after a title the whole: `Jo`, `Mr Baker`."""
    first, _, rest = name.partition(" ")
    if first.lower().strip(".") not in TITLES or not rest:
        return first
    return rest.split()[0] if " " in rest else name


def phrases(case: dict[str, Any]) -> str:
    """The faults as one would say them: `a cracked screen and a battery that runs down quickly`."""
    return joined([fault.get("phrase") or fault["label"] for fault in case.get("faults", [])])


def lines(quote: dict[str, Any]) -> str:
    """The lines of a quote, one a line."""
    return "\n".join(f"{line['label']}: {line['amount']['text']}" for line in quote["lines"])


def length(minutes: int) -> str:
    """A duration in the units people use."""
    hours, rest = divmod(minutes, 60)
    said = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []
    return " ".join(said + ([f"{rest} minutes"] if rest else []))


def facts(quote: dict[str, Any], until: str) -> str:
    """What holds for a repair beside its price, in one line that a card may show in its own way instead."""
    takes = f"It takes about {length(quote['duration_minutes'])} and comes with {warranty(quote['warranty_months'])}."
    return f"{takes} The price holds until {until}."


def warranty(months: int) -> str:
    """How long a repair is covered, as it stands after "comes with"."""
    if months == 0:
        return "no warranty"
    return "1 month's warranty" if months == 1 else f"{months} months' warranty"


def choices(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A part with choices, each with title and payload."""
    return [{"type": "choices", "choices": list(items)}] if items else []
