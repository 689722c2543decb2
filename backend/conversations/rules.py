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
FAILURES_TO_WAITING = 3
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


def takes_back(text: str) -> bool:
    """Whether a customer who waits for a person says that it is no longer needed."""
    return _TAKES_BACK.fullmatch(text.strip().replace("\u2019", "'")) is not None


def for_assistant(text: str) -> str:
    """Customer text as the assistant may see it: what starts with a slash would be a command to it."""
    while (bare := text.strip().lstrip("/")) != text:
        text = bare
    return text
