"""Photos in messages: a message takes over files nobody else has, and its last line tells of them where pictures cannot be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.conversations import words
from backend.conversations.models import Conversation, Message
from backend.core.db import Session
from backend.files import links
from backend.files import service as files
from backend.files.models import File


@dataclass(frozen=True, slots=True)
class Photos:
    """Files a message is about to take over, and the parts that show them."""

    files: Sequence[File] = ()
    parts: list[dict[str, Any]] = field(default_factory=list)

    def told(self, caption: str) -> str:
        """The text of their message: the caption, then a line of its own that tells of them."""
        if not self.files:
            return caption
        line = words.photos(len(self.files), [file.alt for file in self.files if file.alt])
        return f"{caption}\n{line}" if caption else line

    async def stand_in(self, session: Session, message: Message) -> None:
        """Note that the message, which has been written, holds them."""
        if self.files:
            await files.sent(session, self.files, message.id, message.at)


async def claim(session: Session, conversation: Conversation, file_ids: Sequence[str] | None, alts: Mapping[str, str] | None) -> Photos:
    """The principal's own files for a message of this conversation; refused with the codes of files."""
    if not file_ids:
        return Photos()
    return Photos(*await files.claim(session, file_ids, alts or {}, visitor_id=conversation.visitor_id))


def count(parts: Sequence[Mapping[str, Any]]) -> int:
    """How many photos a message's parts show."""
    return sum(part.get("type") == links.PART for part in parts)
