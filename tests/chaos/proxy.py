"""The line between people and one site process, which can be cut and can go silent."""

import asyncio
import contextlib


class Line:
    """A TCP proxy on a free port; `base` is where people connect."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.base = ""

    async def start(self) -> "Line":
        """Begin to listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=512)
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def cut(self) -> int:
        """Reset every connection; returns how many."""
        broken = list(self._writers)
        for writer in broken:
            writer.transport.abort()
        return len(broken) // 2

    def hold(self) -> None:
        """Swallow nothing, pass nothing on: what a train tunnel does."""
        self._open.clear()

    def resume(self) -> None:
        """Let everything through that has waited."""
        self._open.set()

    async def close(self) -> None:
        """Hang up everywhere."""
        if self._server:
            self._server.close()
        self.cut()
        for pump in list(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._open.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, far_writer)
        self._writers.update(ends)
        pumps = [asyncio.create_task(self._pump(reader, far_writer)), asyncio.create_task(self._pump(far_reader, writer))]
        self._pumps.update(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        self._pumps.difference_update(pumps)
        self._writers.difference_update(ends)
        for end in ends:
            with contextlib.suppress(OSError):
                end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
