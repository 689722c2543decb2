"""The customer's socket, spoken by hand: Socket.IO 5 over one WebSocket, light enough for a thousand in a process."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any, Self

import aiohttp

Listener = Callable[[str, Any], None]


class Lost(Exception):
    """The line broke, or the other side stayed silent for too long."""


class Refused(Exception):
    """The server turned the handshake down; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    """One connection to one namespace; events go to the listener in the order they came."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, namespace: str, listener: Listener) -> None:
        self._socket = socket
        self._namespace = namespace
        self._listener = listener
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._silence = 45.0
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        http: aiohttp.ClientSession,
        base: str,
        auth: dict[str, Any],
        listener: Listener,
        *,
        namespace: str = "/customer",
        timeout: float = 5,
        headers: dict[str, str] | None = None,
    ) -> Self:
        """Connect and join the namespace; raises Lost or Refused."""
        address = f"{base.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        try:
            async with asyncio.timeout(timeout):
                socket = await http.ws_connect(address, autoping=False, max_msg_size=4 << 20, headers=headers)
                wire = cls(socket, namespace, listener)
                wire._reader = asyncio.create_task(wire._read())
                try:
                    await socket.send_str(f"40{namespace},{json.dumps(auth)}")
                    await asyncio.shield(wire.joined)
                except BaseException:
                    await wire.close()
                    raise
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Lost(f"{type(error).__name__}: {error}") from error
        return wire

    async def emit(self, event: str, payload: Any) -> None:
        """Send without waiting for an answer."""
        await self._send(f"42{self._namespace},{json.dumps([event, payload])}")

    async def call(self, event: str, payload: Any, timeout: float = 5) -> Any:
        """Send and return the acknowledgement; raises Lost when none comes in time."""
        self._next += 1
        number = self._next
        answer = self._acks[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._send(f"42{self._namespace},{number}{json.dumps([event, payload])}")
                return await answer
        except TimeoutError:
            raise Lost(f"no answer to {event} in {timeout:g} s") from None
        finally:
            self._acks.pop(number, None)

    async def close(self) -> None:
        """Hang up without ceremony."""
        if self._reader:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with asyncio.timeout(0.5):
                await self._socket.close()
        self._end("closed by us")

    async def _send(self, text: str) -> None:
        if self.closed.is_set():
            raise Lost("the line is closed")
        try:
            await self._socket.send_str(text)
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(str(error)) from error

    async def _read(self) -> None:
        why = "the line ended"
        try:
            while True:
                async with asyncio.timeout(self._silence):
                    frame = await self._socket.receive()
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    return
                await self._packet(frame.data)
        except TimeoutError:
            why = "the other side is silent"
        except (aiohttp.ClientError, OSError) as error:
            why = str(error)
        finally:
            self._end(why)

    async def _packet(self, text: str) -> None:
        kind, rest = text[:1], text[1:]
        if kind == "0":
            opened = json.loads(rest)
            self._silence = (opened["pingInterval"] + opened["pingTimeout"]) / 1000
        elif kind == "2":
            await self._socket.send_str("3" + rest)
        elif kind == "4":
            self._message(rest)

    def _message(self, text: str) -> None:
        kind, rest = text[:1], text[1:]
        if rest.startswith("/"):
            _, _, rest = rest.partition(",")
        digits = len(rest) - len(rest.lstrip("0123456789"))
        number, body = rest[:digits], rest[digits:]
        if kind == "0" and not self.joined.done():
            self.joined.set_result(None)
        elif kind == "4" and not self.joined.done():
            self.joined.set_exception(Refused(str(json.loads(body or "{}").get("message"))))
        elif kind == "2":
            event, *payload = json.loads(body)
            self._listener(event, payload[0] if payload else None)
        elif kind == "3" and (waiting := self._acks.get(int(number))) and not waiting.done():
            waiting.set_result((json.loads(body) or [None])[0])
        elif kind == "1":
            self._end("the server hung up")

    def _end(self, why: str) -> None:
        self.closed.set()
        for waiting in (self.joined, *self._acks.values()):
            if not waiting.done():
                waiting.set_exception(Lost(why))
        # Nobody may be waiting for the handshake any more; its failure is told by `closed` too.
        if not self.joined.cancelled():
            self.joined.exception()
