"""A mail as the mailbox page shows it."""

import re
from datetime import date, datetime
from typing import Any

import icalendar

from .message import ReceivedMail

_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def row(mail: ReceivedMail) -> dict[str, Any]:
    """Return what the list shows."""
    return {**mail.summary(), "time": f"{mail.at.astimezone():%H:%M}", "day": f"{mail.at.astimezone():%a %d %b}"}


def whole(mail: ReceivedMail) -> dict[str, Any]:
    """Return what the opened mail shows."""
    files = []
    for one in mail.whole()["attachments"]:
        files.append({**one, "size": readable_size(one["size"])})
    return {**row(mail), **mail.whole(), "attachments": files, "size": readable_size(len(mail.raw)), "calendar": calendar(mail)}


def framed(mail: ReceivedMail) -> str:
    """Return the HTML part with its links opening beside the mailbox, not inside it."""
    base = '<base target="_blank">'
    found = _HEAD.search(mail.html)
    return mail.html[: found.end()] + base + mail.html[found.end() :] if found else base + mail.html


def calendar(mail: ReceivedMail) -> dict[str, Any] | None:
    """Return what a calendar program would show, or why it would show nothing."""
    content = mail.calendar
    if content is None:
        return None
    try:
        parsed = icalendar.Calendar.from_ical(content)
        event = parsed.walk("VEVENT")[0]
        return {
            "method": str(parsed.get("METHOD", "")),
            "summary": str(event.get("SUMMARY", "")),
            "when": _span(event.decoded("DTSTART"), event.decoded("DTEND")),
            "where": str(event.get("LOCATION", "")),
            "sequence": str(event.get("SEQUENCE", 0)),
            "error": None,
        }
    except (ValueError, IndexError, KeyError) as error:
        # The page is where a broken calendar file is to be noticed.
        return {"error": str(error) or type(error).__name__}


def readable_size(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size} B" if size < 1000 else f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _span(start: datetime | date, end: datetime | date) -> str:
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return f"{start:%a %d %b %Y} – {end:%a %d %b %Y}"
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%a %d %b %Y, %H:%M}"
    return f"{start:%a %d %b %Y, %H:%M} – {last} {start.tzname() or ''}".strip()
