"""Signs of life: how a process that has become ready is asked whether it still does anything."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from revivatech.pulse import VARIABLE
from revivatech.supervisor import gates
from revivatech.supervisor.child import Sign


def http(port: int, path: str, *, host: str = "127.0.0.1") -> Sign:
    """Any answer to a GET: even a refusal comes from a process that lives."""

    async def ask(patience: float) -> bool:
        return await gates.status(port, path, host=host, timeout=patience) is not None

    return ask


class Pulse:
    """A pipe into which a process writes a byte now and then (revivatech/pulse.py); its other end is handed down by number."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self.writing, False)
        self._felt = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._reading, self._feel)

    @property
    def env(self) -> dict[str, str]:
        """What the process is told, so that it knows where to write."""
        return {VARIABLE: str(self.writing)}

    async def ask(self, patience: float) -> bool:
        """Wait for the next beat."""
        self._felt.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._felt.wait(), patience)
        return self._felt.is_set()

    def close(self) -> None:
        """Let go of our end."""
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)

    def _feel(self) -> None:
        if os.read(self._reading, 4096):
            self._felt.set()
        else:  # the process ended: a closed pipe is readable for ever
            asyncio.get_running_loop().remove_reader(self._reading)


async def until_silent(sign: Sign, limit: float, *, waited: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
    """Return once `sign` has stayed away for `limit` seconds in which the process could have given one.

    A first question is left open for two thirds of the limit, so that a slow answer counts as well; then comes a second look. Time in
    which the process waited for a processor (`waited`, seconds so far) does not count, and a look that took much longer than it may
    says that we were not run either: the machine slept, or was frozen, and everybody gets the whole limit again.
    """
    silent = 0.0
    while silent < limit:
        patience = max(limit - silent, limit / 2) * 2 / 3
        began, starved = clock(), waited()
        if await _given(sign, patience, clock):
            silent = 0.0
            await asyncio.sleep(limit / 6)
            continue
        took = clock() - began
        overslept = took > patience + limit / 3
        silent = 0.0 if overslept else silent + max(0.0, took - (waited() - starved))


def waited_for_processor(pid: int) -> float:
    """Seconds the main thread of a process was ready to run and was not run (Linux; elsewhere always 0)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


async def _given(sign: Sign, patience: float, clock: Callable[[], float]) -> bool:
    # Somebody who closes the door at once has not proved to be dead: ask again until the time is over.
    deadline = clock() + patience
    while (left := deadline - clock()) > 0:
        if await sign(left):
            return True
        await asyncio.sleep(min(0.5, patience / 10))
    return False
