"""Reads of conversations; `access_*` load only what the principal may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from backend.conversations import sealed
from backend.conversations.errors import ClientIdReused, ConversationUnknown
from backend.conversations.models import Conversation, Message, ReadPosition
from backend.conversations.schemas import Author, Changes, ConversationView, MessageView, Opens, StaffConversation, Technician
from backend.core.db import Session
from backend.files import links
from backend.identity.models import Staff


async def access_conversation(session: Session, conversation_id: UUID, *, lock: bool = False) -> Conversation:
    """The conversation, if it is the principal's to see; raises ConversationUnknown."""
    who = session.principal
    match who.kind:
        case "staff" | "system":
            statement = _LOCKED if lock else _ONE
        case "visitor" if who.visitor_id:
            statement = _OWN_LOCKED if lock else _OWN
        case "turn" if who.conversation_id == conversation_id:
            statement = _LOCKED if lock else _ONE
        case _:
            raise ConversationUnknown
    asked = {"conversation_id": conversation_id, "visitor_id": who.visitor_id}
    found: Conversation | None = (await session.scalars(statement, asked)).one_or_none()
    if found is None:
        raise ConversationUnknown
    return found


async def find_of_visitor(session: Session, visitor_id: UUID) -> Conversation | None:
    """The one conversation of a visitor."""
    return (await session.scalars(select(Conversation).where(Conversation.visitor_id == visitor_id))).one_or_none()


async def find_message(session: Session, conversation_id: UUID, client_id: str) -> Message | None:
    """The message stored under a client id."""
    return (await session.scalars(_SENT, {"conversation_id": conversation_id, "client_id": client_id})).one_or_none()


async def find_known(session: Session, conversation: Conversation, client_id: str, hashed: bytes) -> Message | None:
    """The message already stored under a client id; raises ClientIdReused when it is another one."""
    known = await find_message(session, conversation.id, client_id)
    if known is not None and known.body_hash != hashed:
        raise ClientIdReused
    return known


async def list_changes(session: Session, conversation_id: UUID, *, after_rev: int, limit: int, rev: int | None = None) -> Changes:
    """Messages new or changed after a revision, in the order of their revisions; `rev` is the conversation's, if just read."""
    if rev is None:
        rev = await session.scalar(select(Conversation.rev).where(Conversation.id == conversation_id))
    asked = {"conversation_id": conversation_id, "after_rev": after_rev, "count": limit + 1}
    rows = (await session.scalars(_CHANGED, asked)).all()
    page, more = rows[:limit], len(rows) > limit
    # The second look may see more than the first; the cursor is never behind what is handed out, nor behind what was asked.
    last = page[-1].rev if page else after_rev
    return Changes(messages=[message_view(session, row) for row in page], rev=last if more else max(last, rev or 0), more=more)


async def view(session: Session, conversation_id: UUID) -> ConversationView:
    """The conversation as its customer sees it."""
    row = (await session.execute(VIEW_OF_ONE, {"conversation_id": conversation_id})).one()
    return ConversationView(**_view_fields(row, await _opens(session, [row])))


