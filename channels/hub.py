"""Shows to every open socket of a conversation what happened in it, whichever process it happened in."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar
from uuid import UUID

import socketio
from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import queries, writing
from backend.conversations.schemas import ConversationView, MessageView
from backend.core import logs
from backend.core.db import Session
from backend.core.site import Site

log = logs.get(__name__)
#: Packets waiting for one slow client before it is cut off; it syncs when it comes back.
BACKLOG = 256
#: Rooms that read the database at the same time.
READERS = 8
PAGE = 100
RETRY = 0.5


@dataclass(frozen=True, slots=True)
class Heard:
    """A conversation as a hint describes it."""

    rev: int = 0
    epoch: int = 0
    answered: int = 0


class View(Protocol):
    """As much of a conversation's view as the rooms look at."""

    @property
    def owner(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def rev(self) -> int: ...
    @property
    def seen_seq(self) -> int: ...
    def model_copy(self, *, update: dict[str, Any]) -> Self: ...
    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


V = TypeVar("V", bound=View)


class Room(Generic[V]):
    """The sockets of one conversation in this process, and what they have been shown."""

    def __init__(self, conversation_id: UUID) -> None:
        self.id = conversation_id
        self.sids: set[str] = set()
        self.rev: int | None = None
        #: Messages by rev that were handed in, and the rev up to which nothing needs to be read.
        self.fresh: list[tuple[int, dict[str, Any]]] = []
        self.expected = 0
        #: What was last heard of the conversation, and how many messages this process is storing right now.
        self.hinted = Heard()
        self.storing = 0
        self.seen: V | None = None
        self.dirty = False
        self.notices: list[tuple[str, Any]] = []
        self.task: asyncio.Task[None] | None = None
        self.lock = asyncio.Lock()

    @property
    def behind(self) -> bool:
        """Whether something was heard of that has not been shown."""
        heard, seen = self.hinted, self.seen
        return heard.rev > self.expected or (
            heard.rev > 0 and seen is not None and (heard.epoch != seen.epoch or heard.answered > seen.seen_seq)
        )


class Rooms(Generic[V]):
    """The rooms of this process in one namespace. The database is the truth: hints only say where to look."""

    async def _view(self, session: Session, conversation_id: UUID) -> V:
        """The conversation as this namespace sees it."""
        raise NotImplementedError

    def _still(self, room: Room[V]) -> V | None:
        """The view, where nothing of it can have changed but what the hint told; None: look."""
        return None

    def _hands(self, view: V) -> Any:
        """What of a view is told when it changes."""
        raise NotImplementedError

    def _addressed(self, room: Room[V], event: str, data: Any) -> Any:
        """An event as it goes out; None where it does not concern this namespace."""
        return data

    def __init__(self, site: Site, server: socketio.AsyncServer, namespace: str) -> None:
        self._site = site
        self._server = server
        self._namespace = namespace
        self._rooms: dict[UUID, Room[V]] = {}
        self._readers = asyncio.Semaphore(READERS)
        self._deaf: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._deaf = self._site.hints.listen(writing.TOPIC, self._hear)
        self._site.hints.on_missed(self._look_everywhere)

    async def stop(self) -> None:
        """Stop listening and showing."""
        if self._deaf:
            self._deaf()
        tasks = [room.task for room in self._rooms.values() if room.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def join(self, sid: str, conversation_id: UUID) -> V:
        """Let a socket see everything from now on; returns the conversation as it is at that moment."""
        room = self._rooms.setdefault(conversation_id, Room[V](conversation_id))
        room.sids.add(sid)
        try:
            await self._server.enter_room(sid, str(conversation_id), namespace=self._namespace)
            async with room.lock:
                async with self._site.at_once() as session:
                    view = await self._view(session, conversation_id)
                if room.rev is None:
                    room.rev, room.expected, room.seen = view.rev, view.rev, view
                elif view.rev > room.rev:
                    self._look(room)
        except BaseException:
            self.leave(sid, conversation_id)
            raise
        return view

    def leave(self, sid: str, conversation_id: UUID) -> None:
        """Forget a socket."""
        room = self._rooms.get(conversation_id)
        if room is not None:
            room.sids.discard(sid)
            if not room.sids:
                del self._rooms[conversation_id]

    @contextlib.contextmanager
    def storing(self, conversation_id: UUID | None) -> Iterator[Callable[[MessageView, int], None]]:
        """While this process stores a message it waits with reading: what is handed in after the commit needs no reading."""
        room = self._rooms.get(conversation_id) if conversation_id else None
        if room is None:
            yield lambda message, epoch: None
            return
        room.storing += 1
        try:
            yield lambda message, epoch: self._take_fresh(room, message.rev, message.model_dump(mode="json"), epoch)
        finally:
            room.storing -= 1
            if not room.storing and room.behind:
                self._look(room)

    def _take_fresh(self, room: Room[V], rev: int, message: dict[str, Any], epoch: int) -> None:
        # Anything unusual is left to a look at the database, and so is whoever waits: place and hours may be others by now.
        if room.seen is not None and room.seen.owner != "waiting" and room.seen.epoch == epoch and rev == room.expected + 1:
            room.expected = rev
            room.fresh.append((rev, message))
            self._wake(room)

    def crowd(self, conversation_id: UUID) -> int:
        """How many sockets of a conversation this process holds."""
        room = self._rooms.get(conversation_id)
        return len(room.sids) if room else 0

    def _hear(self, hint: dict[str, Any]) -> None:
        room = self._rooms.get(UUID(hint["id"]))
        if room is None:
            return
        if "rev" in hint:
            if hint["rev"] >= room.hinted.rev:
                room.hinted = Heard(hint["rev"], hint["epoch"], hint["answered"])
            for message in hint.get("messages", ()):
                self._take_fresh(room, message["rev"], message, hint["epoch"])
            self._tell_answered(room)
            if room.behind and not room.storing:
                self._look(room)
        for event in ("typing", "receipt"):
            if event in hint:
                # On the room's own task, so that it comes after what was committed before it.
                room.notices.append((event, hint[event]))
                self._wake(room)

    def _tell_answered(self, room: Room[V]) -> None:
        heard, seen = room.hinted, room.seen
        if seen is not None and heard.epoch == seen.epoch and seen.seen_seq < heard.answered and heard.rev <= room.expected:
            room.seen = seen.model_copy(update={"seen_seq": heard.answered})
            room.notices.append(("receipt", {"by": "bot", "seq": heard.answered}))
            self._wake(room)

    def _look_everywhere(self) -> None:
        for room in self._rooms.values():
            room.hinted = Heard()  # what was heard before may not be the last word
            self._look(room)

    def _look(self, room: Room[V]) -> None:
        room.dirty = True
        self._wake(room)

    def _wake(self, room: Room[V]) -> None:
        if room.task is None or room.task.done():
            room.task = asyncio.create_task(self._show(room), name=f"room-{room.id}")

    async def _show(self, room: Room[V]) -> None:
        while (room.fresh or room.dirty or room.notices) and room.sids:
            try:
                if room.fresh:
                    async with room.lock:
                        await self._show_fresh(room)
                if room.dirty:
                    room.dirty = False
                    async with self._readers, room.lock:
                        await self._show_changes(room)
                notices, room.notices = room.notices, []
                for event, data in notices:
                    await self._emit(room, event, data)
            except (SQLAlchemyError, OSError) as error:
                room.dirty = True
                log.warning("room_not_shown", conversation_id=str(room.id), error=type(error).__name__)
                await asyncio.sleep(RETRY)

    async def _show_fresh(self, room: Room[V]) -> None:
        fresh, room.fresh = room.fresh, []
        for rev, message in fresh:
            if room.rev is not None and rev == room.rev + 1:
                room.rev = rev
                await self._emit(room, "message", message)
            elif room.rev is None or rev > room.rev:
                room.dirty = True

    async def _show_changes(self, room: Room[V]) -> None:
        if room.rev is None:  # whoever joins first sets the mark before anything is shown
            return
        before, known, more = room.seen, self._still(room), True
        while more:
            async with self._site.at_once() as session:
                view = known or await self._view(session, room.id)
                changes = await queries.list_changes(session, room.id, after_rev=room.rev, limit=PAGE, rev=view.rev)
            for message in changes.messages:
                await self._emit(room, "message", message.model_dump(mode="json"))
            room.rev, more = changes.rev, changes.more
            room.expected = max(room.expected, room.rev)
        room.seen = view
        if before is None or self._hands(before) != self._hands(view):
            await self._emit(room, "conversation", view.model_dump(mode="json"))
        elif view.seen_seq > before.seen_seq:
            await self._emit(room, "receipt", {"by": "bot", "seq": view.seen_seq})

    async def _emit(self, room: Room[V], event: str, data: Any) -> None:
        self._cut_off_slow(room)
        addressed = self._addressed(room, event, data)
        if addressed is not None:
            await self._server.emit(event, addressed, room=str(room.id), namespace=self._namespace)

    def _cut_off_slow(self, room: Room[V]) -> None:
        for sid in list(room.sids):
            eio_sid = self._server.manager.eio_sid_from_sid(sid, self._namespace)
            socket = self._server.eio.sockets.get(eio_sid)
            if socket is not None and socket.queue.qsize() > BACKLOG:
                log.warning("slow_client_cut_off", conversation_id=str(room.id))
                self.leave(sid, room.id)
                cut(self._server, sid, self._namespace)


class Hub(Rooms[ConversationView]):
    """The rooms of customers."""

    async def _view(self, session: Session, conversation_id: UUID) -> ConversationView:
        return await queries.view(session, conversation_id)

    def _still(self, room: Room[ConversationView]) -> ConversationView | None:
        # In the same hands as before, only messages can have changed; a place in the queue changes without a hint of this conversation.
        heard, before = room.hinted, room.seen
        if before is None or before.owner == "waiting" or before.epoch != heard.epoch or heard.rev <= (room.rev or 0):
            return None
        return before.model_copy(update={"rev": heard.rev, "seen_seq": max(before.seen_seq, heard.answered)})

    def _hands(self, view: ConversationView) -> Any:
        return view.owner, view.epoch, view.technician, view.place, view.opens


def cut(server: socketio.AsyncServer, sid: str, namespace: str) -> None:
    """Break a client's connection without waiting for it to read what it has not read."""
    with contextlib.suppress(KeyError, AttributeError):
        request = server.get_environ(sid, namespace)["aiohttp.request"]
        if request.transport is not None:
            request.transport.abort()
