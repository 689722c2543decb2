"""A customer at the chat: sends words, presses buttons, reads what comes, over the same socket the widget uses."""

import asyncio
from typing import Any
from uuid import uuid4

import socketio

#: The assistant answers or the hub says why not; both are due well before this.
PATIENCE = 25.0


class Customer:
    """One browser of one visitor; folds what it sees exactly by id and rev."""

    def __init__(self, base: str, credential: str | None = None) -> None:
        self.base, self.credential = base, credential
        self.messages: dict[str, dict[str, Any]] = {}
        self.conversation: dict[str, Any] = {}
        self._socket = socketio.AsyncClient(reconnection=True, reconnection_delay=0.1, reconnection_delay_max=0.5)
        self._changed = asyncio.Condition()
        for event, hear in (("welcome", self._welcome), ("message", self._message), ("conversation", self._conversation)):
            self._socket.on(event, hear, namespace="/customer")
        self._welcomed = asyncio.Event()

    async def __aenter__(self) -> "Customer":
        auth = {"credential": self.credential} if self.credential else {}
        await self._socket.connect(self.base, auth=auth, namespaces=["/customer"], transports=["websocket"], wait_timeout=10)
        await asyncio.wait_for(self._welcomed.wait(), 10)
        await self.sync()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.disconnect()

    async def _welcome(self, data: dict[str, Any]) -> None:
        self.credential = data["credential"]
        self.conversation = data["conversation"]
        self._welcomed.set()

    async def _conversation(self, data: dict[str, Any]) -> None:
        self.conversation = self.conversation | data

    async def _message(self, data: dict[str, Any]) -> None:
        async with self._changed:
            known = self.messages.get(data["id"])
            if known is None or known["rev"] < data["rev"]:
                self.messages[data["id"]] = data
            self._changed.notify_all()

    async def sync(self) -> None:
        """Fetch everything after the newest rev seen."""
        after = max((message["rev"] for message in self.messages.values()), default=0)
        while True:
            answer = await self.call("sync", {"after_rev": after, "limit": 100})
            for message in answer["messages"]:
                await self._message(message)
            after = answer["rev"]
            if not answer["more"]:
                return

    async def call(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        answer: dict[str, Any] = await self._socket.call(event, data, namespace="/customer", timeout=10)
        return answer

    @property
    def thread(self) -> list[dict[str, Any]]:
        """Everything said so far, in order."""
        return sorted(self.messages.values(), key=lambda message: message["seq"])

    async def send(self, **body: Any) -> list[dict[str, Any]]:
        """Send one message (text, choice or form) and return what was answered to it."""
        ack = await self.call("message", {"client_id": str(uuid4()), **body})
        assert ack["ok"], f"{body} was refused: {ack}"
        return await self.answers(ack["seq"])

    async def answers(self, after: int) -> list[dict[str, Any]]:
        """Wait for what others said after a message, whole turns only."""

        def heard() -> list[dict[str, Any]]:
            return [m for m in self.thread if m["seq"] > after and m["author"]["kind"] != "customer"]

        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(heard), PATIENCE)
        await self.sync()
        return heard()

    def offer(self, title: str) -> str:
        """Return the id of an open button whose title holds these words, newest message first."""
        for message in reversed(self.thread):
            for part in message["parts"]:
                if part["type"] == "choices" and part.get("open", True):
                    for choice in part["choices"]:
                        if title.lower() in choice["title"].lower():
                            return str(choice["id"])
        raise AssertionError(f"no open button says {title!r}; the last message was {self.thread[-1]}")

    def open_part(self, kind: str) -> dict[str, Any]:
        """Return the newest open part of a kind."""
        for message in reversed(self.thread):
            for part in message["parts"]:
                if part["type"] == kind and part.get("open", True):
                    return dict(part)
        raise AssertionError(f"no open {kind}; the last message was {self.thread[-1]}")
