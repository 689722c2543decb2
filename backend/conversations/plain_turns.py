"""The common case of a turn in two statements: the lease of one message, and the whole answer to it while nothing else happened.

They hold the same rules as `turns` does for everything else. What is not plain (several messages, a repeated turn, a technician's
hand-back, a booking made, a conversation that has changed since) is left to that: nothing is written and the answer is None or False.
"""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, BigInteger, DateTime, String, Uuid, bindparam, text
from sqlalchemy.types import TypeEngine

from backend.conversations import photos, queries, sealed, words, writing
from backend.conversations.models import Message
from backend.conversations.replies import ASSISTANT, Found, Lease, Outcome, Question
from backend.core import hints
from backend.core.db import Session
from backend.core.ids import uuid7

_TYPES: dict[str, TypeEngine[Any]] = {
    **dict.fromkeys(("conversation_id", "turn_id", "lease"), Uuid()),
    **dict.fromkeys(("now", "until"), DateTime(timezone=True)),
    **dict.fromkeys(("epoch", "rev", "seq", "found_rev", "upto"), BigInteger()),
    **dict.fromkeys(("state", "closed", "written", "author_name", "channel", "payload"), String()),
    "ends": ARRAY(String()),
}


def _statement(sql: str, names: str) -> Any:
    return text(sql).bindparams(*(bindparam(name, type_=_TYPES[name]) for name in names.split()))


# The update waits for whoever holds the row and then looks at it anew; the rest is as at its beginning, so that
# the revision must be too, and what is answered: a turn may end without a word.
_LEASE = _statement(
    """
    WITH asking AS (
        SELECT c.rev, c.answered_seq, m.text, m.taken, m.parts
        FROM conversations AS c JOIN messages AS m ON m.conversation_id = c.id AND m.seq = c.asked_seq
        WHERE c.id = :conversation_id AND c.asked_seq > c.answered_seq
            AND coalesce(NOT jsonb_exists(m.taken, 'hub'), true)
            AND coalesce(NOT jsonb_exists(c.news -> 'handed_back', 'between'), true)
            AND NOT EXISTS (
                SELECT FROM messages AS o WHERE o.conversation_id = c.id AND o.seq > c.answered_seq AND o.seq < c.asked_seq
                    AND (o.author_kind = 'customer' OR o.taken IS NOT NULL))
    )
    UPDATE conversations AS c
    SET turn_id = :turn_id, turn_upto = c.asked_seq, turn_tries = c.turn_tries + 1, turn_lease = :lease, turn_lease_until = :until
    FROM asking
    WHERE c.id = :conversation_id AND c.owner = 'bot' AND c.rev = asking.rev AND c.answered_seq = asking.answered_seq AND c.turn_id IS NULL
        AND (c.turn_lease_until IS NULL OR c.turn_lease_until <= :now)
    RETURNING c.visitor_id, c.epoch, c.answered_seq, c.turn_upto, c.turn_tries, c.failures, c.assistant_state, c.news, c.contact,
        c.seq, c.rev, asking.text, asking.taken, asking.parts,
        (SELECT json_agg(json_build_object('id', o.id, 'seq', o.seq, 'client_id', o.client_id, 'author_kind', o.author_kind,
            'author_name', o.author_name, 'at', o.at, 'text', o.text, 'parts', o.parts, 'choice', o.choice) ORDER BY o.seq)
        FROM messages AS o WHERE o.conversation_id = c.id AND o.open) AS open
    """,
    "conversation_id turn_id lease until now",
)
_ANSWER = _statement(
    """
    WITH held AS (
        UPDATE conversations
        SET seq = :seq, rev = :rev, changed_at = :now, answered_seq = :upto, failures = 0, news = NULL, turn_id = NULL, turn_upto = NULL,
            turn_lease = NULL, turn_lease_until = NULL, turn_tries = 0, assistant_state = coalesce(CAST(:state AS jsonb), assistant_state)
        WHERE id = :conversation_id AND owner = 'bot' AND epoch = :epoch AND turn_lease = :lease AND rev = :found_rev
            AND NOT EXISTS (
                SELECT FROM deeds WHERE conversation_id = :conversation_id AND turn_id = :turn_id AND NOT told AND operation = ANY(:ends))
        RETURNING id, episode
    ), told AS (
        UPDATE deeds SET told = true FROM held WHERE conversation_id = held.id AND turn_id = :turn_id AND NOT told
    ), closed AS (
        UPDATE messages AS m SET open = false, rev = row.rev, parts = row.parts
        FROM held, jsonb_to_recordset(CAST(:closed AS jsonb)) AS row (id uuid, rev bigint, parts jsonb) WHERE m.id = row.id
    ), written AS (
        INSERT INTO messages (id, conversation_id, episode, seq, rev, author_kind, author_name, at, text, parts, offers, open, turn_id)
        SELECT row.id, held.id, held.episode, row.seq, row.rev, row.author_kind, CASE row.author_kind WHEN 'bot' THEN :author_name END,
            :now, row.text, row.parts, row.offers, row.offers IS NOT NULL, :turn_id
        FROM held, jsonb_to_recordset(CAST(:written AS jsonb))
            AS row (id uuid, seq bigint, rev bigint, author_kind text, text text, parts jsonb, offers jsonb)
    )
    SELECT pg_notify(:channel, :payload) FROM held
    """,
    "conversation_id epoch lease turn_id ends found_rev seq rev now upto state closed written author_name channel payload",
)


