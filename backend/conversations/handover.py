"""What technicians do in a conversation: take it, write, give it back, close it; `passing` has the rest. Each verb locks it first."""

from uuid import UUID

from sqlalchemy import func, select

from backend.conversations import photos, queries, rules, words, writing
from backend.conversations.errors import ConversationTaken
from backend.conversations.models import Conversation, Message
from backend.conversations.schemas import StaffReply
from backend.core import audit
from backend.core.db import Session
from backend.identity import presence

#: What the assistant is asked when it was interrupted: to say what it knows and to go on from there.
RESUME = "/recall"


async def take(session: Session, conversation_id: UUID, *, epoch: int) -> Conversation:
    """Hand the conversation to the technician who asks; of two who ask at once one gets it, the other ConversationTaken.

    One that is closed is opened again by that.
    """
    conversation = await at_epoch(session, conversation_id, epoch)
    if conversation.owner == "technician" and not conversation.unclaimed:
        raise taken(conversation)
    if session.principal.id is not None:
        await presence.take_up(session, session.principal.id)
    turn_id = conversation.turn_id
    if conversation.owner == "closed":
        conversation.handoff = conversation.news = None
    conversation.move("take", session.now(), technician_id=session.principal.id)
    await writing.tell_deeds(session, conversation, turn_id)
    await writing.interrupt(session, conversation)
    await writing.say_line(session, conversation, words.taken(first_name(session)))
    return await handed_over(session, conversation, "taken")


async def reply(session: Session, conversation_id: UUID, said: StaffReply) -> Message:
    """Store a technician's message, once per client id."""
    text = rules.clean_text(said.text) if said.text is not None else ""
    hashed = rules.body_hash(f"technician:{session.principal.id}", said.body() | ({"text": text} if text else {}))
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if (known := await queries.find_known(session, conversation, said.client_id, hashed)) is not None:
        return known
    check_mine(session, conversation, said.epoch)
    pictures = await photos.claim(session, conversation, said.file_ids, said.alts)
    message = writing.append(
        session,
        conversation,
        author_kind="technician",
        author_id=session.principal.id,
        author_name=first_name(session),
        client_id=said.client_id,
        text=pictures.told(text),
        parts=pictures.parts,
        body_hash=hashed,
    )
    await session.flush()
    await pictures.stand_in(session, message)
    await writing.announce(session, conversation)
    return message


async def release(session: Session, conversation_id: UUID, *, epoch: int, told: str | None = None) -> Conversation:
    """Give the conversation back to the assistant, which answers what was left unanswered, or goes on where it was interrupted.

    `told`: what the technician changed or agreed, in a few words; the assistant learns from it and says what it knows then.
    """
    told = rules.clean_text(told) if told is not None else None
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    check_mine(session, conversation, epoch)
    last_word = await session.scalar(
        select(func.max(Message.seq)).where(Message.conversation_id == conversation.id, Message.author_kind.in_(("bot", "technician")))
    )
    asked = await session.scalar(
        select(func.max(Message.seq)).where(
            Message.conversation_id == conversation.id, Message.author_kind == "customer", Message.seq > (last_word or 0)
        )
    )
    name, interrupted = first_name(session), (conversation.news or {}).get("interrupted", False)
    conversation.move("release", session.now())
    # What was said between the assistant's last turn and the technician's last word: the assistant learns from it and answers none of it.
    own = select(func.max(Message.seq)).where(Message.conversation_id == conversation.id, Message.turn_id.is_not(None))
    between = [await session.scalar(own) or 0, last_word or 0]
    conversation.news = {"handed_back": {"by": name, "at": session.now().isoformat(), "between": between, "told": told}}
    await writing.close_offers(session, conversation)
    line = await writing.say_line(session, conversation, words.RELEASED.format(name=name))
    if asked is not None:
        conversation.answered_seq, conversation.asked_seq = last_word or 0, asked
    elif (interrupted or told) and conversation.assistant_state is not None:
        # The assistant speaks first: the line itself is what it is asked.
        line.taken = {"payload": RESUME, "wake": True}
        conversation.answered_seq, conversation.asked_seq = line.seq - 1, line.seq
    return await handed_over(session, conversation, "released")


async def resolve(session: Session, conversation_id: UUID, *, epoch: int) -> Conversation:
    """Close the episode; the customer's next message opens another."""
    conversation = await at_epoch(session, conversation_id, epoch)
    if conversation.technician_id not in (None, session.principal.id):
        raise taken(conversation)
    turn_id = conversation.turn_id
    conversation.move("resolve", session.now())
    await writing.tell_deeds(session, conversation, turn_id)
    await writing.close_offers(session, conversation)
    await writing.say_line(session, conversation, words.RESOLVED)
    return await handed_over(session, conversation, "resolved")


async def at_epoch(session: Session, conversation_id: UUID, epoch: int) -> Conversation:
    """The conversation, locked, if it is as the caller believes; raises ConversationTaken."""
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if conversation.epoch != epoch:
        raise taken(conversation)
    return conversation


def check_mine(session: Session, conversation: Conversation, epoch: int) -> None:
    """Refuse unless the caller has the conversation, in this epoch; raises ConversationTaken."""
    if (conversation.owner, conversation.technician_id, conversation.epoch) != ("technician", session.principal.id, epoch):
        raise taken(conversation)


def taken(conversation: Conversation) -> ConversationTaken:
    """The refusal that says in whose hands a conversation is."""
    who = str(conversation.technician_id) if conversation.technician_id else None
    return ConversationTaken(owner=conversation.owner, epoch=conversation.epoch, technician=who)


async def handed_over(session: Session, conversation: Conversation, how: str) -> Conversation:
    """Note who did it, and tell everybody."""
    await session.flush()
    await audit.record(session, f"conversation.{how}", subject=conversation.id, epoch=conversation.epoch)
    await writing.announce(session, conversation)
    return conversation


def first_name(session: Session) -> str:
    """What customers call whoever acts."""
    return rules.first_name(session.principal.name)
