"""What the assistant is asked: customer text never starts like a command, a choice is exactly what we once offered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.conversations.replies import Question
from backend.conversations.rules import for_assistant


@dataclass(frozen=True, slots=True)
class Asked:
    """The text of a turn, and whether it is a trusted payload."""

    text: str
    payload: bool
    photos: int = 0


#: What a turn without a word in it means: there is something to look at, and nothing to understand.
PHOTOS_ALONE = "/send_photos"


def as_asked(questions: Sequence[Question]) -> Asked:
    """One turn's messages as the assistant gets them."""
    taken = questions[0].taken
    if taken is not None:
        return Asked(_payload(taken), payload=True)
    sent = sum(question.photos for question in questions)
    lines = [bare for question in questions if (bare := for_assistant(question.caption))]
    if not lines and sent:
        return Asked(PHOTOS_ALONE, payload=True, photos=sent)
    return Asked("\n".join(lines) or "?", payload=False, photos=sent)


def _payload(taken: dict[str, Any]) -> str:
    intent, _, entities = str(taken["payload"]).partition("{")
    values = {**(json.loads("{" + entities) if entities else {}), **taken.get("values", {})}
    return intent + (json.dumps(values, ensure_ascii=False) if values else "")
