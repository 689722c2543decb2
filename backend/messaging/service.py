"""The verbs of messaging."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from backend.core import jobs
from backend.core.db import Session
from backend.core.ids import uuid7

from . import caps
from .jobs import deliver
from .models import OutboundMessage


async def queue_mail(
    session: Session,
    *,
    template: str,
    to: str,
    name: str,
    dedupe: str,
    context: dict[str, Any],
    counted: caps.Kind | None = None,
    order_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> UUID | None:
    """Intend one mail; it goes out after the commit. None if the same intention (`dedupe`) stands already.

    `counted` says that a customer caused it: past the recipient's cap it waits or is dropped (`caps.py`). Without it, it always goes out.
    """
    now = session.now()
    row_id = uuid7()
    values = {"id": row_id, "channel": "email", "to": to, "name": name[:120], "template": template, "dedupe": dedupe, "context": context}
    stored = await session.scalar(
        insert(OutboundMessage)
        .values(
            **values,
            counted=caps.name(counted, to) if counted else None,
            order_id=order_id,
            conversation_id=conversation_id,
            state="queued",
            attempts=0,
            created_at=now,
            due_at=now,
        )
        .on_conflict_do_nothing(index_elements=["dedupe"])
        .returning(OutboundMessage.id)
    )
    if stored is not None:
        await jobs.enqueue(session, deliver, message_id=row_id)
    return stored
