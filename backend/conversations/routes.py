"""The HTTP side of conversations: the customer's twin of the socket, and what technicians do."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from backend.conversations import handover, queries, service
from backend.conversations.schemas import (
    Accepted,
    AtEpoch,
    Changes,
    ConversationView,
    Incoming,
    Opened,
    Owner,
    ReadMark,
    StaffConversations,
    StaffReply,
)
from backend.core import address, limits
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.identity import visitors
from backend.identity.authenticate import visitor_principal

api = Api("conversations")
#: New visitors from one address in a minute: a shop's whole street behind one router stays far below.
NEW_VISITORS = 600


@api.post("/api/v1/conversations", status=201)
async def open_conversation(session: Session, request: web.Request, principal: Principal) -> Opened:
    """Begin a conversation, or find the caller's own again; the credential leads back to it."""
    credential, caller = None, address.of(request, session.settings)
    if principal.kind == "visitor":
        credential = request.headers["Authorization"].partition(" ")[2].strip()
    else:
        await limits.hit(session.site, f"visitors:{caller}", NEW_VISITORS, 60)
    visitor, credential = await visitors.open(session, credential, network=address.network(caller, session.settings))
    session.principal = visitor_principal(visitor)
    conversation = await service.open_conversation(session, visitor.id)
    return Opened(credential=credential, conversation=await queries.view(session, conversation.id))


@api.get("/api/v1/conversations/{conversation_id}")
async def get_conversation(session: Session, conversation_id: UUID) -> ConversationView:
    """A conversation's owner, place in the queue and read marks."""
    conversation = await queries.access_conversation(session, conversation_id)
    return await queries.view(session, conversation.id)


@api.get("/api/v1/conversations/{conversation_id}/messages")
async def list_messages(
    session: Session,
    conversation_id: UUID,
    after_rev: Annotated[int, Field(ge=0, le=2**53), Query()] = 0,
    limit: Annotated[int, Field(ge=1, le=200), Query()] = 100,
) -> Changes:
    """Messages new or changed after a revision."""
    conversation = await queries.access_conversation(session, conversation_id)
    return await queries.list_changes(session, conversation.id, after_rev=after_rev, limit=limit, rev=conversation.rev)


@api.post("/api/v1/conversations/{conversation_id}/messages", status=201)
async def send_message(session: Session, conversation_id: UUID, body: Incoming) -> Accepted:
    """Send a text, photos, a choice or a filled-in form; the client id makes a repetition harmless."""
    stored = await service.accept_plain(session, conversation_id, body) or await service.accept(session, conversation_id, body)
    return Accepted.model_validate(stored.message)


@api.post("/api/v1/conversations/{conversation_id}/read", status=204)
async def mark_read(session: Session, conversation_id: UUID, body: ReadMark) -> None:
    """Say how far the caller has read."""
    await service.mark_read(session, conversation_id, body.seq)


@api.get("/api/v1/conversations")
async def list_conversations(
    session: Session,
    owner: Annotated[Owner | None, Query()] = None,
    cursor: Annotated[str | None, Field(max_length=100), Query()] = None,
    limit: Annotated[int, Field(ge=1, le=100), Query()] = 50,
) -> StaffConversations:
    """Conversations for staff, the last changed first."""
    items = await queries.list_for_staff(session, owner=owner, before=_before(cursor), limit=limit + 1)
    page, more = items[:limit], len(items) > limit
    following = f"{page[-1].changed_at.isoformat()}_{page[-1].id}" if more else None
    return StaffConversations(items=page, next_cursor=following)


@api.post("/api/v1/conversations/{conversation_id}/take")
async def take_conversation(session: Session, conversation_id: UUID, body: AtEpoch) -> ConversationView:
    """Take a conversation over from the assistant or the queue; of two who do, one gets it."""
    await handover.take(session, conversation_id, epoch=body.epoch)
    return await queries.view(session, conversation_id)


@api.post("/api/v1/conversations/{conversation_id}/replies", status=201)
async def reply_to_customer(session: Session, conversation_id: UUID, body: StaffReply) -> Accepted:
    """Write to the customer of a conversation one has taken."""
    message = await handover.reply(session, conversation_id, body)
    return Accepted.model_validate(message)


@api.post("/api/v1/conversations/{conversation_id}/release")
async def release_conversation(session: Session, conversation_id: UUID, body: AtEpoch) -> ConversationView:
    """Give a conversation back to the assistant."""
    await handover.release(session, conversation_id, epoch=body.epoch)
    return await queries.view(session, conversation_id)


@api.post("/api/v1/conversations/{conversation_id}/resolve")
async def resolve_conversation(session: Session, conversation_id: UUID, body: AtEpoch) -> ConversationView:
    """Close a conversation until the customer writes again."""
    await handover.resolve(session, conversation_id, epoch=body.epoch)
    return await queries.view(session, conversation_id)


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, _, conversation_id = cursor.partition("_")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        return moment, UUID(conversation_id)
    except ValueError:
        raise Invalid(errors=[{"in": "query", "pointer": "/cursor", "code": "cursor_invalid", "detail": "not a cursor of ours"}]) from None
