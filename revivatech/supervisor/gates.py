"""Readiness: small questions that are asked until the answer is yes."""

import asyncio
import contextlib

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
