"""Tells every open socket of this process whether technicians are there, as soon as that changes."""

import asyncio
import contextlib
from typing import Any

import socketio
from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import desk
from backend.core import logs
from backend.core.site import Site
from backend.identity import presence

log = logs.get(__name__)
EVENT = "presence"
#: Somebody who comes is hinted at; that the last one has gone, and that the shop opens or closes, only the clock tells.
LOOK_EVERY = 15.0


class Attendance:
    """What this process last saw of the desk, and told."""

    def __init__(self, site: Site, server: socketio.AsyncServer, namespace: str) -> None:
        self._site = site
        self._server = server
        self._namespace = namespace
        self._told: dict[str, Any] | None = None
        self._due = asyncio.Event()
        self._ending = contextlib.ExitStack()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen and to look."""
        self._ending.callback(self._site.hints.listen(presence.TOPIC, lambda _: self._due.set()))
        self._site.hints.on_missed(self._due.set)
        self._task = asyncio.create_task(self._watch(), name="attendance")

    async def stop(self) -> None:
        """Stop both."""
        self._ending.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def seen(self) -> dict[str, Any]:
        """What whoever comes now is told; later changes reach them like everybody else."""
        if self._told is None:
            self._told = await self._look()
        return self._told

    async def _watch(self) -> None:
        while True:
            self._due.clear()
            try:
                now = await self._look()
                if now != self._told:
                    self._told = now
                    await self._server.emit(EVENT, now, namespace=self._namespace)
            except (SQLAlchemyError, OSError) as error:
                log.warning("attendance_not_seen", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), LOOK_EVERY)

    async def _look(self) -> dict[str, Any]:
        async with self._site.at_once() as session:
            return (await desk.look(session)).view().model_dump(mode="json")
