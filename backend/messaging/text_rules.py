"""Decisions about texts: values in, an answer out."""

import re
from datetime import datetime, timedelta
from typing import Literal

Word = Literal["STOP", "START", "HELP"]
#: WhatsApp carries free text for a day after the customer's last word; we stop a little before, since ours is not its clock.
WINDOW, MARGIN = timedelta(hours=24), timedelta(minutes=5)
#: The provider takes no longer text; on SMS what fits a few short ones is sent as those, which telephones show whole.
LONGEST, SHORT, FEW = 1600, 320, 3
#: How far a text has come; what is told late never takes it back, in whatever order it is told.
RECEIPTS = ("accepted", "queued", "sending", "sent", "failed", "undelivered", "delivered", "read")
_WORDS: dict[str, Word] = {
    "STOP": "STOP",
    "STOPALL": "STOP",
    "STOP ALL": "STOP",
    "UNSUBSCRIBE": "STOP",
    "START": "START",
    "UNSTOP": "START",
    "HELP": "HELP",
    "INFO": "HELP",
}
_TAPBACK = re.compile(
    r"(?:Liked|Loved|Disliked|Laughed at|Emphasi[sz]ed|Questioned|Reacted \S+ to|Removed an? .{1,40} from|\S{1,8} to) [“\"].*[”\"]",
    re.DOTALL,
)


def keyword(body: str) -> Word | None:
    """Return the word by which a text steers what we send, if it is nothing else."""
    return _WORDS.get(" ".join(body.upper().split()).rstrip(".!"))


def is_reaction(body: str, message_type: str | None) -> bool:
    """Tell whether this is a reaction to a message of ours and no message itself."""
    return message_type == "reaction" or _TAPBACK.fullmatch(body.strip()) is not None


def window_open(heard_at: datetime | None, now: datetime) -> bool:
    """Tell whether WhatsApp surely still carries free text."""
    return heard_at is not None and now < heard_at + WINDOW - MARGIN


def further(before: str | None, told: str) -> str | None:
    """Return how far a text has come, given what was known and what is told now; None for no news."""
    if told not in RECEIPTS or (before is not None and RECEIPTS.index(told) <= RECEIPTS.index(before)):
        return None
    return told


def pieces(text: str, *, sms: bool) -> list[str]:
    """Return a text as those that go out: cut where paragraphs, lines, sentences or words end."""
    limit = SHORT if sms and len(text) <= SHORT * FEW else LONGEST
    found: list[str] = []
    while len(text) > limit:
        head = text[: limit + 1]
        cut = next((at for mark in ("\n\n", "\n", ". ", "? ", "! ", " ") if (at := head.rfind(mark)) > limit // 3), limit)
        keep = cut + 1 if head[cut : cut + 1] in (".", "?", "!") else cut
        found.append(text[:keep].rstrip())
        text = text[keep:].lstrip()
    return [*found, text] if text else found
