"""The desks' list and the team, told to every desk of this process as soon as they change, whichever process it happened in."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

import socketio
from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import board, desk, desk_hints, writing
from backend.core import logs
from backend.core.site import Site
from backend.identity import presence

log = logs.get(__name__)
#: Room of all desks.
DESKS = "desks"
#: What happens within so short a while is told at once.
GATHER = 0.1
#: What only the clock changes (who has gone, whom the assistant talked to lately) is looked for this often.
LOOK_EVERY = 15.0
#: Rows read at once; with more to read the whole list is cheaper.
MANY = 200


class Board:
    """What this process last told its desks. While no desk is open nothing is read."""

    def __init__(self, site: Site, server: socketio.AsyncServer, namespace: str) -> None:
        self._site = site
        self._server = server
        self._namespace = namespace
        self._rows: dict[str, dict[str, Any]] | None = None
        self.team: list[dict[str, Any]] = []
        self.presence: dict[str, Any] = {}
        self._desks: set[str] = set()
        self._dirty: set[str] = set()
        self._all_dirty = self._team_dirty = False
        self._due = asyncio.Event()
        self._lock = asyncio.Lock()
        self._ending = contextlib.ExitStack()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen and to tell."""
        for topic in (writing.TOPIC, desk_hints.TOPIC):
            self._ending.callback(self._site.hints.listen(topic, self._hear))
        self._ending.callback(self._site.hints.listen(presence.TOPIC, self._hear_presence))
        self._site.hints.on_missed(self._look_everywhere)
        self._task = asyncio.create_task(self._watch(), name="board")

    async def stop(self) -> None:
        """Stop both."""
        self._ending.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def join(self, sid: str, welcome: Callable[[], dict[str, Any]]) -> None:
        """Greet a desk, show it the whole list, and every change from then on."""
        async with self._lock:
            if not self._desks:
                self._rows, self._dirty = None, set()
            self._desks.add(sid)
            await self._read_team()
            if self._rows is None:
                self._rows = await self._read(None)
            await self._server.emit("welcome", welcome(), to=sid, namespace=self._namespace)
            whole = {"whole": True, "rows": list(self._rows.values()), "gone": []}
            await self._server.emit("queue", whole, to=sid, namespace=self._namespace)
            await self._server.enter_room(sid, DESKS, namespace=self._namespace)

    def leave(self, sid: str) -> None:
        """Forget a desk."""
        self._desks.discard(sid)

    def able(self, skill: str | None) -> set[str]:
        """Ids of those of the team who are there and can do it; of all who are there where none of them can."""
        here = [one for one in self.team if one["status"] == "here"]
        return {one["id"] for one in here if skill is None or skill in one["skills"]} or {one["id"] for one in here}

    def _hear(self, hint: dict[str, Any]) -> None:
        if self._desks and "typing" not in hint:
            self._dirty.add(hint["id"])
            self._due.set()

    def _hear_presence(self, _: dict[str, Any]) -> None:
        self._team_dirty = True
        self._due.set()

    def _look_everywhere(self) -> None:
        self._all_dirty = self._team_dirty = True
        self._due.set()

    async def _watch(self) -> None:
        while True:
            try:
                if self._desks:
                    async with self._lock:
                        await self._tell_changes()
            except (SQLAlchemyError, OSError) as error:
                log.warning("board_not_shown", error=type(error).__name__)
                self._all_dirty = self._team_dirty = True
                await asyncio.sleep(0.5)
                continue
            except Exception:
                log.exception("board_not_shown")
                self._all_dirty = self._team_dirty = True
                await asyncio.sleep(0.5)
                continue
            try:
                await asyncio.wait_for(self._due.wait(), LOOK_EVERY)
            except TimeoutError:
                self._all_dirty = self._team_dirty = True
            self._due.clear()
            await asyncio.sleep(GATHER)

    async def _tell_changes(self) -> None:
        ids, self._dirty = self._dirty, set()
        everything, self._all_dirty = self._all_dirty or len(ids) > MANY, False
        before = self._rows
        if before is None or not (ids or everything):
            now, changed = before or {}, []
        else:
            read = await self._read(None if everything else ids)
            now = read if everything else {key: row for key, row in before.items() if key not in ids} | read
            changed = [row for key, row in read.items() if before.get(key) != row]
            gone = [key for key in before if key not in now]
            self._rows = now
            if changed or gone:
                await self._emit("queue", {"whole": False, "rows": changed, "gone": gone})
        if self._team_dirty or any(row["owner"] == "technician" for row in changed) or ids:
            self._team_dirty = False
            former = (self.team, self.presence)
            await self._read_team()
            if (self.team, self.presence) != former:
                await self._emit("presence", {"team": self.team, "presence": self.presence})

    async def _read(self, ids: set[str] | None) -> dict[str, dict[str, Any]]:
        async with self._site.at_once() as session:
            rows = await board.list_rows(session, [UUID(one) for one in ids] if ids is not None else None)
        return {str(row.conversation): row.model_dump(mode="json") for row in rows}

    async def _read_team(self) -> None:
        async with self._site.at_once() as session:
            self.team = [member.model_dump(mode="json") for member in await board.list_team(session)]
            self.presence = (await desk.look(session)).view().model_dump(mode="json")

    async def _emit(self, event: str, data: Any) -> None:
        await self._server.emit(event, data, room=DESKS, namespace=self._namespace)
