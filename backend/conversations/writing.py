"""The hand that writes into a locked conversation: every insert or change takes the next revision."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from backend.conversations import sealed, words
from backend.conversations.models import Conversation, Deed, Message
from backend.conversations.queries import message_view
from backend.conversations.replies import ASSISTANT, Reply
from backend.core import hints
from backend.core.db import Session

TOPIC = "conversation"
_WRITTEN = "messages_written"
# Built once: putting it together costs more than running it.
_OPEN = select(Message).where(Message.conversation_id == bindparam("conversation_id"), Message.open).order_by(Message.seq)


def append(session: Session, conversation: Conversation, *, author_kind: str, text: str, **fields: Any) -> Message:
    """Add a message with the next seq and rev."""
    conversation.seq += 1
    conversation.rev += 1
    conversation.changed_at = session.now()
    message = Message(
        conversation_id=conversation.id,
        episode=conversation.episode,
        seq=conversation.seq,
        rev=conversation.rev,
        author_kind=author_kind,
        at=session.now(),
        text=text,
        **fields,
    )
    session.add(message)
    _remember(session, message)
    return message


async def say(session: Session, conversation: Conversation, *replies: Reply, turn_id: UUID | None = None) -> None:
    """Add messages of ours; when they offer something, what was offered before is closed."""
    if any(reply.offers for reply in replies):
        await close_offers(session, conversation)
    for reply in replies:
        append(
            session,
            conversation,
            author_kind=reply.author_kind,
            author_name=ASSISTANT if reply.author_kind == "bot" else None,
            text=reply.text,
            parts=[sealed.seal(session.settings, conversation.id, part) for part in reply.parts],
            offers=reply.offers or None,
            open=bool(reply.offers),
            turn_id=turn_id,
        )


async def say_line(session: Session, conversation: Conversation, text: str) -> Message:
    """Add a system line."""
    return append(session, conversation, author_kind="system", text=text)


async def list_open(session: Session, conversation: Conversation) -> list[Message]:
    """The messages of a locked conversation whose offers can still be taken, those added in this very transaction among them."""
    with session.no_autoflush:
        stored = list((await session.scalars(_OPEN, {"conversation_id": conversation.id})).all())
    added = [row for row in session.new if isinstance(row, Message) and row.conversation_id == conversation.id]
    return [message for message in [*stored, *added] if message.open]


def close(session: Session, conversation: Conversation, messages: Iterable[Message], chosen: str | None = None) -> None:
    """Close offers, marking the one that was taken; each changed message gets a new rev."""
    for message in messages:
        replace_parts(session, conversation, message, [closed(part, chosen) for part in message.parts])
        message.open = False


def replace_parts(session: Session, conversation: Conversation, message: Message, parts: list[dict[str, Any]]) -> None:
    """Show other parts in a message of a locked conversation; it gets a new rev."""
    _remember(session, message)
    conversation.rev += 1
    message.rev = conversation.rev
    message.parts = parts


async def close_offers(session: Session, conversation: Conversation) -> bool:
    """Close every open offer. Tells whether any was open."""
    messages = await list_open(session, conversation)
    close(session, conversation, messages)
    return bool(messages)


async def interrupt(session: Session, conversation: Conversation) -> None:
    """Close what the assistant had offered, and remember that it was in the middle of something."""
    if await close_offers(session, conversation):
        conversation.news = {"interrupted": True}


async def tell_deeds(session: Session, conversation: Conversation, turn_id: UUID | None) -> None:
    """Say in system lines what a turn did whose own words will not be heard."""
    if turn_id is None:
        return
    where = (Deed.conversation_id == conversation.id, Deed.turn_id == turn_id, Deed.told.is_(False))
    for deed in (await session.scalars(select(Deed).where(*where).order_by(Deed.at, Deed.id))).all():
        deed.told = True
        if line := words.deed(deed.operation, deed.reference):
            await say_line(session, conversation, line)


async def mark_deeds_told(session: Session, conversation: Conversation, turn_id: UUID) -> None:
    """Remember that a turn's own words have told what it did; once a booking was made, moved or cancelled, nothing is offered any more."""
    told = update(Deed).where(Deed.conversation_id == conversation.id, Deed.turn_id == turn_id, Deed.told.is_(False)).values(told=True)
    done = (await session.scalars(told.returning(Deed.operation))).all()
    if words.DEEDS.keys() & set(done):
        await close_offers(session, conversation)


async def announce(session: Session, conversation: Conversation) -> None:
    """Tell all processes, at commit, that the conversation changed, in whose hands it is and whether the assistant is asked something.

    What was just written rides along if it is small: whoever has shown all that came before need not read it again.
    """
    ask = conversation.owner == "bot" and conversation.asked_seq > conversation.answered_seq
    state = {"rev": conversation.rev, "epoch": conversation.epoch, "answered": conversation.answered_seq, "ask": ask}
    await hints.send(session, TOPIC, {"id": conversation.id, **state}, rider={"messages": _newest(session, conversation)})


def _remember(session: Session, message: Message) -> None:
    session.info.setdefault(_WRITTEN, []).append(message)


def _newest(session: Session, conversation: Conversation) -> list[dict[str, Any]]:
    written = {row.rev: row for row in session.info.get(_WRITTEN, ()) if row.conversation_id == conversation.id}
    return [message_view(session, written[rev]).model_dump(mode="json") for rev in sorted(written)]


def closed(part: dict[str, Any], chosen: str | None = None) -> dict[str, Any]:
    """A part whose offers can no longer be taken, with the one that was taken marked."""
    if not part.get("open"):
        return part
    shut = {**part, "open": False}
    for name in ("choices", "slots", "week"):
        if name in part:
            shut[name] = [{**item, "chosen": True} if item.get("id") == chosen else item for item in part[name]]
    if "week" in shut:  # a long list nobody can choose from any more; only what was taken of it is still shown
        shut["week"] = [item for item in shut["week"] if item.get("chosen")]
    return shut
