"""What every namespace does with an event: who may send it, how often, how big, of which shape; and a failure as its code."""

import json
import time
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from backend.conversations import rules
from backend.conversations.errors import MessageTooLarge, TooManyMessages
from backend.core.errors import Refusal, Unavailable
from backend.core.problems import as_refusal
from backend.core.schema import Strict

#: Events of one socket: so many at once, and so many a second for as long as it lasts.
BURST, PACE = 200, 20.0
S = TypeVar("S", bound=Strict)


@dataclass(slots=True)
class Pace:
    """How much one socket may still send."""

    left: float = BURST
    at: float = field(default_factory=time.monotonic)

    def spend(self) -> None:
        """Count one more event; raises TooManyMessages when it is beyond the pace."""
        now = time.monotonic()
        self.left = min(BURST, self.left + (now - self.at) * PACE) - 1
        self.at = now
        if self.left < 0:
            self.left = 0
            raise TooManyMessages(retry_after=1)


class EventInvalid(Refusal):
    """The event is not of the agreed shape."""

    code, status, title = "invalid", 422, "This message is not of the agreed shape."


def read(model: type[S], data: Any) -> S:
    """What an event carries; raises for what is too large or of another shape."""
    if len(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")) > rules.MESSAGE_BYTES:
        raise MessageTooLarge(limit=rules.MESSAGE_BYTES)
    return model.model_validate(data)


def refusal_of(error: Exception) -> Refusal:
    """What a client is told of a failure; what is our fault is logged."""
    if isinstance(error, (ValidationError, RecursionError)):  # the second: nested deeper than anything of ours
        return EventInvalid()
    refusal = as_refusal(error)
    # One code tells a client to try again by itself, whatever was out of reach.
    return Unavailable() if isinstance(refusal, Unavailable) else refusal


def refused(error: Exception) -> dict[str, Any]:
    """The ack that says no."""
    refusal = refusal_of(error)
    return {"ok": False, "error": {"code": refusal.code, "detail": refusal.detail or refusal.title, **refusal.extra}}
