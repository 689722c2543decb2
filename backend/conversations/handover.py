"""What technicians do in a conversation: take it, write, give it back, close it. Each verb locks it first."""

from uuid import UUID

from sqlalchemy import func, select

from backend.conversations import photos, queries, rules, service, words, writing
from backend.conversations.errors import ConversationTaken
from backend.conversations.models import Conversation, Message
from backend.conversations.schemas import StaffReply
from backend.core import audit
from backend.core.db import Session

#: What the assistant is asked when it was interrupted: to say what it knows and to go on from there.
RESUME = "/recall"


async def take(session: Session, conversation_id: UUID, *, epoch: int) -> Conversation:
    """Hand the conversation to the technician who asks; of two who ask at once one gets it, the other ConversationTaken."""
    conversation = await _at_epoch(session, conversation_id, epoch)
    if conversation.owner == "technician":
        raise ConversationTaken(owner="technician")
    turn_id = conversation.turn_id
    conversation.move("take", session.now(), technician_id=session.principal.id)
    await writing.tell_deeds(session, conversation, turn_id)
    await writing.interrupt(session, conversation)
    await writing.say_line(session, conversation, words.taken(_first_name(session)))
    return await _handed_over(session, conversation, "taken")


async def reply(session: Session, conversation_id: UUID, said: StaffReply) -> Message:
    """Store a technician's message, once per client id."""
    text = rules.clean_text(said.text) if said.text is not None else ""
    hashed = rules.body_hash(f"technician:{session.principal.id}", said.body() | ({"text": text} if text else {}))
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if (known := await service.find_known(session, conversation, said.client_id, hashed)) is not None:
        return known
    _check_mine(session, conversation, said.epoch)
    pictures = await photos.claim(session, conversation, said.file_ids, said.alts)
    message = writing.append(
        session,
        conversation,
        author_kind="technician",
        author_id=session.principal.id,
        author_name=_first_name(session),
        client_id=said.client_id,
        text=pictures.told(text),
        parts=pictures.parts,
        body_hash=hashed,
    )
    await session.flush()
    await pictures.stand_in(session, message)
    await writing.announce(session, conversation)
    return message


async def release(session: Session, conversation_id: UUID, *, epoch: int) -> Conversation:
    """Give the conversation back to the assistant, which answers what was left unanswered, or goes on where it was interrupted."""
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    _check_mine(session, conversation, epoch)
    last_word = await session.scalar(
        select(func.max(Message.seq)).where(Message.conversation_id == conversation.id, Message.author_kind.in_(("bot", "technician")))
    )
    asked = await session.scalar(
        select(func.max(Message.seq)).where(
            Message.conversation_id == conversation.id, Message.author_kind == "customer", Message.seq > (last_word or 0)
        )
    )
    name, interrupted = _first_name(session), (conversation.news or {}).get("interrupted", False)
    conversation.move("release", session.now())
    # What was said between the assistant's last turn and the technician's last word: the assistant learns from it and answers none of it.
    own = select(func.max(Message.seq)).where(Message.conversation_id == conversation.id, Message.turn_id.is_not(None))
    between = [await session.scalar(own) or 0, last_word or 0]
    conversation.news = {"handed_back": {"by": name, "at": session.now().isoformat(), "between": between}}
    await writing.close_offers(session, conversation)
    line = await writing.say_line(session, conversation, words.RELEASED.format(name=name))
    if asked is not None:
        conversation.answered_seq, conversation.asked_seq = last_word or 0, asked
    elif interrupted and conversation.assistant_state is not None:
        # The assistant speaks first: the line itself is what it is asked.
        line.taken = {"payload": RESUME, "wake": True}
        conversation.answered_seq, conversation.asked_seq = line.seq - 1, line.seq
    return await _handed_over(session, conversation, "released")


async def resolve(session: Session, conversation_id: UUID, *, epoch: int) -> Conversation:
    """Close the episode; the customer's next message opens another."""
    conversation = await _at_epoch(session, conversation_id, epoch)
    if conversation.owner == "technician" and conversation.technician_id != session.principal.id:
        raise ConversationTaken(owner="technician")
    turn_id = conversation.turn_id
    conversation.move("resolve", session.now())
    await writing.tell_deeds(session, conversation, turn_id)
    await writing.close_offers(session, conversation)
    await writing.say_line(session, conversation, words.RESOLVED)
    return await _handed_over(session, conversation, "resolved")


async def _at_epoch(session: Session, conversation_id: UUID, epoch: int) -> Conversation:
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if conversation.epoch != epoch:
        raise ConversationTaken(owner=conversation.owner, epoch=conversation.epoch)
    return conversation


def _check_mine(session: Session, conversation: Conversation, epoch: int) -> None:
    if (conversation.owner, conversation.technician_id, conversation.epoch) != ("technician", session.principal.id, epoch):
        raise ConversationTaken(owner=conversation.owner, epoch=conversation.epoch)


async def _handed_over(session: Session, conversation: Conversation, how: str) -> Conversation:
    await session.flush()
    await audit.record(session, f"conversation.{how}", subject=conversation.id, epoch=conversation.epoch)
    await writing.announce(session, conversation)
    return conversation


def _first_name(session: Session) -> str:
    return session.principal.name.split()[0] if session.principal.name.strip() else "A colleague"
