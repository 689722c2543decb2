"""The one HTTP client that leaves the process: only configured addresses, bounded in time and size."""

from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL


class NotAllowed(Exception):
    """The address is not one of the configured ones."""


class Outbound:
    """Keep-alive client whose allowlist is the configured base addresses."""

    def __init__(self, *bases: str) -> None:
        self._origins = {URL(base).origin() for base in bases}
        self._client: aiohttp.ClientSession | None = None

    def request(self, method: str, url: str, *, timeout: float, **options: Any) -> Any:
        """Begin a request as an async context manager; redirects are never followed."""
        target = URL(url)
        if target.origin() not in self._origins:
            raise NotAllowed(str(target.origin()))
        if self._client is None:
            self._client = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=60))
        return self._client.request(method, target, timeout=aiohttp.ClientTimeout(total=timeout), allow_redirects=False, **options)

    async def close(self) -> None:
        """Close all connections."""
        if self._client:
            await self._client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()
