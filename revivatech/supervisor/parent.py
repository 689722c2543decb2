"""Started by `make`, we follow it: a signal that reaches only make, or its death, stops the shop too."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

from revivatech.processes import dying_with


def follow_parent() -> None:
    """From now on the kernel sends us SIGTERM when our parent ends."""
    if os.getppid() > 1:
        dying_with(os.getppid(), signal.SIGTERM)()


async def watch(stop: Callable[[], None], *, pause: float = 0.3) -> None:
    """Call `stop` when the parent got a SIGINT of its own.

    GNU make passes SIGTERM on but not SIGINT: it expects the terminal to tell everybody, and waits for us for ever. What can be
    seen from outside is that it stopped catching SIGINT, because its handler takes itself out first.
    """
    parent = os.getppid()
    if not _catches_interrupt(parent):
        return
    while _catches_interrupt(parent):
        await asyncio.sleep(pause)
    stop()


def _catches_interrupt(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    for line in status.splitlines():
        if line.startswith("SigCgt:"):
            return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
    return False
