"""A technician's conversation passed on: to a colleague, back into the queue, out of sight for a while, or given up since they are gone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from backend.conversations import board, desk, desk_hints, handover, notes, queries, rules, waiting, words, writing
from backend.conversations.errors import TechnicianAway, TechnicianUnknown, UntilInvalid
from backend.conversations.models import Conversation, Message
from backend.conversations.staff_schemas import Transfer
from backend.core import audit, logs
from backend.core.db import Session
from backend.identity import presence
from backend.identity.models import Presence, Staff

log = logs.get(__name__)


async def transfer(session: Session, conversation_id: UUID, wish: Transfer) -> Conversation:
    """Pass a conversation on, to a colleague who is there or back into the queue; its technician may, and managers may."""
    conversation = await handover.at_epoch(session, conversation_id, wish.epoch)
    former = conversation.technician_id
    if conversation.owner != "technician" or (former != session.principal.id and not session.principal.may("manager")):
        raise handover.taken(conversation)
    if wish.note is not None:
        await notes.write(session, conversation, wish.note)
    by = handover.first_name(session)
    if wish.to is not None:
        colleague = await _colleague(session, UUID(wish.to))
        conversation.move("transfer", session.now(), technician_id=colleague.id)
        await writing.say_line(session, conversation, words.transferred(by, rules.first_name(colleague.name)))
        await desk_hints.alert(session, conversation, "transferred", to=[colleague.id], by=by)
    else:
        conversation.skill = wish.skill
        conversation.handoff = _reason(conversation, "passed_on")
        await _into_queue(session, conversation, "requeue", by=by)
    if former not in (None, session.principal.id):
        await desk_hints.alert(session, conversation, "taken", to=[str(former)], by=by)
    return await handover.handed_over(session, conversation, "transferred")


async def snooze(session: Session, conversation_id: UUID, *, epoch: int, until: datetime | None) -> Conversation:
    """Put a conversation out of its technician's sight until then, or until the customer writes; None wakes it."""
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    handover.check_mine(session, conversation, epoch)
    if until is not None and not rules.snoozable(until, session.now()):
        raise UntilInvalid
    conversation.snoozed_until = until
    await audit.record(session, "conversation.snoozed", subject=conversation.id, until=until)
    await session.flush()
    await desk_hints.look(session, conversation)
    return conversation


async def wake(session: Session, conversation: Conversation) -> None:
    """Bring a locked conversation back into its technician's sight, and tell them."""
    conversation.snoozed_until = None
    if conversation.technician_id is not None:
        await desk_hints.alert(session, conversation, "woken", to=[conversation.technician_id])
    await session.flush()
    await desk_hints.look(session, conversation)


async def list_woken(session: Session, *, limit: int) -> list[UUID]:
    """Conversations that were snoozed until now."""
    return list((await session.scalars(select(Conversation.id).where(Conversation.snoozed_until <= session.now()).limit(limit))).all())


async def wake_if_due(session: Session, conversation_id: UUID) -> bool:
    """Wake a conversation whose time has come."""
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if conversation.snoozed_until is None or conversation.snoozed_until > session.now():
        return False
    await wake(session, conversation)
    return True


async def list_given_up(session: Session, *, limit: int) -> list[UUID]:
    """Conversations in the hands of technicians who are gone; what is snoozed waits until it wakes."""
    now = session.now()
    lost = (
        select(Conversation.id)
        .outerjoin(Presence, Presence.staff_id == Conversation.technician_id)
        .where(Conversation.technician_id.is_not(None), presence.is_lost(now))
        .where(or_(Conversation.snoozed_until.is_(None), Conversation.snoozed_until <= now))
    )
    return list((await session.scalars(lost.limit(limit))).all())


async def give_up(session: Session, conversation_id: UUID) -> bool:
    """Take a conversation from a technician who is gone: to the queue if the customer awaits an answer, else quietly to nobody."""
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    technician_id = conversation.technician_id
    if technician_id is None or presence.status(await session.get(Presence, technician_id), session.now()) != "gone":
        return False
    staff = await session.get_one(Staff, technician_id)
    if await board.awaits_answer(session, conversation):
        conversation.handoff = _reason(conversation, "technician_gone")
        await _into_queue(session, conversation, "requeue", lost=rules.first_name(staff.name))
    else:
        conversation.move("lose", session.now())
    log.info("technician_gone", conversation_id=str(conversation.id), owner=conversation.owner)
    await desk_hints.alert(session, conversation, "given_up", to=[technician_id])
    await handover.handed_over(session, conversation, "given_up")
    return True


async def reclaim(session: Session, conversation: Conversation) -> None:
    """Queue a locked conversation that nobody has, whose customer has just written."""
    conversation.handoff = _reason(conversation, "technician_gone")
    await _into_queue(session, conversation, "requeue", lost=None)


async def _into_queue(session: Session, conversation: Conversation, on: str, *, by: str | None = None, lost: str | None = None) -> None:
    conversation.priority = max(conversation.priority, 1)  # they have waited before
    conversation.move(on, session.now(), since=await _unanswered_since(session, conversation))
    await session.flush()
    at, place = await desk.look(session), await queries.place_in_queue(session, conversation)
    text = (
        words.requeued(by, place, opens=at.opens, away=at.away) if by is not None else words.lost(lost, place, opens=at.opens, away=at.away)
    )
    await writing.say(session, conversation, waiting.with_ways(text, at, conversation.contact))
    await desk_hints.alert(session, conversation, "waiting")


async def _unanswered_since(session: Session, conversation: Conversation) -> datetime | None:
    """When the first message was written that nobody has answered; None when there is none."""
    answered = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation.id, (Message.author_kind == "technician") | Message.turn_id.is_not(None)
    )
    asked = select(Message.at).where(
        Message.conversation_id == conversation.id,
        Message.author_kind == "customer",
        Message.seq > func.coalesce(answered.scalar_subquery(), 0),
    )
    first: datetime | None = await session.scalar(asked.order_by(Message.seq).limit(1))
    return first


async def _colleague(session: Session, staff_id: UUID) -> Staff:
    staff: Staff | None = await session.get(Staff, staff_id)
    if staff is None or staff.disabled_at is not None:
        raise TechnicianUnknown
    if presence.status(await session.get(Presence, staff_id), session.now()) != "here":
        raise TechnicianAway
    return staff


def _reason(conversation: Conversation, reason: str) -> dict[str, object]:
    known = conversation.handoff or {}
    return {"reason": reason, "why": words.REASONS[reason], **known}
