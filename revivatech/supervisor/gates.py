"""Readiness: small questions that are asked until the answer is yes."""

import asyncio
import contextlib
from collections.abc import Sequence

from revivatech.supervisor.child import Gate


def http(port: int, path: str, *, host: str = "127.0.0.1", timeout: float = 3) -> Gate:
    """A GET that answers 2xx."""

    async def ask() -> bool:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
                    status = (await reader.readline()).split()
                    return len(status) > 1 and status[1].startswith(b"2")
                finally:
                    writer.close()
        return False

    return ask


def command(argv: Sequence[str]) -> Gate:
    """A program that ends with 0."""

    async def ask() -> bool:
        process = await asyncio.create_subprocess_exec(
            *argv, cwd="/", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        return await process.wait() == 0

    return ask
