"""A disk that runs full is told of once, in words, and so is room."""

import asyncio
from pathlib import Path

from revivatech.supervisor import disk


async def test_each_thing_is_said_once() -> None:
    said: list[str] = []
    free = [900_000_000, 200_000_000, 5_000_000, 0, 310_000_000, 0, 900_000_000, 900_000_000]
    looked = asyncio.Event()

    def look(folder: Path) -> int:
        if len(free) == 1:
            looked.set()
        return free.pop(0) if len(free) > 1 else free[0]

    watching = asyncio.create_task(disk.watch(Path("/shop/var"), said.append, pause=0, free=look))
    await asyncio.wait_for(looked.wait(), 10)
    watching.cancel()
    assert [line.split(":")[0] for line in said] == ["The disk is nearly full", "There is room again on the disk"]
    assert "200 MB are left in /shop/var" in said[0]
