"""Where the bytes lie, in our own words; a folder today, an object store behind the same four verbs tomorrow."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Protocol
from uuid import UUID

PICTURE, THUMBNAIL = "picture", "thumbnail"
VARIANTS = (PICTURE, THUMBNAIL)


class Missing(Exception):
    """There is nothing under this key."""


class Store(Protocol):
    """What we ask of a place for bytes. Keys are ours: never a word of them comes from outside."""

    async def put(self, key: str, source: Path) -> None:
        """Take a file over, whole or not at all; when this returns it survives a crash."""

    async def read(self, key: str) -> bytes:
        """The bytes under a key; raises Missing."""

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove what lies under the keys; what is gone already is as good."""

    def older_than(self, seconds: float) -> AsyncIterator[str]:
        """The keys of everything that was put there longer ago."""


def keys_of(file_id: UUID) -> dict[str, str]:
    """The keys of a file's variants; the last digits of the id are random, so the folders fill evenly."""
    return {variant: f"{file_id.hex[-2:]}/{file_id}.{variant}.jpg" for variant in VARIANTS}


class Folder:
    """A folder that several processes may share: files appear under their final name only when they are whole."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, source: Path) -> None:
        """Take a file over, whole or not at all."""
        await asyncio.to_thread(self._put, self._root / key, source)

    async def read(self, key: str) -> bytes:
        """The bytes under a key; raises Missing."""
        try:
            return await asyncio.to_thread((self._root / key).read_bytes)
        except FileNotFoundError:
            raise Missing(key) from None

    async def delete(self, keys: Iterable[str]) -> None:
        """Remove what lies under the keys."""
        await asyncio.to_thread(_unlink, [self._root / key for key in keys])

    async def older_than(self, seconds: float) -> AsyncIterator[str]:
        """The keys of everything that was put there longer ago."""
        for path in await asyncio.to_thread(old_files, self._root, seconds):
            yield path.relative_to(self._root).as_posix()

    def _put(self, target: Path, source: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def old_files(root: Path, seconds: float) -> list[Path]:
    """The files under a folder that nobody has written to for so long; by the file system's own clock."""
    before, found = time.time() - seconds, []
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            # Another process may tidy up at the same time.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    found.append(path)
    return found


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
