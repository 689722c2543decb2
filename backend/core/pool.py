"""Heavy work leaves the event loop through a bounded pool."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """A few threads for password hashes, images and documents; callers queue when all are busy."""

    def __init__(self, size: int = 2) -> None:
        self._threads = ThreadPoolExecutor(max_workers=size, thread_name_prefix="heavy")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking function and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Let running work end and stop the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
