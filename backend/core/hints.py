"""Hints by PostgreSQL NOTIFY inside the commit: the database is the truth, a lost hint costs a moment, never a fact."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text

from . import logs
from .db import Session

log = logs.get(__name__)
CHANNEL = "revivatech"
#: PostgreSQL carries notifications of fewer bytes than this.
LONGEST = 8_000
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")
Listener = Callable[[dict[str, Any]], Awaitable[None] | None]


async def send(session: Session, topic: str, data: dict[str, Any], *, rider: dict[str, Any] | None = None) -> None:
    """Tell all processes about a change, at the moment the session's transaction commits; see `payload`."""
    await session.execute(_NOTIFY, {"channel": CHANNEL, "payload": payload(topic, data, rider=rider)})


def payload(topic: str, data: dict[str, Any], *, rider: dict[str, Any] | None = None) -> str:
    """A hint as it travels. The rider goes with it if both together are small enough; nobody may depend on that."""
    written = _json([topic, {**data, **rider}]) if rider else ""
    return written if written and len(written) < LONGEST else _json([topic, data])


def _json(value: Any) -> str:
    return json.dumps(value, default=str)  # ASCII, so that its length is its bytes


class Hints:
    """One listening connection of a process; reconnects by itself and then says so, since hints were missed."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._listeners: dict[str, list[Listener]] = {}
        self._missed: list[Callable[[], Awaitable[None] | None]] = []
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()

    def listen(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener for every hint on the topic; the returned function ends that."""
        listeners = self._listeners.setdefault(topic, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener) if listener in listeners else None

    def on_missed(self, callback: Callable[[], Awaitable[None] | None]) -> None:
        """Call back after a lost connection came back: whoever depends on hints looks at the database again."""
        self._missed.append(callback)

    async def start(self) -> None:
        """Begin to listen; returns when the first connection stands."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="hints")
            await asyncio.wait_for(self.connected.wait(), 15)

    async def stop(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self) -> None:
        pause, first = 0.1, True
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True, connect_timeout=5)
                async with connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    self.connected.set()
                    if not first:
                        for callback in self._missed:
                            await _call(callback)
                    pause, first = 0.1, False
                    async for notify in connection.notifies():
                        topic, data = json.loads(notify.payload)
                        for listener in list(self._listeners.get(topic, ())):
                            await _call(listener, data)
            except psycopg.Error as error:
                log.warning("hints_lost", error=type(error).__name__, retry_in=pause)
            self.connected.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)


async def _call(callback: Callable[..., Awaitable[None] | None], *args: Any) -> None:
    # One listener's fault must not silence the others.
    try:
        result = callback(*args)
        if result is not None:
            await result
    except Exception:
        log.exception("hint_listener_failed")
