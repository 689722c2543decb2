"""Shows to the desks that follow a conversation what happened in it, notes and what only staff may know among it."""

import contextlib
from typing import Any
from uuid import UUID

import socketio

from backend.conversations import board, desk_hints
from backend.conversations.staff_schemas import DeskView
from backend.core.db import Session
from backend.core.site import Site
from channels.hub import Room, Rooms

#: What changes with every message is told by the message.
_WITH_MESSAGES = {"rev", "seq", "note", "changed_at", "read_seq", "seen_seq"}
NOTES = 200


class DeskRooms(Rooms[DeskView]):
    """The rooms of technicians; each event names its conversation, since one socket follows several."""

    def __init__(self, site: Site, server: socketio.AsyncServer, namespace: str) -> None:
        super().__init__(site, server, namespace)
        #: The number of the last note shown, by conversation.
        self._notes: dict[UUID, int] = {}
        self._ending = contextlib.ExitStack()

    def start(self) -> None:
        """Begin to listen, to what only desks hear as well."""
        super().start()
        self._ending.callback(self._site.hints.listen(desk_hints.TOPIC, self._hear_desk))

    async def stop(self) -> None:
        """Stop listening and showing."""
        self._ending.close()
        await super().stop()

    def leave(self, sid: str, conversation_id: UUID) -> None:
        """Forget a socket."""
        super().leave(sid, conversation_id)
        if conversation_id not in self._rooms:
            self._notes.pop(conversation_id, None)

    def _hear_desk(self, hint: dict[str, Any]) -> None:
        room = self._rooms.get(UUID(hint["id"]))
        if room is not None:
            self._look(room)

    def _take_fresh(self, room: Room[DeskView], rev: int, message: dict[str, Any], epoch: int) -> None:
        super()._take_fresh(room, rev, message, epoch)
        room.dirty = True  # who awaits an answer, and what is known of them, may have changed with it

    async def _show_changes(self, room: Room[DeskView]) -> None:
        await super()._show_changes(room)
        view, shown = room.seen, self._notes.get(room.id)
        if view is None or shown is None or view.note <= shown:
            return
        async with self._site.at_once() as session:
            changes = await board.list_changes(session, room.id, after_rev=view.rev, after_note=shown, limit=NOTES)
        for note in changes.notes:
            await self._emit(room, "note", note.model_dump(mode="json"))
        self._notes[room.id] = changes.note

    async def _view(self, session: Session, conversation_id: UUID) -> DeskView:
        view = await board.view(session, conversation_id)
        # Whoever joins later catches up by the number they hold.
        self._notes.setdefault(conversation_id, view.note)
        return view

    def _hands(self, view: DeskView) -> Any:
        return view.model_dump(exclude=_WITH_MESSAGES)

    def _addressed(self, room: Room[DeskView], event: str, data: Any) -> Any:
        match event:
            case "message" | "note":
                return {"conversation": str(room.id), event: data}
            case "typing":
                return {"conversation": str(room.id), **data}
            case "receipt":
                return {"conversation": str(room.id), **data} if data["by"] == "customer" else None
            case _:
                return data
