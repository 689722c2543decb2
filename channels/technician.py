"""The technician's socket: strict events in, honest acks out, and the queue, the team and followed conversations shown live."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import socketio

from backend.conversations import board as boards
from backend.conversations import handover, notes, passing, queries, service
from backend.conversations.errors import NotSubscribed, TooManyMessages, TooManyOpen
from backend.conversations.models import Conversation
from backend.conversations.schemas import Accepted
from backend.conversations.staff_schemas import (
    About,
    Beat,
    DeskMessage,
    DeskRead,
    DeskSync,
    DeskTyping,
    Move,
    NewNote,
    NoteKept,
    Release,
    Snooze,
    StatusMark,
    Transfer,
    Welcome,
)
from backend.core import address, limits, logs
from backend.core.db import Session
from backend.core.errors import Unauthenticated
from backend.core.principal import ANONYMOUS, Principal
from backend.core.schema import Strict
from backend.core.site import Site
from backend.identity import presence, sessions, tickets
from channels.board import Board
from channels.desk_rooms import DeskRooms
from channels.events import Pace, S, read, refusal_of, refused
from channels.watch import Watch

log = logs.get(__name__)
NAMESPACE = "/technician"
EVENTS = (
    *("subscribe", "unsubscribe", "sync", "take", "message", "note", "transfer"),
    *("release", "resolve", "snooze", "typing", "read", "status", "beat"),
)
#: Open sockets of one person in one process, and conversations one socket follows.
CROWD, FOLLOWED = 20, 30
#: Connections tried from one address in a minute: a shop full of desks that all come back at once stays far below.
CONNECTIONS = 300
TYPING_PAUSE = 1.0


class Auth(Strict):
    """What a desk must bring when it connects."""

    ticket: str


@dataclass(slots=True)
class Seat:
    """One connected desk."""

    principal: Principal
    staff_id: UUID
    session_id: UUID
    #: When it last answered.
    beat_at: datetime
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    pace: Pace = field(default_factory=Pace)
    followed: set[UUID] = field(default_factory=set)
    #: When it last showed typing, by conversation.
    typing: dict[UUID, tuple[bool, float]] = field(default_factory=dict)


class Technicians(socketio.AsyncNamespace):  # type: ignore[misc]
    """`/technician`. Any origin may connect: the ticket says who it is."""

    def __init__(self, site: Site, server: socketio.AsyncServer) -> None:
        super().__init__(NAMESPACE)
        self._site = site
        self.rooms = DeskRooms(site, server, NAMESPACE)
        self.board = Board(site, server, NAMESPACE)
        self.seats: dict[str, Seat] = {}
        self.watch = Watch(site, server, NAMESPACE, self.seats, self.board)
        self._welcomes: set[asyncio.Task[None]] = set()
        for event in EVENTS:
            if f"{NAMESPACE} {event}" not in site.permissions.socket:
                raise RuntimeError(f"permissions.toml has no row for {NAMESPACE} {event}")

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Admit who brings a good ticket."""
        try:
            seat = await self._admit(auth, address.of(environ["aiohttp.request"], self._site.settings))
        except Exception as error:  # every refusal reaches the client as a code
            raise socketio.exceptions.ConnectionRefusedError(refusal_of(error).code) from None
        self.seats[sid] = seat
        welcome = asyncio.create_task(self._welcome(sid, seat))
        self._welcomes.add(welcome)
        welcome.add_done_callback(self._welcomes.discard)

    async def on_disconnect(self, sid: str, reason: str) -> None:
        """Forget the desk; what its technician has stays theirs for a minute."""
        seat = self.seats.pop(sid, None)
        self.board.leave(sid)
        for conversation_id in seat.followed if seat else ():
            self.rooms.leave(sid, conversation_id)

    async def on_subscribe(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Show a conversation's events from now on."""

        async def subscribe(seat: Seat, about: About) -> dict[str, Any]:
            conversation_id = UUID(about.conversation)
            if conversation_id not in seat.followed and len(seat.followed) >= FOLLOWED:
                raise TooManyOpen
            async with self._site.at_once(seat.principal) as session:
                await queries.access_conversation(session, conversation_id)
            view = await self.rooms.join(sid, conversation_id)
            seat.followed.add(conversation_id)
            return {"conversation": view.model_dump(mode="json")}

        return await self._answer(sid, "subscribe", About, data, subscribe)

    async def on_unsubscribe(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Show a conversation's events no longer."""

        async def unsubscribe(seat: Seat, about: About) -> dict[str, Any]:
            conversation_id = UUID(about.conversation)
            seat.followed.discard(conversation_id)
            self.rooms.leave(sid, conversation_id)
            await self.leave_room(sid, str(conversation_id))
            return {}

        return await self._answer(sid, "unsubscribe", About, data, unsubscribe)

    async def on_sync(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Hand out what is new and changed after a revision, and the notes after a number."""

        async def sync(seat: Seat, wish: DeskSync) -> dict[str, Any]:
            conversation_id = UUID(wish.conversation)
            if conversation_id not in seat.followed:
                raise NotSubscribed
            async with self._site.at_once(seat.principal) as session:
                changes = await boards.list_changes(
                    session, conversation_id, after_rev=wish.after_rev, after_note=wish.after_note, limit=wish.limit
                )
            return changes.model_dump(mode="json")

        return await self._answer(sid, "sync", DeskSync, data, sync)

    async def on_take(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Take a conversation; of two who do, one gets it."""

        async def take(session: Session, wish: Move) -> Conversation:
            return await handover.take(session, UUID(wish.conversation), epoch=wish.epoch)

        return await self._move(sid, "take", Move, data, take)

    async def on_transfer(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Pass a conversation on."""

        async def transfer(session: Session, wish: Transfer) -> Conversation:
            return await passing.transfer(session, UUID(wish.conversation), wish)

        return await self._move(sid, "transfer", Transfer, data, transfer)

    async def on_release(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Give a conversation back to the assistant."""

        async def release(session: Session, wish: Release) -> Conversation:
            return await handover.release(session, UUID(wish.conversation), epoch=wish.epoch, told=wish.told)

        return await self._move(sid, "release", Release, data, release)

    async def on_resolve(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Close a conversation until the customer writes."""

        async def resolve(session: Session, wish: Move) -> Conversation:
            return await handover.resolve(session, UUID(wish.conversation), epoch=wish.epoch)

        return await self._move(sid, "resolve", Move, data, resolve)

    async def on_snooze(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Put a conversation out of sight for a while."""

        async def snooze(session: Session, wish: Snooze) -> Conversation:
            return await passing.snooze(session, UUID(wish.conversation), epoch=wish.epoch, until=wish.until)

        return await self._move(sid, "snooze", Snooze, data, snooze)

    async def on_message(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Write to the customer; acknowledged after the commit."""

        async def message(seat: Seat, said: DeskMessage) -> dict[str, Any]:
            async with self._work(seat) as session:
                stored = await handover.reply(session, UUID(said.conversation), said.reply())
                return Accepted.model_validate(stored).model_dump(mode="json")

        return await self._answer(sid, "message", DeskMessage, data, message)

    async def on_note(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Write to colleagues alone."""

        async def note(seat: Seat, wish: NewNote) -> dict[str, Any]:
            async with self._work(seat) as session:
                return NoteKept.model_validate(await notes.add(session, wish)).model_dump(mode="json")

        return await self._answer(sid, "note", NewNote, data, note)

    async def on_typing(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Let the customer see that their technician types, at most once a second."""

        async def typing(seat: Seat, mark: DeskTyping) -> dict[str, Any]:
            conversation_id, now = UUID(mark.conversation), time.monotonic()
            was, at = seat.typing.get(conversation_id, (False, 0.0))
            if mark.on == was and now - at < TYPING_PAUSE:
                return {}
            async with self._site.at_once(seat.principal) as session:
                conversation = await queries.access_conversation(session, conversation_id)
                handover.check_mine(session, conversation, mark.epoch)
                name = handover.first_name(session)
                await service.show_typing(session, conversation_id, author_kind="technician", author_name=name, on=mark.on)
            seat.typing[conversation_id] = (mark.on, now)
            return {}

        return await self._answer(sid, "typing", DeskTyping, data, typing)

    async def on_read(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Remember how far the technician has read."""

        async def mark_read(seat: Seat, mark: DeskRead) -> dict[str, Any]:
            async with self._work(seat) as session:
                conversation = await queries.access_conversation(session, UUID(mark.conversation))
                if conversation.epoch != mark.epoch:
                    raise handover.taken(conversation)
                await service.mark_read(session, conversation.id, mark.seq)
            return {}

        return await self._answer(sid, "read", DeskRead, data, mark_read)

    async def on_status(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Remember whether others may count on this technician."""

        async def status(seat: Seat, mark: StatusMark) -> dict[str, Any]:
            async with self._work(seat) as session:
                await presence.turn(session, seat.staff_id, away=mark.status == "away")
            return {}

        return await self._answer(sid, "status", StatusMark, data, status)

    async def on_beat(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Note that the desk is still there; the watch writes it down."""

        async def beat(seat: Seat, _: Beat) -> dict[str, Any]:
            return {}

        return await self._answer(sid, "beat", Beat, data, beat)

    async def _admit(self, data: Any, caller: str) -> Seat:
        auth = Auth.model_validate(data)
        await limits.hit(self._site, f"desks:{caller}", CONNECTIONS, 60, reading=True)
        async with self._site.work() as session:
            principal = await tickets.redeem(session, auth.ticket)
            assert principal.id is not None and principal.session_id is not None
            if sum(seat.staff_id == principal.id for seat in self.seats.values()) >= CROWD:
                raise TooManyMessages("Too many windows are open.")
            await presence.come(session, principal.id)
        return Seat(principal, principal.id, principal.session_id, self._site.clock.now())

    async def _welcome(self, sid: str, seat: Seat) -> None:
        # The connection stands only after on_connect has returned; what is sent before is lost.
        while not self.server.manager.is_connected(sid, NAMESPACE):
            if self.seats.get(sid) is not seat or not self.server.manager.is_pre_connected(sid, NAMESPACE):
                self.seats.pop(sid, None)
                return
            await asyncio.sleep(0)

        def welcome() -> dict[str, Any]:
            own = next(member for member in self.board.team if member["id"] == str(seat.staff_id))
            said = Welcome.model_validate({"staff": own, "team": self.board.team, "presence": self.board.presence})
            return said.model_dump(mode="json")

        try:
            await self.board.join(sid, welcome)
        except Exception as error:  # a desk without a welcome would wait for ever: it shall come again
            log.warning("desk_not_welcomed", code=refusal_of(error).code)
            await self.server.disconnect(sid, namespace=NAMESPACE)
            return
        if self.seats.get(sid) is not seat:  # gone while we looked
            self.board.leave(sid)
            return
        seat.joined.set()

    async def _move(
        self, sid: str, event: str, model: type[S], data: Any, work: Callable[[Session, S], Awaitable[Conversation]]
    ) -> dict[str, Any]:
        async def move(seat: Seat, wish: S) -> dict[str, Any]:
            async with self._work(seat) as session:
                conversation = await work(session, wish)
                return {"conversation": (await boards.view(session, conversation.id)).model_dump(mode="json")}

        return await self._answer(sid, event, model, data, move)

    @contextlib.asynccontextmanager
    async def _work(self, seat: Seat) -> AsyncIterator[Session]:
        """A unit of work of a technician who is still signed in; being at work keeps the session alive."""
        async with self._site.work(seat.principal) as session:
            if not await sessions.list_live(session, [seat.session_id]):
                raise Unauthenticated
            yield session
            await sessions.active(session, seat.session_id)

    async def _answer(
        self, sid: str, event: str, model: type[S], data: Any, work: Callable[[Seat, S], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        seat = self.seats.get(sid)
        try:
            self._site.permissions.check("socket", f"{NAMESPACE} {event}", seat.principal if seat else ANONYMOUS)
            if seat is None:
                raise Unauthenticated
            seat.pace.spend()
            seat.beat_at = self._site.clock.now()  # whoever does something is there
            given = read(model, data)
            await seat.joined.wait()
            answer = await work(seat, given)
            return answer if event == "sync" else {"ok": True, **answer}
        except Exception as error:  # every failure reaches the client as a code; what is our fault is logged
            return refused(error)
