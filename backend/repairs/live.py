"""Live tracking pages: one listener per process hands hints to the open streams of an order."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from aiohttp import web

from .errors import TooManyStreams

if TYPE_CHECKING:
    from backend.core.site import Site

#: Streams a process keeps open in all, and for one order.
IN_ALL = 1000
PER_ORDER = 10


class Streams:
    """The open streams of one process."""

    def __init__(self, site: "Site") -> None:
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._count = 0
        self.closing = False
        site.hints.listen("order", self._hear)
        site.hints.on_missed(self._wake_all)

    @property
    def open(self) -> int:
        """Return how many streams are open."""
        return self._count

    @contextlib.contextmanager
    def follow(self, order_id: UUID) -> Iterator[asyncio.Event]:
        """Return an event that is set at every change of the order; raises TooManyStreams."""
        mine = self._waiting[str(order_id)]
        if self._count >= IN_ALL or len(mine) >= PER_ORDER:
            raise TooManyStreams(retry_after=30)
        changed = asyncio.Event()
        mine.add(changed)
        self._count += 1
        try:
            yield changed
        finally:
            self._count -= 1
            mine.discard(changed)
            if not mine:
                self._waiting.pop(str(order_id), None)

    def close(self) -> None:
        """End all streams, so that a process that stops need not wait for its readers."""
        self.closing = True
        self._wake_all()

    def _hear(self, hint: dict[str, Any]) -> None:
        for changed in self._waiting.get(str(hint.get("id")), ()):
            changed.set()

    def _wake_all(self) -> None:
        for waiting in self._waiting.values():
            for changed in waiting:
                changed.set()


_streams: "WeakKeyDictionary[Site, Streams]" = WeakKeyDictionary()


def attach(app: web.Application, site: "Site") -> None:
    """End the streams when the application stops."""

    async def close(_: web.Application) -> None:
        streams(site).close()

    app.on_shutdown.append(close)


def streams(site: "Site") -> Streams:
    """Return this process's streams, listening from the first call on."""
    found = _streams.get(site)
    if found is None:
        found = _streams[site] = Streams(site)
    return found
