"""The customer's socket: strict events in, honest acks out, and everything that happens in the conversation shown."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import socketio

from backend.conversations import queries, service
from backend.conversations.errors import TooManyMessages
from backend.conversations.offers import CONTACT_FIELDS
from backend.conversations.routes import NEW_VISITORS
from backend.conversations.schemas import Accepted, Incoming, MessageView, ReadMark, SyncRequest, TypingMark
from backend.core import address, limits, logs
from backend.core.errors import Unauthenticated
from backend.core.principal import ANONYMOUS, Principal
from backend.core.schema import Strict
from backend.core.site import Site
from backend.identity import visitors
from backend.identity.authenticate import visitor_principal
from channels.attendance import Attendance
from channels.events import Pace, S, read, refusal_of, refused
from channels.hub import Hub

log = logs.get(__name__)
NAMESPACE = "/customer"
EVENTS = ("message", "sync", "typing", "read")
#: Open sockets of one conversation in one process: tabs, not an attack.
CROWD = 50
TYPING_PAUSE = 1.0


class Auth(Strict):
    """What a client may bring when it connects."""

    credential: str | None = None


@dataclass(slots=True)
class Guest:
    """One connected socket."""

    principal: Principal
    conversation_id: UUID
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    pace: Pace = field(default_factory=Pace)
    typing_at: float = 0.0
    typing: bool = False


class Customers(socketio.AsyncNamespace):  # type: ignore[misc]
    """`/customer`. Any origin may connect: the credential travels in the handshake, never in a cookie."""

    def __init__(self, site: Site, server: socketio.AsyncServer) -> None:
        super().__init__(NAMESPACE)
        self._site = site
        self.hub = Hub(site, server, NAMESPACE)
        self.attendance = Attendance(site, server, NAMESPACE)
        self._guests: dict[str, Guest] = {}
        self._welcomes: set[asyncio.Task[None]] = set()
        for event in EVENTS:
            if f"{NAMESPACE} {event}" not in site.permissions.socket:
                raise RuntimeError(f"permissions.toml has no row for {NAMESPACE} {event}")

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Admit who brings a known credential, or give a new one to who brings none."""
        try:
            guest, credential = await self._admit(auth, address.of(environ["aiohttp.request"], self._site.settings))
        except Exception as error:  # every refusal reaches the client as a code
            raise socketio.exceptions.ConnectionRefusedError(refusal_of(error).code) from None
        self._guests[sid] = guest
        welcome = asyncio.create_task(self._welcome(sid, guest, credential))
        self._welcomes.add(welcome)
        welcome.add_done_callback(self._welcomes.discard)

    async def on_disconnect(self, sid: str, reason: str) -> None:
        """Forget the socket."""
        guest = self._guests.pop(sid, None)
        if guest is not None:
            self.hub.leave(sid, guest.conversation_id)
            if guest.typing:
                await self._show_typing(guest, on=False)

    async def on_message(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Store a message; acknowledged after the commit."""

        fresh: list[MessageView] = []
        epoch = 0

        async def accept(guest: Guest, incoming: Incoming) -> dict[str, Any]:
            nonlocal epoch
            stored = None
            if incoming.is_plain:
                async with self._site.at_once(guest.principal) as session:
                    stored = await service.accept_plain(session, guest.conversation_id, incoming)
            if stored is None:
                async with self._site.work(guest.principal) as session:
                    stored = await service.accept(session, guest.conversation_id, incoming)
            message, epoch, changed = stored
            fresh.extend(queries.message_view(session, each) for each in (message, *changed))
            return Accepted.model_validate(message).model_dump(mode="json")

        guest = self._guests.get(sid)
        with self.hub.storing(guest.conversation_id if guest else None) as show:
            answer = await self._answer(sid, "message", Incoming, data, accept)
            if answer["ok"]:
                for message in fresh:
                    show(message, epoch)
        return answer

    async def on_sync(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Hand out what is new and changed after a revision."""

        async def sync(guest: Guest, request: SyncRequest) -> dict[str, Any]:
            async with self._site.at_once(guest.principal) as session:
                changes = await queries.list_changes(session, guest.conversation_id, after_rev=request.after_rev, limit=request.limit)
            return changes.model_dump(mode="json")

        return await self._answer(sid, "sync", SyncRequest, data, sync)

    async def on_typing(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Pass on that the customer types, at most once a second."""

        async def typing(guest: Guest, mark: TypingMark) -> dict[str, Any]:
            if mark.on == guest.typing and time.monotonic() - guest.typing_at < TYPING_PAUSE:
                return {}
            guest.typing, guest.typing_at = mark.on, time.monotonic()
            async with self._site.at_once(guest.principal) as session:
                await service.show_typing(session, guest.conversation_id, author_kind="customer", author_name=None, on=mark.on)
            return {}

        return await self._answer(sid, "typing", TypingMark, data, typing)

    async def on_read(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Remember how far the customer has read."""

        async def note(guest: Guest, mark: ReadMark) -> dict[str, Any]:
            async with self._site.work(guest.principal) as session:
                await service.mark_read(session, guest.conversation_id, mark.seq)
            return {}

        return await self._answer(sid, "read", ReadMark, data, note)

    async def _admit(self, data: Any, caller: str) -> tuple[Guest, str]:
        auth = Auth.model_validate(data or {})
        if auth.credential is None:
            await limits.hit(self._site, f"visitors:{caller}", NEW_VISITORS, 60)
        async with self._site.work() as session:
            visitor, credential = await visitors.open(session, auth.credential, network=address.network(caller, self._site.settings))
            principal = session.principal = visitor_principal(visitor)
            conversation = await service.open_conversation(session, visitor.id)
        if self.hub.crowd(conversation.id) >= CROWD:
            raise TooManyMessages("Too many windows are open.")
        return Guest(principal, conversation.id), credential

    async def _welcome(self, sid: str, guest: Guest, credential: str) -> None:
        # The connection stands only after on_connect has returned; what is sent before is lost.
        while not self.server.manager.is_connected(sid, NAMESPACE):
            if self._guests.get(sid) is not guest or not self.server.manager.is_pre_connected(sid, NAMESPACE):
                self._guests.pop(sid, None)
                return
            await asyncio.sleep(0)
        try:
            view = await self.hub.join(sid, guest.conversation_id)
            customer = await self._customer(guest)
            presence = await self.attendance.seen()
        except Exception as error:  # a client without a welcome would wait for ever: it shall come again
            log.warning("welcome_failed", code=refusal_of(error).code)
            await self.server.disconnect(sid, namespace=NAMESPACE)
            return
        if self._guests.get(sid) is not guest:  # gone while we looked
            self.hub.leave(sid, guest.conversation_id)
            return
        guest.joined.set()
        conversation = view.model_dump(mode="json")
        welcome = {"credential": credential, "conversation": conversation, "customer": customer, "presence": presence}
        await self.emit("welcome", welcome, to=sid)

    async def _customer(self, guest: Guest) -> dict[str, str | None]:
        async with self._site.at_once(guest.principal) as session:
            contact = (await queries.access_conversation(session, guest.conversation_id)).contact
        return {name: contact.get(name) for name in CONTACT_FIELDS}

    async def _answer(
        self, sid: str, event: str, model: type[S], data: Any, work: Callable[[Guest, S], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        guest = self._guests.get(sid)
        try:
            self._site.permissions.check("socket", f"{NAMESPACE} {event}", guest.principal if guest else ANONYMOUS)
            if guest is None:
                raise Unauthenticated
            guest.pace.spend()
            given = read(model, data)
            await guest.joined.wait()
            answer = await work(guest, given)
            return answer if event == "sync" else {"ok": True, **answer}
        except Exception as error:  # every failure reaches the client as a code; what is our fault is logged
            return refused(error)

    async def _show_typing(self, guest: Guest, *, on: bool) -> None:
        try:
            async with self._site.at_once(guest.principal) as session:
                await service.show_typing(session, guest.conversation_id, author_kind="customer", author_name=None, on=on)
        except Exception as error:  # nobody waits for an answer, and typing ends by itself
            log.warning("typing_not_shown", error=type(error).__name__)