async def lease(session: Session, conversation_id: UUID) -> Lease | None:
    """The right to answer the one message that is unanswered; None when there is anything unusual about it."""
    now, turn_id, lease_id = session.now(), uuid7(), uuid4()
    until = now + timedelta(seconds=session.settings.turn_lease)
    values = {"conversation_id": conversation_id, "turn_id": turn_id, "lease": lease_id, "until": until, "now": now}
    row = (await session.execute(_LEASE, values)).one_or_none()
    if row is None:
        return None
    return Lease(
        id=lease_id,
        conversation_id=conversation_id,
        visitor_id=row.visitor_id,
        epoch=row.epoch,
        turn_id=turn_id,
        after=row.answered_seq,
        upto=row.turn_upto,
        until=until,
        tries=row.turn_tries,
        failures=row.failures,
        questions=(Question(row.turn_upto, row.text, row.taken, photos.count(row.parts)),),
        state=row.assistant_state,
        news=row.news,
        contact=row.contact,
        found=Found(row.seq, row.rev, tuple(row.open or ())),
    )


async def add_replies(session: Session, held: Lease, outcome: Outcome) -> bool:
    """Store all a turn comes to, if that is words alone and the conversation is as it was found; tells whether it did."""
    found = held.found
    if found is None or outcome.failed or outcome.handoff is not None or not outcome.replies:
        return False
    now = session.now()
    closed, written = _closed(held, found, outcome), []
    rev = found.rev + len(closed)
    for number, reply in enumerate(outcome.replies, start=1):
        message = Message(
            id=uuid7(),
            conversation_id=held.conversation_id,
            seq=found.seq + number,
            rev=rev + number,
            author_kind=reply.author_kind,
            author_name=ASSISTANT if reply.author_kind == "bot" else None,
            at=now,
            text=reply.text,
            parts=[sealed.seal(session.settings, held.conversation_id, part) for part in reply.parts],
            offers=reply.offers or None,
        )
        written.append(message)
    state = {"rev": written[-1].rev, "epoch": held.epoch, "answered": held.upto, "ask": False}
    views = [queries.message_view(session, message).model_dump(mode="json") for message in (*closed, *written)]
    values = {
        "conversation_id": held.conversation_id,
        "epoch": held.epoch,
        "lease": held.id,
        "turn_id": held.turn_id,
        "ends": list(words.DEEDS),
        "found_rev": found.rev,
        "seq": written[-1].seq,
        "rev": written[-1].rev,
        "now": now,
        "upto": held.upto,
        "state": None if outcome.state is None else json.dumps(outcome.state),
        "closed": _json(closed, "id", "rev", "parts"),
        "written": _json(written, "id", "seq", "rev", "author_kind", "text", "parts", "offers"),
        "author_name": ASSISTANT,
        "channel": hints.CHANNEL,
        "payload": hints.payload(writing.TOPIC, {"id": held.conversation_id, **state}, rider={"messages": views}),
    }
    return (await session.execute(_ANSWER, values)).one_or_none() is not None


def _closed(held: Lease, found: Found, outcome: Outcome) -> list[Message]:
    # New offers close those before; each takes the next revision.
    if not any(reply.offers for reply in outcome.replies):
        return []
    own = {"conversation_id": held.conversation_id}
    rows = [{**row, **own, "id": UUID(row["id"]), "at": datetime.fromisoformat(row["at"])} for row in found.open]
    closed = [Message(**{**row, "parts": [writing.closed(part) for part in row["parts"]]}) for row in rows]
    for number, message in enumerate(closed, start=1):
        message.rev = found.rev + number
    return closed


def _json(messages: list[Message], *names: str) -> str:
    return json.dumps([{name: getattr(message, name) for name in names} for message in messages], default=str)
