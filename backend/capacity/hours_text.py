"""Hours as people type them: `09:00–12:30, 13:00–18:00`, or nothing for a closed day."""

import re
from datetime import time

from .errors import HoursInvalid

_STRETCH = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?")


def parse(text: str) -> list[tuple[time, time]]:
    """Return the stretches of a day, in order; raises HoursInvalid for what is no time, ends before it begins, or overlaps."""
    said = text.strip().lower()
    if said in ("", "closed", "off", "-"):
        return []
    found: list[tuple[time, time]] = []
    for part in said.split(","):
        match = _STRETCH.fullmatch(part.strip())
        if match is None:
            raise HoursInvalid
        try:
            begins = time(int(match[1]), int(match[2] or 0))
            # The end of the day cannot be written as a time of that day; its last minute is near enough.
            ends = time(23, 59) if (match[3], match[4] or "00") == ("24", "00") else time(int(match[3]), int(match[4] or 0))
        except ValueError:
            raise HoursInvalid from None
        if begins >= ends or (found and begins < found[-1][1]):
            raise HoursInvalid
        found.append((begins, ends))
    return found
