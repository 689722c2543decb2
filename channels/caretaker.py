"""Looks after conversations whose technician is gone, and those that were snoozed until now; several processes may run one each."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import passing
from backend.core import logs
from backend.core.db import Session
from backend.core.site import Site

log = logs.get(__name__)
#: How often it looks, in seconds, and at how many at once.
EVERY, AT_ONCE = 2.0, 200


class Caretaker:
    """One round after the other."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._watch(), name="caretaker")

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """One round."""
        async with self._site.at_once() as session:
            left = await passing.list_given_up(session, limit=AT_ONCE)
            woken = await passing.list_woken(session, limit=AT_ONCE)
        for conversation_id in left:
            await self._do(passing.give_up, conversation_id)
        for conversation_id in woken:
            await self._do(passing.wake_if_due, conversation_id)

    async def _watch(self) -> None:
        while True:
            try:
                await self.look()
            except (SQLAlchemyError, OSError) as error:
                log.warning("caretaker_failed", error=type(error).__name__)
            except Exception:
                # One round's fault must not be the last round's.
                log.exception("caretaker_failed")
            await asyncio.sleep(EVERY)

    async def _do(self, deed: Callable[[Session, UUID], Awaitable[bool]], conversation_id: UUID) -> None:
        async with self._site.work() as session:
            await deed(session, conversation_id)
