"""What the desks list: who waits, who is talked to, and who the assistant has been talking to lately."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from backend.conversations import queries
from backend.conversations.models import Conversation, Message, Note
from backend.conversations.schemas import Opens
from backend.conversations.staff_schemas import (
    Contact,
    DeskChanges,
    DeskView,
    HandoffView,
    LastWord,
    Member,
    NoteView,
    Person,
    QueueRow,
)
from backend.core.db import Session
from backend.identity import presence
from backend.identity.models import Presence, Staff

#: Of those the assistant has, the desks list so many, of so short a while.
LATELY, AT_MOST = timedelta(minutes=30), 100
PREVIEW = 200


def _last(what: Any, *where: ColumnElement[bool]) -> Any:
    said = select(what).where(Message.conversation_id == Conversation.id, *where).order_by(Message.seq.desc()).limit(1)
    return func.coalesce(said.correlate(Conversation).scalar_subquery(), 0)


_CUSTOMER = _last(Message.seq, Message.author_kind == "customer").label("customer_seq")
_TECHNICIAN = _last(Message.seq, Message.author_kind == "technician").label("technician_seq")
_TURN = _last(Message.seq, Message.turn_id.is_not(None)).label("turn_seq")
_UNREAD = (
    select(func.count())
    .where(Message.conversation_id == Conversation.id, Message.author_kind == "customer", Message.seq > queries.furthest("technician"))
    .correlate(Conversation)
    .scalar_subquery()
    .label("unread")
)
_WORD = select(Message.seq).where(Message.conversation_id == Conversation.id, Message.author_kind != "system")
_LAST_WORD = _WORD.order_by(Message.seq.desc()).limit(1).correlate(Conversation).scalar_subquery()
_ROWS = (
    select(
        Conversation, Staff.name.label("technician"), _CUSTOMER, _TECHNICIAN, _TURN, _UNREAD, Message.at, Message.author_kind, Message.text
    )
    .outerjoin(Staff, Staff.id == Conversation.technician_id)
    .outerjoin(Message, and_(Message.conversation_id == Conversation.id, Message.seq == _LAST_WORD))
    .where(Conversation.seq > 0)
    .execution_options(populate_existing=True)
)
_VIEW = queries.VIEW_OF_ONE.add_columns(_CUSTOMER, _TECHNICIAN, _TURN)


async def list_rows(session: Session, ids: Collection[UUID] | None = None) -> list[QueueRow]:
    """All that the desks list, or those of it among these."""
    since = session.now() - LATELY
    owned = Conversation.owner.in_(("waiting", "technician"))
    lately = and_(Conversation.owner == "bot", Conversation.changed_at > since)
    if ids is not None:
        return await _rows(session, _ROWS.where(Conversation.id.in_(ids), or_(owned, lately)))
    talking = _ROWS.where(lately).order_by(Conversation.changed_at.desc()).limit(AT_MOST)
    return [*await _rows(session, _ROWS.where(owned)), *await _rows(session, talking)]


async def view(session: Session, conversation_id: UUID) -> DeskView:
    """One conversation as the desk shows it."""
    row = (await session.execute(_VIEW, {"conversation_id": conversation_id})).one()
    one: Conversation = row.Conversation
    opening = await session.site.hooks.opening(session) if one.owner == "waiting" else None
    return DeskView(
        **_common(session, row),
        id=one.id,
        place=row.ahead + 1 if one.owner == "waiting" else None,
        opens=Opens(at=opening.at, title=opening.title) if opening else None,
        note=one.note,
        read_seq=row.customer_read,
        seen_seq=max(one.answered_seq, row.technician_read),
        episode=one.episode,
        opened_at=one.opened_at,
        handoff=_handoff(one),
    )


async def list_changes(session: Session, conversation_id: UUID, *, after_rev: int, after_note: int, limit: int) -> DeskChanges:
    """Messages new or changed after a revision and notes after a number."""
    notes = select(Note).where(Note.conversation_id == conversation_id, Note.number > after_note).order_by(Note.number).limit(limit + 1)
    rows = (await session.scalars(notes)).all()
    changes = await queries.list_changes(session, conversation_id, after_rev=after_rev, limit=limit)
    page = rows[:limit]
    return DeskChanges(
        messages=changes.messages,
        notes=[note_view(row) for row in page],
        rev=changes.rev,
        note=page[-1].number if page else after_note,
        more=changes.more or len(rows) > limit,
    )


def note_view(note: Note) -> NoteView:
    """A note as staff see it."""
    return NoteView(
        id=note.id,
        number=note.number,
        at=note.at,
        author=Person(id=note.author_id, name=note.author_name),
        text=note.text,
        mentions=note.mentions,
        client_id=note.client_id,
        episode=note.episode,
        after_seq=note.after_seq,
    )


async def list_team(session: Session) -> list[Member]:
    """Everybody of the staff, whether they are there, and how much they have to do."""
    now, skills = session.now(), await session.site.hooks.skills(session)
    mine = and_(Conversation.technician_id == Staff.id, or_(Conversation.snoozed_until.is_(None), Conversation.snoozed_until <= now))
    chats = select(func.count()).where(mine).correlate(Staff).scalar_subquery()
    both = select(Staff, Presence, chats.label("chats")).outerjoin(Presence, Presence.staff_id == Staff.id)
    rows = await session.execute(both.where(Staff.disabled_at.is_(None)).order_by(Staff.name).execution_options(populate_existing=True))
    return [
        Member.model_validate(
            {
                "id": row.Staff.id,
                "name": row.Staff.name,
                "role": row.Staff.role,
                "skills": skills.get(row.Staff.id, []),
                "status": presence.status(row.Presence, now),
                "chats": row.chats,
            }
        )
        for row in rows
    ]


async def _rows(session: Session, statement: Select[Any]) -> list[QueueRow]:
    return [_row(session, row) for row in (await session.execute(statement)).all()]


def _row(session: Session, row: Any) -> QueueRow:
    one: Conversation = row.Conversation
    handoff = one.handoff or {}
    return QueueRow(
        **_common(session, row),
        conversation=one.id,
        reason=handoff.get("reason"),
        why=handoff.get("why"),
        call_back=handoff.get("call_back"),
        ranked_at=(one.ranked_at or one.waiting_since) if one.owner == "waiting" else None,
        unread=row.unread,
        last=LastWord.model_validate({"at": row.at, "kind": row.author_kind, "text": row.text[:PREVIEW]}) if row.at else None,
    )


def _common(session: Session, row: Any) -> dict[str, Any]:
    one: Conversation = row.Conversation
    return {
        "epoch": one.epoch,
        "owner": one.owner,
        "technician": Person(id=one.technician_id, name=row.technician) if one.technician_id else None,
        "customer": Contact(**{name: one.contact.get(name) for name in Contact.model_fields}),
        "skill": one.skill,
        "priority": one.priority,
        "waiting_since": one.waiting_since,
        "snoozed_until": _ahead(one.snoozed_until, session.now()),
        "awaiting": awaits(one, customer=row.customer_seq, technician=row.technician_seq, turn=row.turn_seq),
        "rev": one.rev,
        "seq": one.seq,
        "changed_at": one.changed_at,
    }


def awaits(one: Conversation, *, customer: int, technician: int, turn: int) -> bool:
    """Whether the customer waits for an answer, given the last message of each and the last of a turn's."""
    match one.owner:
        case "waiting":
            return True
        case "bot":
            return one.asked_seq > one.answered_seq
        case "technician":
            asked = (one.handoff or {}).get("seq", 0)  # whoever asked for a person has been answered once a person wrote
            return customer > max(technician, turn) or asked > technician
        case _:
            return False


async def awaits_answer(session: Session, one: Conversation) -> bool:
    """`awaits` for one conversation."""
    seqs = select(_CUSTOMER, _TECHNICIAN, _TURN).select_from(Conversation).where(Conversation.id == one.id)
    row = (await session.execute(seqs)).one()
    return awaits(one, customer=row.customer_seq, technician=row.technician_seq, turn=row.turn_seq)


def _ahead(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None


def _handoff(one: Conversation) -> HandoffView | None:
    kept = one.handoff
    if kept is None:
        return None
    return HandoffView.model_validate(
        {
            "reason": kept["reason"],
            "why": kept.get("why"),
            "at": kept.get("at"),
            "wanted": kept.get("wanted") or kept.get("summary"),
            "filled": _facts(kept.get("filled")),
            "tried": kept.get("tried") or [],
            "call_back": kept.get("call_back"),
        }
    )


def _facts(filled: Any) -> Sequence[Any]:
    # What handoffs of before the desk kept was no list of labels and values.
    return filled if isinstance(filled, list) else []
