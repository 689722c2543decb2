"""The virus scanner, by clamd's protocol (`INSTREAM`, clamd(8)): off unless the settings name one; then nothing passes unscanned."""

import asyncio
import struct
from pathlib import Path
from urllib.parse import urlsplit

from backend.core import logs
from backend.core.settings import Settings
from backend.files.errors import FileInfected, ScannerUnavailable

log = logs.get(__name__)
LIMIT = 20.0
_CHUNK = 64 * 1024


async def scan(settings: Settings, path: Path) -> None:
    """Have a file scanned, if there is a scanner; raises FileInfected and ScannerUnavailable."""
    if settings.clamd == "off":
        return
    try:
        async with asyncio.timeout(LIMIT):
            said = await _ask(settings.clamd, path)
    except (OSError, TimeoutError, EOFError) as error:
        log.warning("scanner_unavailable", error=type(error).__name__)
        raise ScannerUnavailable from None
    if said.endswith("FOUND"):
        log.warning("file_infected", found=said[:200])
        raise FileInfected
    if not said.endswith("OK"):
        log.warning("scanner_unavailable", said=said[:200])
        raise ScannerUnavailable


async def _ask(address: str, path: Path) -> str:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        reader, writer = await asyncio.open_unix_connection(parts.path)
    else:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(b"zINSTREAM\0")
        with path.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                writer.write(struct.pack("!L", len(chunk)) + chunk)
                await writer.drain()
        writer.write(struct.pack("!L", 0))
        await writer.drain()
        answer = await reader.readuntil(b"\0")
    finally:
        writer.close()
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
