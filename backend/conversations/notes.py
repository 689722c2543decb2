"""What staff write for each other beside a conversation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from backend.conversations import desk_hints, handover, queries, rules
from backend.conversations.errors import ClientIdReused, TechnicianUnknown
from backend.conversations.models import Conversation, Note
from backend.conversations.staff_schemas import NewNote
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.identity.models import Staff


async def add(session: Session, wish: NewNote) -> Note:
    """Store a note, once per client id; it takes a number of its own and no revision, so that its customer's client sees nothing of it."""
    text = rules.clean_text(wish.text)
    hashed = rules.body_hash(f"note:{session.principal.id}", {**wish.body(), "text": text})
    conversation = await queries.access_conversation(session, UUID(wish.conversation), lock=True)
    known = await session.scalar(select(Note).where(Note.conversation_id == conversation.id, Note.client_id == wish.client_id))
    if known is not None:
        if known.body_hash != hashed:
            raise ClientIdReused
        return known
    if conversation.epoch != wish.epoch:
        raise handover.taken(conversation)
    mentioned = {UUID(one) for one in wish.mentions}
    if mentioned and await session.scalar(select(func.count()).where(Staff.id.in_(mentioned))) != len(mentioned):
        raise TechnicianUnknown
    return await _write(session, conversation, text, wish.client_id, hashed, sorted(str(one) for one in mentioned))


async def write(session: Session, conversation: Conversation, text: str) -> Note:
    """Store a note that comes with something else done in a locked conversation."""
    text = rules.clean_text(text)
    return await _write(session, conversation, text, str(uuid7()), rules.body_hash("note", {"text": text}), [])


async def _write(session: Session, conversation: Conversation, text: str, client_id: str, hashed: bytes, mentions: Sequence[str]) -> Note:
    assert session.principal.id is not None
    conversation.note += 1
    note = Note(
        conversation_id=conversation.id,
        number=conversation.note,
        episode=conversation.episode,
        after_seq=conversation.seq,
        client_id=client_id,
        body_hash=hashed,
        author_id=session.principal.id,
        author_name=session.principal.name,
        at=session.now(),
        text=text,
        mentions=list(mentions),
    )
    session.add(note)
    await session.flush()
    await desk_hints.look(session, conversation)
    if mentions:
        await desk_hints.alert(session, conversation, "mention", to=mentions, by=handover.first_name(session))
    return note
