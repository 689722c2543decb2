"""A customer's client at the socket: sends, folds what it is shown, and waits for things to come true."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import socketio

NAMESPACE = "/customer"


class Refused(Exception):
    """An ack that says no."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["code"])
        self.code, self.error = error["code"], error


class Chat:
    """One browser tab."""

    def __init__(self, base: str, credential: str | None = None) -> None:
        self.base, self.credential = base, credential
        self.io = socketio.AsyncClient(reconnection=False)
        self.events: list[tuple[str, Any]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.conversation: dict[str, Any] = {}
        self.customer: dict[str, Any] = {}
        self.presence: dict[str, Any] = {}
        self.rev = 0
        self._changed = asyncio.Event()
        for event in ("welcome", "message", "conversation", "typing", "receipt", "presence"):
            self.io.on(event, self._hear(event), namespace=NAMESPACE)

    async def connect(self) -> "Chat":
        auth = {"credential": self.credential} if self.credential else {}
        await self.io.connect(self.base, namespaces=[NAMESPACE], auth=auth, transports=["websocket"], wait_timeout=10)
        await self.until(lambda: bool(self.conversation))
        return self

    async def close(self) -> None:
        await self.io.disconnect()

    async def call(self, event: str, data: Any) -> Any:
        answer = await self.io.call(event, data, namespace=NAMESPACE, timeout=20)
        if answer.get("ok") is False:
            raise Refused(answer["error"])
        return answer

    async def send(self, text: str | None = None, *, client_id: str | None = None, **more: Any) -> dict[str, Any]:
        body = {"client_id": client_id or str(uuid4()), **more}
        return await self.call("message", body if text is None else {**body, "text": text})

    async def sync(self) -> None:
        more = True
        while more:
            answer = await self.call("sync", {"after_rev": self.rev, "limit": 50})
            for message in answer["messages"]:
                self.fold(message)
            self.rev, more = max(self.rev, answer["rev"]), answer["more"]

    def fold(self, message: dict[str, Any]) -> None:
        known = self.messages.get(message["id"])
        if known is None or known["rev"] < message["rev"]:
            self.messages[message["id"]] = message

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Messages as the customer sees them."""
        return sorted(self.messages.values(), key=lambda message: message["seq"])

    def said(self, kind: str) -> list[str]:
        return [message["text"] for message in self.shown if message["author"]["kind"] == kind]

    def open_part(self, kind: str) -> dict[str, Any]:
        return next(part for message in reversed(self.shown) for part in message["parts"] if part["type"] == kind and part["open"])

    def choice(self, title: str) -> str:
        found: str = next(item["id"] for item in self.open_part("choices")["choices"] if item["title"] == title)
        return found

    async def until(self, check: Callable[[], bool], timeout: float = 8.0) -> None:
        deadline = time.monotonic() + timeout
        while not check():
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"not shown in time; shown: {[(m['author']['kind'], m['text']) for m in self.shown]}") from None

    async def hear(self, kind: str, count: int = 1) -> list[str]:
        """Wait until so many messages of an author are shown, and return them."""
        await self.until(lambda: len(self.said(kind)) >= count)
        return self.said(kind)

    def _hear(self, event: str) -> Callable[[Any], Any]:
        async def heard(data: Any) -> None:
            self.events.append((event, data))
            match event:
                case "welcome":
                    self.conversation, self.customer, self.credential = data["conversation"], data["customer"], data["credential"]
                    self.presence = data["presence"]
                case "presence":
                    self.presence = data
                case "conversation":
                    self.conversation = data
                case "message":
                    self.fold(data)
                    # Anything further ahead would hide a gap that only a sync can fill.
                    if data["rev"] == self.rev + 1:
                        self.rev = data["rev"]
            self._changed.set()

        return heard
