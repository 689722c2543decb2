"""The assistant's side of a conversation: the lease of a turn, its whole answer or nothing of it, and the fence for its deeds."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import DateTime, bindparam, exists, select, update

from backend.conversations import desk_hints, photos, queries, rules, writing
from backend.conversations.errors import ConversationTaken
from backend.conversations.models import Conversation, Deed, Message
from backend.conversations.replies import Handoff, Lease, Outcome, Question
from backend.core import audit, logs
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.core.principal import Principal

log = logs.get(__name__)
#: How many of the messages to a technician the assistant learns from, the last ones, and how much of each.
HEARD, HEARD_LENGTH = 20, 1000

# Statements of every turn are built once: putting them together costs more than running them.
_THIS = Conversation.id == bindparam("conversation_id")
_UNANSWERED = (
    select(Conversation)
    .where(_THIS, Conversation.owner == "bot", Conversation.asked_seq > Conversation.answered_seq)
    .where(Conversation.turn_lease_until.is_(None) | (Conversation.turn_lease_until <= bindparam("now", type_=DateTime(timezone=True))))
    .with_for_update()
)
# A line of ours that carries a payload asks the assistant something as well.
_ASKING = (
    select(Message.seq, Message.text, Message.taken, Message.parts)
    .where(Message.conversation_id == bindparam("conversation_id"))
    .where((Message.author_kind == "customer") | Message.taken.is_not(None))
    .where(Message.seq > bindparam("after"), Message.seq <= bindparam("upto"))
    .order_by(Message.seq)
)
# Whether the turn did anything is looked up on the way: most do not, and marking what is not there costs as much.
_UNTOLD = exists().where(Deed.conversation_id == Conversation.id, Deed.turn_id == bindparam("turn_id"), Deed.told.is_(False))
_LEASED = (
    select(Conversation, _UNTOLD)
    .where(_THIS, Conversation.owner == "bot", Conversation.epoch == bindparam("epoch"), Conversation.turn_lease == bindparam("lease"))
    .with_for_update(of=Conversation)
)
_FENCE = select(Conversation.owner, Conversation.epoch, Conversation.turn_id).where(_THIS).with_for_update()


class Asking(NamedTuple):
    """A message that asks the assistant something."""

    seq: int
    text: str
    taken: dict[str, Any] | None
    parts: list[dict[str, Any]]


async def lease(session: Session, conversation_id: UUID) -> Lease | None:
    """The right to answer what is unanswered, or None when nothing is or somebody else has it.

    A turn whose worker died is leased again as the same turn, so that its deeds are repeated under the same keys.
    """
    now = session.now()
    conversation = (await session.scalars(_UNANSWERED, {"conversation_id": conversation_id, "now": now})).one_or_none()
    if conversation is None:
        return None
    waiting = await _asking_messages(session, conversation.id, conversation.answered_seq, conversation.asked_seq)
    if conversation.turn_id is not None and conversation.turn_upto is not None:
        group = [message for message in waiting if message.seq <= conversation.turn_upto]
    else:
        group = rules.next_group(waiting)
        conversation.turn_id = _retried(group) or uuid7()
    conversation.turn_upto = group[-1].seq
    conversation.turn_tries += 1
    conversation.turn_lease = uuid4()
    conversation.turn_lease_until = now + timedelta(seconds=session.settings.turn_lease)
    return Lease(
        id=conversation.turn_lease,
        conversation_id=conversation.id,
        visitor_id=conversation.visitor_id,
        epoch=conversation.epoch,
        turn_id=conversation.turn_id,
        after=conversation.answered_seq,
        upto=conversation.turn_upto,
        until=conversation.turn_lease_until,
        tries=conversation.turn_tries,
        failures=conversation.failures,
        questions=tuple(_question(message) for message in group),
        state=conversation.assistant_state,
        news=await _news(session, conversation),
        contact=conversation.contact,
    )


async def questions_between(session: Session, conversation_id: UUID, after: int, upto: int) -> tuple[Question, ...]:
    """The messages of an earlier turn, to ask them again."""
    return tuple(_question(message) for message in await _asking_messages(session, conversation_id, after, upto))


class Ended(NamedTuple):
    """Whether a turn's words were stored, and whether more was asked meanwhile."""

    stored: bool
    more: bool = False


