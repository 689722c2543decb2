"""The line to the shop: connects, comes back after every loss, catches up, and sends each message until it is acknowledged."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import socketio

_NAMESPACE = "/customer"
_PAGE = 100
_PAUSE = 0.4


class Refused(Exception):
    """The shop took the message in and said no; the words are for the customer."""


class Memory:
    """The credential of each shop this terminal has talked to, kept in one private file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, url: str) -> str | None:
        """The credential kept for a shop."""
        return self._all().get(url)

    def keep(self, url: str, credential: str | None) -> None:
        """Keep it, or forget it with None."""
        known = {key: value for key, value in self._all().items() if key != url} | ({url: credential} if credential else {})
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(known, file)
        draft.replace(self._path)

    def _all(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


class Line:
    """One visitor's conversation. `show(message)` is called for every new or changed message, `notice(text)` for the rest."""

    def __init__(self, url: str, memory: Memory, show: Callable[[dict[str, Any]], None], notice: Callable[[str], None]) -> None:
        self.url = url
        self.rev = 0
        self.answered_seq = 0
        self.sent_seq = 0
        self._memory = memory
        self._show = show
        self._notice = notice
        self._revs: dict[str, int] = {}
        self._ready = asyncio.Event()
        self._heard = asyncio.Condition()
        self._owner = ""
        self._was_lost = False
        self._socket = socketio.AsyncClient(reconnection=True, reconnection_delay=0.2, reconnection_delay_max=3, handle_sigint=False)
        for event in ("welcome", "message", "typing", "conversation", "connect_error", "disconnect"):
            self._socket.on(event, getattr(self, f"_on_{event}"), namespace=_NAMESPACE)

    async def open(self) -> None:
        """Connect; raises ConnectionError when the shop does not answer. A credential the shop no longer knows is forgotten."""
        for _ in range(2):
            self._refused = ""
            with contextlib.suppress(socketio.exceptions.ConnectionError):
                await self._socket.connect(self.url, auth=self._auth, namespaces=[_NAMESPACE], transports=["websocket"], wait_timeout=10)
                await asyncio.wait_for(self._ready.wait(), 10)
                return
            if self._refused == "credential_unknown" and self._memory.read(self.url):
                self._notice("The shop no longer knows this terminal; a new conversation begins.")
                self._memory.keep(self.url, None)
                continue
            raise ConnectionError(self._refused or "it does not answer")
        raise ConnectionError(self._refused)

    async def close(self) -> None:
        """Hang up."""
        await self._socket.disconnect()

    async def say(self, **body: Any) -> None:
        """Send a text, a choice or a form under one id until it is acknowledged; raises Refused when the shop says no."""
        message = {"client_id": str(uuid4()), **body}
        while True:
            await self._ready.wait()
            try:
                ack = await self._socket.call("message", message, namespace=_NAMESPACE, timeout=5)
            except (socketio.exceptions.SocketIOError, OSError):
                await asyncio.sleep(0.3)
                continue
            if ack["ok"]:
                self.sent_seq = max(self.sent_seq, ack["seq"])
                return
            error = ack["error"]
            if error["code"] == "unavailable":
                await asyncio.sleep(1)
                continue
            fields = "".join(f"\n  {name}: {words}" for name, words in (error.get("fields") or {}).items())
            raise Refused(f"{error.get('detail') or error['code']}{fields}")

    async def answered(self, patience: float) -> bool:
        """Wait until somebody answered what was sent last, and had the time to finish: an answer may be several messages."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience), self._heard:
                await self._heard.wait_for(lambda: self.answered_seq > self.sent_seq)
            known = -1
            while known != self.answered_seq:
                known = self.answered_seq
                await asyncio.sleep(_PAUSE)
            return True
        return False

    def _auth(self) -> Mapping[str, str]:
        credential = self._memory.read(self.url)
        return {"credential": credential} if credential else {}

    async def _on_welcome(self, data: dict[str, Any]) -> None:
        if data["credential"] != self._memory.read(self.url):
            self._memory.keep(self.url, data["credential"])
        await self._on_conversation(data["conversation"])
        await self._catch_up()
        if self._was_lost:
            self._notice("Connected again.")
        self._was_lost = False
        self._ready.set()

    async def _on_message(self, message: dict[str, Any]) -> None:
        if self._revs.get(message["id"], 0) >= message["rev"]:
            return
        self._revs[message["id"]] = message["rev"]
        # Not beyond what came in order: what is missing in between is fetched at the next welcome.
        self.rev = max(self.rev, message["rev"])
        self._show(message)
        if message["author"]["kind"] in {"bot", "technician", "system"}:
            async with self._heard:
                self.answered_seq = max(self.answered_seq, message["seq"])
                self._heard.notify_all()

    async def _on_conversation(self, data: dict[str, Any]) -> None:
        owner = data.get("owner", self._owner)
        if owner != self._owner and self._owner:
            name = (data.get("technician") or {}).get("name") or "A technician"
            place = f" You are number {data['place']} in the queue." if data.get("place") else ""
            words = {"technician": f"{name} has joined.", "waiting": f"Waiting for a person.{place}", "bot": "The assistant is back."}
            if owner in words:
                self._notice(words[owner])
        self._owner = owner

    async def _on_typing(self, data: dict[str, Any]) -> None:
        """Typing is not drawn: a terminal has no place for it."""

    async def _on_connect_error(self, data: Any) -> None:
        self._refused = str(data.get("message", "")) if isinstance(data, dict) else str(data or "")

    async def _on_disconnect(self, reason: str = "") -> None:
        if reason != "client disconnect" and self._ready.is_set():
            self._was_lost = True
            self._notice("The connection is lost; trying again …")
        self._ready.clear()

    async def _catch_up(self) -> None:
        after = self.rev
        while True:
            answer = await self._socket.call("sync", {"after_rev": after, "limit": _PAGE}, namespace=_NAMESPACE, timeout=10)
            for message in sorted(answer["messages"], key=lambda one: int(one["seq"])):
                await self._on_message(message)
            after = answer["rev"]
            if not answer["more"]:
                self.rev = max(self.rev, after)
                return