async def list_for_staff(
    session: Session, *, owner: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[StaffConversation]:
    """Conversations by their last change, newest first."""
    statement = _STAFF_VIEW
    if owner:
        statement = statement.where(Conversation.owner == owner)
    if before:
        statement = statement.where(tuple_(Conversation.changed_at, Conversation.id) < before)
    rows = (await session.execute(statement.order_by(Conversation.changed_at.desc(), Conversation.id.desc()).limit(limit))).all()
    opens = await _opens(session, rows)
    return [_staff_view(row, opens) for row in rows]


async def list_unanswered(session: Session, *, limit: int) -> list[UUID]:
    """Conversations whose customer waits for the assistant while nobody holds a lease."""
    free = Conversation.turn_lease_until.is_(None) | (Conversation.turn_lease_until <= session.now())
    where = (Conversation.owner == "bot", Conversation.asked_seq > Conversation.answered_seq, free)
    return list((await session.scalars(select(Conversation.id).where(*where).limit(limit))).all())


async def count_waiting(session: Session) -> int:
    """How many customers wait for a person right now."""
    return await session.scalar(select(func.count()).where(Conversation.owner == "waiting")) or 0


async def place_in_queue(session: Session, conversation: Conversation) -> int:
    """The place of a waiting conversation, from 1: who waited longest first, urgent ones with a head start."""
    mine = tuple_(conversation.ranked_at or conversation.waiting_since, conversation.id)
    ahead = select(func.count()).where(Conversation.owner == "waiting", _rank(Conversation) < mine)
    return 1 + (await session.scalar(ahead) or 0)


def message_view(session: Session, message: Message) -> MessageView:
    """The message as both sides see it: nothing of what lies behind its offers, and photos with links that open them for a while."""
    return MessageView(
        id=message.id,
        seq=message.seq,
        rev=message.rev,
        client_id=message.client_id,
        author=Author.model_validate({"kind": message.author_kind, "name": message.author_name}),
        at=message.at,
        text=message.text,
        parts=[_shown(session, message.conversation_id, part) for part in message.parts],
        choice=message.choice,
    )


def _shown(session: Session, conversation_id: UUID, part: dict[str, Any]) -> dict[str, Any]:
    return links.with_links(session.settings, session.now(), sealed.unseal(session.settings, conversation_id, part))


def furthest(kind: str) -> Any:
    """How far anybody of a kind has read, for use in a statement about conversations."""
    where = (ReadPosition.conversation_id == Conversation.id, ReadPosition.reader_kind == kind)
    seq = select(func.coalesce(func.max(ReadPosition.seq), 0)).where(*where).correlate(Conversation)
    return seq.scalar_subquery()


def _rank(one: Any) -> Any:
    return tuple_(func.coalesce(one.ranked_at, one.waiting_since), one.id)


def _ahead() -> Any:
    other = aliased(Conversation)
    earlier = _rank(other) < _rank(Conversation)
    count = select(func.count()).where(other.owner == "waiting", Conversation.owner == "waiting", earlier).correlate(Conversation)
    return count.scalar_subquery().label("ahead")


def _last_text() -> Any:
    said = select(Message.text).where(Message.conversation_id == Conversation.id, Message.author_kind != "system")
    return said.order_by(Message.seq.desc()).limit(1).correlate(Conversation).scalar_subquery().label("last_text")


# Built once: putting these together costs more than running them.
_ONE = select(Conversation).where(Conversation.id == bindparam("conversation_id"))
_OWN = _ONE.where(Conversation.visitor_id == bindparam("visitor_id"))
_LOCKED = _ONE.with_for_update().execution_options(populate_existing=True)
_OWN_LOCKED = _OWN.with_for_update().execution_options(populate_existing=True)
_SENT = select(Message).where(Message.conversation_id == bindparam("conversation_id"), Message.client_id == bindparam("client_id"))
_CHANGED = (
    select(Message)
    .where(Message.conversation_id == bindparam("conversation_id"), Message.rev > bindparam("after_rev"))
    .order_by(Message.rev)
    .limit(bindparam("count", type_=Integer))
    .execution_options(populate_existing=True)
)
_VIEW = (
    select(
        Conversation,
        Staff.name.label("technician"),
        furthest("customer").label("customer_read"),
        furthest("technician").label("technician_read"),
        _ahead(),
    )
    .outerjoin(Staff, Staff.id == Conversation.technician_id)
    .execution_options(populate_existing=True)
)
VIEW_OF_ONE = _VIEW.where(Conversation.id == bindparam("conversation_id"))
_STAFF_VIEW = _VIEW.add_columns(_last_text()).where(Conversation.seq > 0)


async def _opens(session: Session, rows: Sequence[Any]) -> Opens | None:
    # The hours are looked up only for somebody who waits.
    if not any(row.Conversation.owner == "waiting" for row in rows):
        return None
    opening = await session.site.hooks.opening(session)
    return Opens(at=opening.at, title=opening.title) if opening else None


def _view_fields(row: Any, opens: Opens | None) -> dict[str, Any]:
    conversation: Conversation = row.Conversation
    return {
        "id": conversation.id,
        "owner": conversation.owner,
        "epoch": conversation.epoch,
        "technician": Technician(name=row.technician.split()[0]) if row.technician else None,
        "place": row.ahead + 1 if conversation.owner == "waiting" else None,
        "opens": opens if conversation.owner == "waiting" else None,
        "rev": conversation.rev,
        "seq": conversation.seq,
        "read_seq": row.customer_read,
        "seen_seq": max(conversation.answered_seq, row.technician_read),
    }


def _staff_view(row: Any, opens: Opens | None) -> StaffConversation:
    conversation: Conversation = row.Conversation
    return StaffConversation(
        **_view_fields(row, opens),
        waiting_since=conversation.waiting_since,
        changed_at=conversation.changed_at,
        handoff=conversation.handoff,
        contact=conversation.contact,
        last_text=row.last_text,
    )