async def add_replies(session: Session, held: Lease, outcome: Outcome) -> Ended:
    """Store all a turn comes to, or nothing of it when the conversation is no longer the assistant's or the lease another's."""
    asked = {"conversation_id": held.conversation_id, "epoch": held.epoch, "lease": held.id, "turn_id": held.turn_id}
    row = (await session.execute(_LEASED, asked)).one_or_none()
    if row is None:
        log.info("words_dropped", conversation_id=str(held.conversation_id), turn_id=str(held.turn_id), epoch=held.epoch)
        return Ended(stored=False)
    conversation, did_something = row
    if outcome.failed:
        await writing.tell_deeds(session, conversation, held.turn_id)
        conversation.failures += 1
    else:
        if did_something:
            await writing.mark_deeds_told(session, conversation, held.turn_id)
        conversation.failures = 0
        conversation.news = None
    if outcome.state is not None:
        conversation.assistant_state = outcome.state
    conversation.answered_seq = held.upto
    conversation.end_turn()
    await writing.say(session, conversation, *outcome.replies, turn_id=held.turn_id)
    if outcome.handoff is not None:
        await hand_off(session, conversation, outcome.handoff)
    await session.flush()
    await writing.announce(session, conversation)
    return Ended(stored=True, more=conversation.owner == "bot" and conversation.asked_seq > conversation.answered_seq)


async def hand_off(session: Session, conversation: Conversation, wish: Handoff) -> None:
    """Let a locked conversation wait for a person and tell the customer where they stand."""
    conversation.priority, conversation.skill = wish.priority, wish.skill
    conversation.move("handoff", session.now())
    conversation.handoff = {"reason": wish.reason, **wish.details, "at": session.now().isoformat(), "seq": conversation.seq}
    await session.flush()
    await writing.interrupt(session, conversation)
    await writing.say(session, conversation, wish.acknowledge(await queries.place_in_queue(session, conversation)))
    await desk_hints.alert(session, conversation, "waiting")
    await audit.record(session, "conversation.handoff", subject=conversation.id, reason=wish.reason)
    log.info("handoff_requested", conversation_id=str(conversation.id), reason=wish.reason)


async def give_up(session: Session, held: Lease) -> None:
    """Let go of a lease without an answer, so that another worker takes the same turn at once."""
    statement = update(Conversation).where(Conversation.id == held.conversation_id, Conversation.turn_lease == held.id)
    statement = statement.values(turn_lease=None, turn_lease_until=None, turn_tries=Conversation.turn_tries - 1)
    given = (await session.execute(statement.returning(Conversation.id).execution_options(synchronize_session=False))).first()
    if given is not None:
        conversation = await session.get_one(Conversation, held.conversation_id, populate_existing=True)
        await writing.announce(session, conversation)


async def fence_deed(session: Session, principal: Principal) -> None:
    """Lock the conversation of a turn until its deed is done; raises ConversationTaken when the turn has lost it."""
    row = (await session.execute(_FENCE, {"conversation_id": principal.conversation_id})).one_or_none()
    if row is None or tuple(row) != ("bot", principal.epoch, principal.turn_id):
        log.info("deed_refused", conversation_id=str(principal.conversation_id), turn_id=str(principal.turn_id))
        raise ConversationTaken


async def record_deed(session: Session, principal: Principal, operation: str, answer: Any) -> None:
    """Remember what a turn did, in the transaction that did it."""
    if principal.conversation_id is None or principal.turn_id is None:
        return
    reference = answer.get("reference") if isinstance(answer, dict) else getattr(answer, "reference", None)
    session.add(
        Deed(
            conversation_id=principal.conversation_id,
            turn_id=principal.turn_id,
            operation=operation,
            reference=str(reference) if reference else None,
            at=session.now(),
        )
    )


async def _asking_messages(session: Session, conversation_id: UUID, after: int, upto: int) -> Sequence[Asking]:
    rows = await session.execute(_ASKING, {"conversation_id": conversation_id, "after": after, "upto": upto})
    return [Asking(*row) for row in rows]


async def _news(session: Session, conversation: Conversation) -> dict[str, Any] | None:
    """What the assistant is told beside the question; after a technician had the conversation, also what the customer wrote to them."""
    news = conversation.news
    between = (news or {}).get("handed_back", {}).get("between")
    if news is None or between is None:
        return news
    after, upto = between
    own_words = (Message.conversation_id == conversation.id, Message.author_kind == "customer", Message.taken.is_(None))
    said = select(Message.text).where(*own_words, Message.seq > after, Message.seq <= upto).order_by(Message.seq.desc()).limit(HEARD)
    heard = [bare for text in reversed((await session.scalars(said)).all()) if (bare := rules.for_assistant(text[:HEARD_LENGTH]))]
    changed = rules.for_assistant(news["handed_back"].get("told") or "")
    heard += [changed] if changed else []
    told = {name: value for name, value in news["handed_back"].items() if name not in ("between", "told")}
    return {**news, "handed_back": {**told, "heard": heard}}


def _question(message: Asking) -> Question:
    return Question(message.seq, message.text, message.taken, photos.count(message.parts))


def _retried(group: Sequence[Asking]) -> UUID | None:
    wish = (group[0].taken or {}).get("hub", {})
    return UUID(wish["turn"]) if wish.get("do") == "retry" else None
