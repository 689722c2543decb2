"""Readiness: small questions that are asked until the answer is yes."""

import asyncio
import contextlib

from revivatech.supervisor.child import Gate


def http(port: int, path: str, *, host: str = "127.0.0.1", timeout: float = 3) -> Gate:
    """A GET that answers 2xx."""

    async def ask() -> bool:
        return (await status(port, path, host=host, timeout=timeout) or 0) // 100 == 2

    return ask


async def status(port: int, path: str, *, host: str, timeout: float) -> int | None:
    """Return the status of the answer to a GET, None if there is none."""
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
                words = (await reader.readline()).split()
                return int(words[1]) if len(words) > 1 else None
            finally:
                writer.close()
    return None
