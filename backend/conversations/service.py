"""What customers do in a conversation. Whatever writes locks the conversation first, so that all comes one after the other."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.conversations import offers, passing, photos, plain, queries, rules, waiting, words, writing
from backend.conversations.errors import ConversationUnknown, TooManyMessages
from backend.conversations.models import Conversation, Message, ReadPosition
from backend.conversations.schemas import Incoming
from backend.core import audit, hints, race
from backend.core.db import Session
from backend.core.ids import uuid7


async def open_conversation(session: Session, visitor_id: UUID) -> Conversation:
    """The one conversation of a visitor, made when there is none, however many ask at once."""
    found = await queries.find_of_visitor(session, visitor_id)
    if found is not None:
        return found
    await race.before("conversation.insert")
    now = session.now()
    new = insert(Conversation).values(id=uuid7(), visitor_id=visitor_id, opened_at=now, changed_at=now, **_fresh())
    await session.execute(new.on_conflict_do_nothing(index_elements=["visitor_id"]))
    made = await queries.find_of_visitor(session, visitor_id)
    if made is None:
        raise ConversationUnknown
    return made


class Stored(NamedTuple):
    """A message that is in the conversation, and the epoch it was found in."""

    message: Message
    epoch: int
    #: What storing it changed besides, in the order of the revisions.
    changed: Sequence[Message] = ()


async def accept_plain(session: Session, conversation_id: UUID, incoming: Incoming) -> Stored | None:
    """Store a customer's message as `accept` does, in one statement that needs no transaction; None when it takes more than that."""
    if not incoming.is_plain or session.principal.kind != "visitor":
        return None
    text, hashed = _read(incoming)
    await race.before("message.lock")
    stored = await plain.store(session, conversation_id, incoming.client_id, text, hashed)
    return Stored(*stored) if stored is not None else None


async def accept(session: Session, conversation_id: UUID, incoming: Incoming) -> Stored:
    """Store a customer's message once, whoever owns the conversation, and have it answered if that is the assistant's to do.

    The same client id with the same body gives the same message again; with another body it raises ClientIdReused.
    """
    text, hashed = _read(incoming)
    await race.before("message.lock")
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if (known := await queries.find_known(session, conversation, incoming.client_id, hashed)) is not None:
        return Stored(known, conversation.epoch)
    await _keep_pace(session, conversation)
    taken: dict[str, Any] | None = None
    offer_id = incoming.choice or (incoming.form.id if incoming.form else None)
    open_ones = await writing.list_open(session, conversation) if offer_id is not None else []
    if incoming.choice is not None:
        taken = await offers.chosen(session, conversation, open_ones, incoming.choice)
        text = taken["title"]
    elif incoming.form is not None:
        taken, text = await offers.filled(session, conversation, open_ones, incoming.form.id, incoming.form.values)
    pictures = await photos.claim(session, conversation, incoming.file_ids, incoming.alts)
    if conversation.owner == "closed":
        conversation.move("customer_writes", session.now())
    message = writing.append(
        session,
        conversation,
        author_kind="customer",
        author_id=session.principal.visitor_id,
        client_id=incoming.client_id,
        text=pictures.told(text),
        parts=pictures.parts,
        choice=offer_id,
        taken=taken,
        body_hash=hashed,
    )
    writing.close(session, conversation, open_ones, offer_id)
    if conversation.snoozed_until is not None:
        await passing.wake(session, conversation)
    if conversation.unclaimed:
        await passing.reclaim(session, conversation)
    elif conversation.owner == "waiting":
        await _while_waiting(session, conversation, message)
    elif conversation.owner == "bot":
        conversation.asked_seq = message.seq
    await session.flush()
    await pictures.stand_in(session, message)
    await writing.announce(session, conversation)
    return Stored(message, conversation.epoch, open_ones)


def _read(incoming: Incoming) -> tuple[str, bytes]:
    text = rules.clean_text(incoming.text) if incoming.text is not None else ""
    return text, rules.body_hash("customer", incoming.body())


async def mark_read(session: Session, conversation_id: UUID, seq: int) -> None:
    """Remember how far the principal has read; it only ever grows and never passes the last message."""
    conversation = await queries.access_conversation(session, conversation_id)
    who = session.principal
    kind = "customer" if who.kind == "visitor" else "technician"
    if who.id is None or (kind == "technician" and conversation.technician_id != who.id):
        return  # looking over a colleague's shoulder is no reading
    row = insert(ReadPosition).values(
        conversation_id=conversation.id, reader_kind=kind, reader_id=who.id, seq=min(seq, conversation.seq), at=session.now()
    )
    further = row.on_conflict_do_update(
        index_elements=["conversation_id", "reader_kind", "reader_id"],
        set_={"seq": row.excluded.seq, "at": row.excluded.at},
        where=ReadPosition.seq < row.excluded.seq,
    ).returning(ReadPosition.seq)
    if (read := await session.scalar(further)) is not None:
        await hints.send(session, writing.TOPIC, {"id": conversation.id, "receipt": {"by": kind, "seq": read}})


async def show_typing(session: Session, conversation_id: UUID, *, author_kind: str, author_name: str | None, on: bool) -> None:
    """Let the other side see that somebody types; nothing is stored."""
    mark = {"on": on, "author": {"kind": author_kind, "name": author_name}}
    await hints.send(session, writing.TOPIC, {"id": conversation_id, "typing": mark})


async def _keep_pace(session: Session, conversation: Conversation) -> None:
    if conversation.seq < rules.MESSAGES_PER_MINUTE:
        return
    hundredth_last = await session.scalar(
        select(Message.at)
        .where(Message.conversation_id == conversation.id, Message.author_kind == "customer")
        .order_by(Message.seq.desc())
        .offset(rules.MESSAGES_PER_MINUTE - 1)
        .limit(1)
    )
    wait = rules.wait_after(hundredth_last, session.now())
    if wait is not None:
        raise TooManyMessages(retry_after=wait)


def _hub_does(message: Message) -> str | None:
    does: str | None = (message.taken or {}).get("hub", {}).get("do")
    return does


def _takes_back(message: Message) -> bool:
    return _hub_does(message) == "never_mind" if message.taken else rules.takes_back(message.text)


async def _while_waiting(session: Session, conversation: Conversation, message: Message) -> None:
    if _takes_back(message):
        await _never_mind(session, conversation)
    elif _hub_does(message) == "call_back":
        await _keep_number(session, conversation)
    else:
        await waiting.acknowledge(session, conversation, message)


async def _never_mind(session: Session, conversation: Conversation) -> None:
    conversation.move("never_mind", session.now())
    conversation.news = None
    await writing.close_offers(session, conversation)
    await writing.say_line(session, conversation, words.NEVER_MIND)
    await audit.record(session, "conversation.never_mind", subject=conversation.id)


async def _keep_number(session: Session, conversation: Conversation) -> None:
    phone = conversation.contact["phone"]
    conversation.handoff = {**(conversation.handoff or {}), "call_back": phone}
    opening = await session.site.hooks.opening(session)
    await writing.say_line(session, conversation, words.number_kept(phone, opens=opening.title if opening else None))


def _fresh() -> dict[str, Any]:
    # An insert that yields to a simultaneous one goes past the ORM, and so past the defaults of the model.
    zero = dict.fromkeys(("rev", "seq", "asked_seq", "answered_seq", "turn_tries", "failures", "priority", "note"), 0)
    return {**zero, "owner": "bot", "epoch": 1, "episode": 1, "contact": {}}
