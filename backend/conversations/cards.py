"""Cards that stay true: what messages of ours show of a thing is drawn anew when the thing itself has changed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from backend.conversations import writing
from backend.conversations.models import Conversation, Message
from backend.core.db import Session

#: From a part and the message it stands in to the part as it is now.
Draw = Callable[[dict[str, Any], Message], dict[str, Any]]


async def redraw(
    session: Session, conversation_id: UUID, shown: Sequence[dict[str, Any]], learn: Callable[[Session], Awaitable[Draw]]
) -> int:
    """Draw the parts anew that hold all values of one of `shown`; returns how many messages that changed.

    `learn` reads what is true now while the conversation is locked, so that of two changes at once the last one stays.
    """
    lock = select(Conversation).where(Conversation.id == conversation_id).with_for_update().execution_options(populate_existing=True)
    conversation = await session.scalar(lock)
    if conversation is None:
        return 0
    holding = or_(*(Message.parts.contains([values]) for values in shown))
    messages = (
        await session.scalars(select(Message).where(Message.conversation_id == conversation_id, holding).order_by(Message.seq))
    ).all()
    draw = await learn(session) if messages else None
    changed = 0
    for message in messages:
        assert draw is not None
        parts = [draw(part, message) if any(_holds(part, values) for values in shown) else part for part in message.parts]
        if parts != message.parts:
            writing.replace_parts(session, conversation, message, parts)
            changed += 1
    if changed:
        await session.flush()
        await writing.announce(session, conversation)
    return changed


def _holds(part: dict[str, Any], values: dict[str, Any]) -> bool:
    return all(part.get(name) == value for name, value in values.items())
