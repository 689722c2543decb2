"""A technician's desk at the socket: signs in with a ticket, folds what it is shown, and waits for things to come true."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import socketio

from tests.channels.chat import Refused

NAMESPACE = "/technician"


class Desk:
    """One browser tab of a signed-in member of staff; `person` is their HTTP client."""

    def __init__(self, base: str, person: Any) -> None:
        self.base, self.person = base, person
        self.io = socketio.AsyncClient(reconnection=False)
        self.events: list[tuple[str, Any]] = []
        self.staff: dict[str, Any] = {}
        self.team: list[dict[str, Any]] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.notes: dict[str, dict[int, dict[str, Any]]] = {}
        self.alerts: list[dict[str, Any]] = []
        self.answers = True
        self.closed = False
        self._changed = asyncio.Event()
        for event in ("welcome", "queue", "message", "note", "conversation", "typing", "receipt", "presence", "alert", "beat"):
            self.io.on(event, self._hear(event), namespace=NAMESPACE)
        self.io.on("disconnect", self._end, namespace=NAMESPACE)

    async def ticket(self) -> str:
        made: str = (await self.person.json("POST", "/api/v1/socket-tickets", status=201))["ticket"]
        return made

    async def connect(self, ticket: str | None = None) -> "Desk":
        auth = {"ticket": ticket or await self.ticket()}
        await self.io.connect(self.base, namespaces=[NAMESPACE], auth=auth, transports=["websocket"], wait_timeout=10)
        await self.until(lambda: any(event == "queue" for event, _ in self.events))
        return self

    async def close(self) -> None:
        await self.io.disconnect()

    async def call(self, event: str, **data: Any) -> Any:
        answer = await self.io.call(event, data, namespace=NAMESPACE, timeout=20)
        if answer.get("ok") is False:
            raise Refused(answer["error"])
        return answer

    async def move(self, event: str, conversation: str, **more: Any) -> Any:
        """Do something in the epoch this desk knows of."""
        known = self.views.get(conversation) or self.rows.get(conversation) or {"epoch": 1}
        answer = await self.call(event, **{"conversation": conversation, "epoch": known["epoch"], **more})
        if "conversation" in answer:
            self.views[conversation] = answer["conversation"]
        return answer

    async def follow(self, conversation: str) -> dict[str, Any]:
        answer = await self.call("subscribe", conversation=conversation)
        self.views[conversation] = answer["conversation"]
        await self.sync(conversation)
        return self.views[conversation]

    async def sync(self, conversation: str) -> None:
        rev, note, more = 0, 0, True
        while more:
            page = await self.call("sync", conversation=conversation, after_rev=rev, after_note=note, limit=50)
            for message in page["messages"]:
                self._fold(conversation, message)
            for one in page["notes"]:
                self.notes.setdefault(conversation, {})[one["number"]] = one
            rev, note, more = page["rev"], page["note"], page["more"]

    async def say(self, conversation: str, text: str, *, client_id: str | None = None, **more: Any) -> Any:
        return await self.move("message", conversation, client_id=client_id or str(uuid4()), text=text, **more)

    def said(self, conversation: str, kind: str | None = None) -> list[str]:
        shown = sorted(self.messages.get(conversation, {}).values(), key=lambda message: message["seq"])
        return [message["text"] for message in shown if kind in (None, message["author"]["kind"])]

    def waiting(self) -> list[str]:
        """Ids of those that wait, as the queue stands."""
        rows = [row for row in self.rows.values() if row["owner"] == "waiting"]
        return [row["conversation"] for row in sorted(rows, key=lambda row: (row["ranked_at"], row["conversation"]))]

    async def until(self, check: Callable[[], bool], timeout: float = 8.0) -> None:
        deadline = time.monotonic() + timeout
        while not check():
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"not shown in time; heard: {self.events[-8:]}") from None

    def _fold(self, conversation: str, message: dict[str, Any]) -> None:
        known = self.messages.setdefault(conversation, {})
        if message["id"] not in known or known[message["id"]]["rev"] < message["rev"]:
            known[message["id"]] = message

    async def _end(self, *_: Any) -> None:
        self.closed = True
        self._changed.set()

    def _hear(self, event: str) -> Callable[[Any], Any]:
        async def heard(data: Any) -> None:
            if event == "beat":
                if self.answers:
                    await self.io.emit("beat", {}, namespace=NAMESPACE)
                return
            self.events.append((event, data))
            match event:
                case "welcome":
                    self.staff, self.team = data["staff"], data["team"]
                case "presence":
                    self.team = data["team"]
                case "queue":
                    self.rows = {} if data["whole"] else self.rows
                    self.rows |= {row["conversation"]: row for row in data["rows"]}
                    for gone in data["gone"]:
                        self.rows.pop(gone, None)
                case "conversation":
                    self.views[data["id"]] = data
                case "message":
                    self._fold(data["conversation"], data["message"])
                case "note":
                    self.notes.setdefault(data["conversation"], {})[data["note"]["number"]] = data["note"]
                case "alert":
                    self.alerts.append(data)
            self._changed.set()

        return heard
