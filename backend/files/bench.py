"""Where pictures are unpacked: one at a time in a process, in turns between senders, and never with a long queue before it."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator

from backend.core.errors import TooMany

#: Pictures that wait in a process: in all, and from one address (or member of staff).
WAITING, WAITING_EACH = 32, 12
#: Seconds a picture waits at most, and what a sender who finds no room is told to wait for each picture before theirs (at most 10).
PATIENCE, A_PICTURE = 45.0, 0.5


class Bench:
    """One place, given to the senders who wait in turns: whoever brings many waits behind those who bring one.

    A large picture takes hundreds of megabytes to unpack, and passwords wait for the same threads.
    """

    def __init__(self) -> None:
        self._taken = False
        #: The waiting of each sender, whoever is next first.
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}

    def check_room(self, sender: str) -> None:
        """Refuse a picture that could not even wait; raises TooMany."""
        waiting = sum(len(queue) for queue in self._queues.values())
        if waiting >= WAITING or len(self._queues.get(sender, ())) >= WAITING_EACH:
            raise TooMany(retry_after=min(10, max(2, round(waiting * A_PICTURE))))

    @contextlib.asynccontextmanager
    async def turn(self, sender: str) -> AsyncIterator[None]:
        """Have the place to oneself; raises TooMany when too many wait, or it takes too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._wait(sender)
        except TimeoutError:
            raise TooMany(retry_after=10) from None
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, sender: str) -> None:
        if not self._taken:
            self._taken = True
            return
        self.check_room(sender)
        mine = asyncio.get_running_loop().create_future()
        self._queues.setdefault(sender, deque()).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # the place came at the very moment
                self._pass_on()
            else:
                self._forget(sender, mine)
            raise

    def _pass_on(self) -> None:
        while self._queues:
            sender = next(iter(self._queues))
            queue = self._queues.pop(sender)
            following = queue.popleft()
            if queue:  # behind everybody else
                self._queues[sender] = queue
            if not following.done():  # else whoever waited has left, and only has not noticed yet
                following.set_result(None)
                return
        self._taken = False

    def _forget(self, sender: str, gone: asyncio.Future[None]) -> None:
        queue = self._queues.get(sender, deque())
        if gone in queue:
            queue.remove(gone)
            if not queue:
                del self._queues[sender]
