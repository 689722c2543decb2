"""What every page of the staff room shows in its head: who is signed in, and how many customers wait for a person."""

from typing import Any

from backend.conversations import queries as conversations
from backend.core.db import Session
from backend.identity import sessions


async def head(session: Session) -> dict[str, Any]:
    """The head's part of a page, for `rendering.page`."""
    return {"signed_in": await sessions.current(session), "customers_waiting": await conversations.count_waiting(session)}
