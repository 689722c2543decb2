"""What the desks are told beside the conversation's own hints: what only staff may know, at the moment of the commit."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from backend.conversations import words
from backend.conversations.models import Conversation
from backend.conversations.staff_schemas import Alert
from backend.core import hints
from backend.core.db import Session

TOPIC = "desk"


async def look(session: Session, conversation: Conversation) -> None:
    """Tell the desks that something changed that its customer is not shown."""
    await hints.send(session, TOPIC, {"id": conversation.id})


async def alert(
    session: Session, conversation: Conversation, kind: str, *, to: Collection[UUID | str] | None = None, by: str | None = None
) -> None:
    """Have technicians look up: those named, or else those who can do what the conversation needs."""
    text = words.alert(kind, who=conversation.contact.get("name"), by=by)
    who: dict[str, Any] = {"to": sorted(str(one) for one in to)} if to is not None else {"skill": conversation.skill}
    said = Alert.model_validate({"kind": kind, "conversation": conversation.id, "by": by, "text": text})
    await hints.send(session, TOPIC, {"id": conversation.id, "alert": said.model_dump(mode="json"), **who})
