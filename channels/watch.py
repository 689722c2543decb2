"""Asks every desk of this process whether it is still there, writes down what it hears, and rings the alerts that concern each."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import socketio
from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import desk_hints
from backend.core import logs
from backend.core.site import Site
from backend.identity import presence, sessions
from channels.board import Board

if TYPE_CHECKING:
    from channels.technician import Seat

log = logs.get(__name__)
#: How often desks are asked, in seconds.
EVERY = 5.0


class Watch:
    """The heartbeat of the desks of one process."""

    def __init__(self, site: Site, server: socketio.AsyncServer, namespace: str, seats: Mapping[str, "Seat"], board: Board) -> None:
        self._site = site
        self._server = server
        self._namespace = namespace
        self._seats = seats
        self._board = board
        self._due = asyncio.Event()
        self._ending = contextlib.ExitStack()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask and to listen."""
        self._ending.callback(self._site.hints.listen(desk_hints.TOPIC, self._ring))
        # Somebody may have signed out: their sockets end now, not at the next beat.
        self._ending.callback(self._site.hints.listen(presence.TOPIC, lambda _: self._due.set()))
        self._task = asyncio.create_task(self._beat(), name="desk-watch")

    async def stop(self) -> None:
        """Stop both."""
        self._ending.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            try:
                if self._seats:
                    await self._end_sessions()
                    await self._write()
                for sid in list(self._seats):
                    await self._server.emit("beat", {}, to=sid, namespace=self._namespace)
            except (SQLAlchemyError, OSError) as error:
                log.warning("desks_not_kept", error=type(error).__name__)
            except Exception:
                # One desk's fault must not end the others' heartbeat.
                log.exception("desks_not_kept")
            self._due.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), EVERY)

    async def _end_sessions(self) -> None:
        seats = list(self._seats.items())
        async with self._site.at_once() as session:
            live = await sessions.list_live(session, {seat.session_id for _, seat in seats})
        for sid, seat in seats:
            if seat.session_id not in live:
                log.info("desk_session_over", staff_id=str(seat.staff_id))
                await self._server.disconnect(sid, namespace=self._namespace)

    async def _write(self) -> None:
        heard: dict[UUID, datetime] = {}
        for seat in self._seats.values():
            heard[seat.staff_id] = max(seat.beat_at, heard.get(seat.staff_id, seat.beat_at))
        if heard:
            async with self._site.work() as session:
                await presence.answered(session, heard)

    async def _ring(self, hint: dict[str, Any]) -> None:
        if "alert" not in hint:
            return
        whom = set(hint["to"]) if "to" in hint else self._board.able(hint["skill"])
        for sid, seat in list(self._seats.items()):
            if str(seat.staff_id) in whom:
                await self._server.emit("alert", hint["alert"], to=sid, namespace=self._namespace)
