"""News that the rest of the shop has for a customer: written into the conversation in whosever hands it is, which it leaves there."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.conversations import queries, rendering, writing
from backend.conversations.models import Conversation
from backend.conversations.replies import ASSISTANT
from backend.core.db import Session


async def tell(
    session: Session,
    conversation_id: UUID,
    *,
    once: str,
    text: str,
    parts: list[dict[str, Any]],
    news: dict[str, Any],
) -> bool:
    """Add a message of the shop's, once for a name (`once`); `news` is what the assistant hears of it with its next turn.

    Choices in `parts` are what the assistant would offer. False when it was told already.
    """
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update().execution_options(populate_existing=True)
    conversation = await session.scalar(query)
    if conversation is None or await queries.find_message(session, conversation_id, once) is not None:
        return False
    reply = rendering.render(text, parts)
    await writing.close_offers(session, conversation)
    writing.append(
        session,
        conversation,
        author_kind=reply.author_kind,
        author_name=ASSISTANT,
        client_id=once,
        text=reply.text,
        parts=reply.parts,
        offers=reply.offers or None,
        open=bool(reply.offers),
    )
    conversation.news = {**(conversation.news or {}), **news}
    await session.flush()
    await writing.announce(session, conversation)
    return True
