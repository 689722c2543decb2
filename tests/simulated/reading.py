"""What an answer of the shop says and asks, read from its words, buttons, times and fields as a person at the page reads them."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

Asked = Literal[
    "nothing", "open", "device", "fault", "quote", "time", "contact", "address", "day", "confirm", "change", "which", "reference", "code",
    "move", "cancel", "checklist", "check", "post", "person", "again",
]  # fmt: skip
#: What the last sentence of an answer is about; the first that fits.
SAID: tuple[tuple[Asked, str], ...] = (
    ("again", r"could not answer|took me too long"),
    ("move", r"shall i move"),
    ("cancel", r"shall i cancel"),
    ("confirm", r"shall i book (?:it|this)"),
    ("checklist", r"go through what to see to"),
    ("quote", r"find you a time"),
    ("post", r"shall we do it by post"),
    ("day", r"on which day will it be|does one of these suit\?"),
    ("code", r"six-digit code|what does the e-mail say|is the code\?"),
    ("reference", r"reference\?|check it in your confirmation|one of our references"),
    ("which", r"which (?:of them is that|one do you mean|booking do you mean|repair do you mean)"),
    ("device", r"which [^?.]*\bis it\b|which device|which model|is not in my list"),
    ("fault", r"what(?:'s| is) (?:actually )?wrong"),
    ("change", r"what (?:shall i change|is different)"),
    ("contact", r"your (?:name|e-mail)|name shall i put|e-mail address|what shall i put"),
    ("time", r"which (?:one|time|other time|of these) suits|which (?:other )?time|suit you"),
    ("person", r"shall i (?:ask|pass)|ask a (?:technician|person)\?|one of our technicians can tell you"),
    ("open", r"how can i help|what can i do for you|what would you like|would you like a price|anything else|anything you'd like"),
)
QUESTIONS = tuple((asked, re.compile(pattern, re.IGNORECASE)) for asked, pattern in SAID)
LOST = re.compile(r"did not get that|not sure i follow|still not with you|not sure what you mean|of much help here", re.IGNORECASE)
DATED = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} [A-Z][a-z]{2}, \d\d:\d\d$")


@dataclass
class Read:
    """One answer, read."""

    text: str
    asks: Asked
    owner: str
    lost: bool = False
    #: Times to choose from: when, as the shop's clock shows it.
    slots: list[datetime] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    #: Lines such as "iPhone 13, cracked screen", from prices and from what is read back.
    lines: list[str] = field(default_factory=list)
    #: From what is read back: the time, who it is for, and the price in all.
    label: str = ""
    who: str = ""
    total: str = ""
    booked: dict[str, Any] | None = None
    quotes: list[dict[str, Any]] = field(default_factory=list)


def read(answer: list[dict[str, Any]], owner: str, zone: ZoneInfo) -> Read:
    """Read the messages of one answer."""
    parts = [part for message in answer for part in message["parts"]]
    last: dict[str, Any] = answer[-1] if answer else {"text": "", "parts": []}
    text = "\n".join(message["text"] for message in answer)
    found = Read(text, _asked(last), owner, lost=bool(LOST.search(text)))
    found.buttons = [choice["title"] for part in last["parts"] if part["type"] == "choices" for choice in part["choices"]]
    found.fields = [one["name"] for part in parts if part["type"] == "form" and part["open"] for one in part["fields"]]
    found.slots = [
        datetime.fromisoformat(slot["starts_at"]).astimezone(zone).replace(tzinfo=None)
        for part in parts
        if part["type"] == "slots" and part["open"]
        for slot in part["slots"]
    ]
    found.quotes = [part for part in parts if part["type"] == "quote"]
    found.booked = next((part for part in parts if part["type"] == "booking"), None)
    if found.slots and found.asks in ("nothing", "open", "day", "person"):
        found.asks = "time"
    if "line1" in found.fields:
        found.asks = "address"
    elif "code" in found.fields:
        found.asks = "code"
    elif found.asks == "nothing" and {"name", "email"} & set(found.fields):
        found.asks = "contact"
    elif "Skip the rest" in found.buttons:
        found.asks = "check"
    elif any("rather bring it" in title for title in found.buttons):
        found.asks = "day"
    _read_back(found)
    return found


def _asked(message: dict[str, Any]) -> Asked:
    sentences = re.split(r"(?<=[.?!])\s+|\n", message["text"])
    for sentence in reversed(sentences):
        for asked, pattern in QUESTIONS:
            if pattern.search(sentence):
                return asked
    return "nothing"


def _read_back(found: Read) -> None:
    found.lines = [line.partition(" — right?")[0] for line in found.text.splitlines() if " — right?" in line]
    lines = found.text.splitlines()
    opening = next((at for at, line in enumerate(lines) if re.search(r"read it back:|what I have now:|Shall I book this\?$", line)), None)
    if opening is None or found.asks != "confirm":
        return
    body = [line for line in lines[opening + 1 :] if line]
    for line in body:
        if DATED.match(line) or line.startswith("By post, here on"):
            found.label = line
        elif "@" in line:
            found.who = line
        elif line.startswith("£"):
            found.total = line.partition(" ")[0]
        elif "Shall I" not in line and not line.startswith("Back to"):
            found.lines.append(line)
