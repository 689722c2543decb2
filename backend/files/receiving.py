"""From the wire to a folder of its own: streamed, counted and hashed, never in memory, whatever the sender says about it."""

import asyncio
import contextlib
import hashlib
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from backend.core import logs
from backend.core.errors import BadRequest, TooMany
from backend.core.settings import Settings
from backend.files import rules
from backend.files.bench import Bench
from backend.files.errors import FileEmpty, FileTooLarge, StorageFull
from backend.files.store import Folder

log = logs.get(__name__)
#: Seconds between two pieces of a picture, and for all of it.
SILENCE, IN_ALL = 30.0, 300.0
#: Pictures one process receives at the same time: in all, from one sender, and from one address, whoever sends from there.
AT_ONCE, AT_ONCE_EACH, AT_ONCE_AN_ADDRESS = 64, 6, 24
_BUFFER = 256 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has come in, and room beside it for what is made of it. All of it is gone when its block ends."""

    source: Path
    picture: Path
    thumbnail: Path
    size: int
    hash: bytes


def root(settings: Settings) -> Path:
    """The folder of all files; several sites may share it."""
    return settings.var / "files"


def store(settings: Settings) -> Folder:
    """Where finished files lie."""
    return Folder(root(settings) / "kept")


def incoming(settings: Settings) -> Path:
    """Where files are while they are received and made."""
    return root(settings) / "incoming"


def clear_incoming(settings: Settings, seconds: float) -> int:
    """Remove the folders in which nothing has happened for so long: their processes are dead. Tells how many."""
    before, cleared = time.time() - seconds, 0
    for folder in incoming(settings).glob("*"):
        # A living process may tidy up after itself at the same time.
        with contextlib.suppress(OSError):
            if max(path.stat().st_mtime for path in (folder, *folder.rglob("*"))) < before:
                shutil.rmtree(folder, ignore_errors=True)
                cleared += 1
    return cleared


class Reception:
    """One process's door for files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._taken = 0
        self._senders: Counter[str] = Counter()
        self.bench = Bench()

    @contextlib.asynccontextmanager
    async def receive(self, owner: str, chunks: AsyncIterable[bytes], *, address: str | None = None) -> AsyncIterator[Received]:
        """Take a file in; raises FileEmpty, FileTooLarge, StorageFull, TooMany and BadRequest for one that stopped half-way."""
        with self._place(owner, address):
            folder = incoming(self._settings) / uuid4().hex
            try:
                await asyncio.to_thread(self._make_room, folder)
                source = folder / "source"
                size, digest = await _write(source, chunks)
                yield Received(source, folder / "picture", folder / "thumbnail", size, digest)
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    @contextlib.contextmanager
    def _place(self, owner: str, address: str | None) -> Iterator[None]:
        # Owners cost nothing: without the second count one address that sends slowly would keep everybody else out.
        limits = {owner: AT_ONCE_EACH} | ({f"address:{address}": AT_ONCE_AN_ADDRESS} if address else {})
        if self._taken >= AT_ONCE or any(self._senders[sender] >= limit for sender, limit in limits.items()):
            raise TooMany(retry_after=2)
        # Before all of it has travelled, if it could not be looked at anyway.
        self.bench.check_room(address or owner)
        self._taken += 1
        self._senders.update(limits.keys())
        try:
            yield
        finally:
            self._taken -= 1
            self._senders -= Counter(limits.keys())  # forgets whoever sends nothing any more

    def _make_room(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        if shutil.disk_usage(folder).free < rules.FREE_BYTES:
            log.error("disk_full", folder=str(folder.parent))
            raise StorageFull


async def _write(source: Path, chunks: AsyncIterable[bytes]) -> tuple[int, bytes]:
    digest, size, waiting = hashlib.sha256(), 0, bytearray()
    try:
        async with asyncio.timeout(IN_ALL):
            with source.open("wb") as file:
                async for chunk in _in_time(chunks):
                    size += len(chunk)
                    if size > rules.BYTES_LIMIT:
                        raise FileTooLarge(limit=rules.BYTES_LIMIT)
                    digest.update(chunk)
                    waiting += chunk
                    if len(waiting) >= _BUFFER:
                        await asyncio.to_thread(file.write, bytes(waiting))
                        waiting.clear()
                await asyncio.to_thread(file.write, bytes(waiting))
    except TimeoutError:
        raise BadRequest("The picture did not arrive in time.") from None
    except ConnectionError:
        raise BadRequest from None
    except OSError as error:
        log.error("disk_failed", error=type(error).__name__)
        raise StorageFull from None
    if not size:
        raise FileEmpty
    return size, digest.digest()


async def _in_time(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    pieces = aiter(chunks)
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                yield await anext(pieces)
        except StopAsyncIteration:
            return
