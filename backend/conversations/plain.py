"""The common case of `accept` in one statement: a new text of a visitor's, while the assistant or a technician has the conversation.

The statement holds the same rules as `service.accept` does for everything else. What is not plain (a repetition, a crowd of messages,
somebody waiting, a closed or snoozed conversation, one that nobody has) is left to that: nothing is written and the answer is None.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, LargeBinary, String, Uuid, bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine

from backend.conversations import rules, writing
from backend.conversations.models import Message
from backend.core import hints
from backend.core.db import Session
from backend.core.ids import uuid7

_TYPES: dict[TypeEngine[Any], str] = {
    Uuid(): "conversation_id visitor_id message_id",
    String(): "client_id text channel topic",
    DateTime(timezone=True): "now minute_ago",
    Integer(): "a_minute",
    LargeBinary(): "body_hash",
}
# The update waits for whoever holds the row and then looks at the row anew, as a lock would; the messages it sees are those of its
# beginning, so that a crowd at one moment may pass the limit by a few, and a repetition fails on the index.
_STORE = text(
    """
    WITH counted AS (
        UPDATE conversations AS c
        SET seq = c.seq + 1, rev = c.rev + 1, changed_at = :now, asked_seq = CASE c.owner WHEN 'bot' THEN c.seq + 1 ELSE c.asked_seq END
        WHERE c.id = :conversation_id AND c.visitor_id = :visitor_id AND (c.owner = 'bot' OR c.technician_id IS NOT NULL)
            AND c.snoozed_until IS NULL
            AND NOT EXISTS (SELECT FROM messages WHERE conversation_id = c.id AND client_id = :client_id)
            AND (c.seq < :a_minute OR :minute_ago >= coalesce((
                SELECT at FROM messages WHERE conversation_id = c.id AND author_kind = 'customer'
                ORDER BY seq DESC OFFSET :a_minute - 1 LIMIT 1), '-infinity'))
        RETURNING c.id, c.owner, c.epoch, c.episode, c.seq, c.rev, c.answered_seq
    ), written AS (
        INSERT INTO messages (id, conversation_id, episode, seq, rev, client_id, author_kind, author_id, at, text, parts, open, body_hash)
        SELECT :message_id, id, episode, seq, rev, :client_id, 'customer', :visitor_id, :now, :text, '[]', false, :body_hash FROM counted
    )
    SELECT episode, seq, rev, epoch, pg_notify(:channel, json_build_array(:topic, json_build_object(
        'id', id, 'rev', rev, 'epoch', epoch, 'answered', answered_seq, 'ask', owner = 'bot'))::text)
    FROM counted
    """
).bindparams(*(bindparam(name, type_=kind) for kind, names in _TYPES.items() for name in names.split()))


async def store(session: Session, conversation_id: UUID, client_id: str, said: str, body_hash: bytes) -> tuple[Message, int] | None:
    """Store a visitor's new text and return it with the epoch it was found in; None when there is anything unusual about it."""
    now = session.now()
    message = Message(
        id=uuid7(),
        conversation_id=conversation_id,
        client_id=client_id,
        author_kind="customer",
        author_id=session.principal.visitor_id,
        at=now,
        text=said,
        parts=[],
        open=False,
        body_hash=body_hash,
    )
    values = {
        "message_id": message.id,
        "conversation_id": conversation_id,
        "visitor_id": message.author_id,
        "client_id": client_id,
        "text": said,
        "body_hash": body_hash,
        "now": now,
        "minute_ago": now - rules.MINUTE,
        "a_minute": rules.MESSAGES_PER_MINUTE,
        "channel": hints.CHANNEL,
        "topic": writing.TOPIC,
    }
    try:
        row = (await session.execute(_STORE, values)).one_or_none()
    except IntegrityError:
        # The same client id twice at the same moment: this one comes second, and nothing of it may stay.
        await session.rollback()
        return None
    if row is None:
        return None
    message.episode, message.seq, message.rev = row.episode, row.seq, row.rev
    return message, row.epoch
