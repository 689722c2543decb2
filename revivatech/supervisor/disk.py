"""Says in words when the disk runs full and when there is room again; what that means is known long before a log does."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

#: Below this PostgreSQL may want more than there is at any moment; a third of it more, and the danger is over.
LOW = 300_000_000


async def watch(folder: Path, say: Callable[[str], None], *, pause: float = 15, free: Callable[[Path], int] | None = None) -> None:
    """Look again and again, and say each thing once."""
    low = False
    while True:
        try:
            left = free(folder) if free else shutil.disk_usage(folder).free
        except OSError:
            left = LOW * 2  # a folder that has gone is somebody else's trouble
        if not low and left < LOW:
            low = True
            say(
                f"The disk is nearly full: {left // 1_000_000} MB are left in {folder}. What cannot be written down is refused, "
                "and customers are asked to try again. Free some space; the shop goes on by itself."
            )
        elif low and left > LOW * 4 // 3:
            low = False
            say(f"There is room again on the disk: {left // 1_000_000} MB in {folder}.")
        await asyncio.sleep(pause)
