"""Decisions about messages and turns: values in, an answer out."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from backend.conversations.errors import TextEmpty, TextTooLong

TEXT_LIMIT = 4_000
MESSAGE_BYTES = 64 * 1024
MESSAGES_PER_MINUTE = 100
MINUTE = timedelta(minutes=1)
LONGEST_SNOOZE = timedelta(days=30)
FAILURES_TO_WAITING = 3
#: A waiting customer who goes on writing hears from us again after so many messages, or after so long.
QUIET_MESSAGES, QUIET_TIME = 4, timedelta(minutes=3)
#: How much sooner than it began to wait a conversation counts as waiting, by its priority. A fixed head start grows old like
#: everybody's waiting does, so that nobody is overtaken for ever.
HEAD_STARTS = (timedelta(), timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
#: A turn that has killed its worker this often counts as failed.
TRIES = 3

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_TAKES_BACK = re.compile(
    r"(?:(?:no|ok|okay|actually|oh|ah|please|sorry)[,.! ]+)*"
    r"(?:never ?mind|nvm|forget (?:it|that|about it)|(?:it'?s|its) (?:ok|okay|fine|sorted)(?: now)?|"
    r"no need(?: anymore| any more)?|don'?t bother|"
    r"(?:i )?don'?t need (?:a |the )?(?:person|human|anyone|someone)(?: anymore| any more)?|(?:back|go back) to the (?:bot|assistant))"
    r"(?:[,.! ]+(?:thanks|thank you|ta|cheers|then))*[.! ]*",
    re.IGNORECASE,
)

#: Words that may mean the same, or a booking, or the shop: whoever says them is asked.
_MAY_TAKE_BACK = re.compile(
    r"\b(?:cancel|stop|forget|never ?mind|leave it|no longer|changed my mind|"
    r"(?:don'?t|do not) (?:need|want|bother)|not needed|not interested)\b",
    re.IGNORECASE,
)
#: Whoever writes more tells a story.
_FEW_WORDS = 12


class Said(Protocol):
    """As much of a message as the rules look at."""

    @property
    def text(self) -> str: ...
    @property
    def taken(self) -> dict[str, Any] | None: ...


M = TypeVar("M", bound=Said)


def clean_text(text: str) -> str:
    """The text as it is kept; raises TextEmpty and TextTooLong. Characters are Unicode code points."""
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(limit=TEXT_LIMIT)
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        raise TextEmpty
    return text


def body_hash(author: str, body: dict[str, Any]) -> bytes:
    """What tells the repetition of a message from another message under the same client id."""
    return hashlib.sha256(json.dumps([author, body], sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")).digest()


def wait_after(hundredth_last: datetime | None, now: datetime) -> int | None:
    """Seconds to wait before one more message is taken, or None when it may come now."""
    if hundredth_last is None or now - hundredth_last >= MINUTE:
        return None
    return max(1, int((hundredth_last + MINUTE - now).total_seconds()))


def next_group(messages: Sequence[M]) -> list[M]:
    """The first messages that make one turn: plain texts in a row together as long as they fit, a choice or form alone."""
    first, *rest = messages
    group, length = [first], len(first.text)
    if first.taken is None:
        for message in rest:
            length += 1 + len(message.text)
            if message.taken is not None or length > TEXT_LIMIT:
                break
            group.append(message)
    return group


def ranked_at(waiting_since: datetime, priority: int) -> datetime:
    """Where in the queue whoever waits stands: the earlier, the sooner it is their turn."""
    return waiting_since - HEAD_STARTS[max(0, min(priority, len(HEAD_STARTS) - 1))]


def first_name(name: str) -> str:
    """What customers call somebody of the staff."""
    return name.split()[0] if name.strip() else "A colleague"


def snoozable(until: datetime, now: datetime) -> bool:
    """Whether a conversation may be out of sight for so long."""
    return MINUTE <= until - now <= LONGEST_SNOOZE


def takes_back(text: str) -> bool:
    """Whether a customer who waits for a person says that it is no longer needed."""
    return _TAKES_BACK.fullmatch(_plain(text)) is not None


def may_take_back(text: str) -> bool:
    """Whether it may be that a customer who waits for a person no longer wants to."""
    return len(text.split()) <= _FEW_WORDS and _MAY_TAKE_BACK.search(_plain(text)) is not None


def acknowledges(last: dict[str, Any] | None, seq: int, now: datetime, *, leaves: bool) -> bool:
    """Whether a waiting customer is told once more that the message arrived; `leaves`: they may no longer want to wait."""
    if last is None or (leaves and not last["leaves"]):
        return True
    return seq - last["seq"] >= QUIET_MESSAGES or now - datetime.fromisoformat(last["at"]) >= QUIET_TIME


def _plain(text: str) -> str:
    return text.strip().replace("\u2019", "'")


def for_assistant(text: str) -> str:
    """Customer text as the assistant may see it: what starts with a slash would be a command to it."""
    while (bare := text.strip().lstrip("/")) != text:
        text = bare
    return text
