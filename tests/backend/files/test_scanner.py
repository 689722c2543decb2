"""The virus scanner: asked by clamd's protocol when there is one, and then nothing passes without its word."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.core.site import Site
from backend.files import scanner
from tests.backend.files.doors import kept, upload
from tests.backend.files.pictures import jpeg
from tests.conftest import Client

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """As much of clamd as INSTREAM needs, strict about it."""

    def __init__(self) -> None:
        self.scanned: list[bytes] = []
        self.says: bytes | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        body = b""
        while length := struct.unpack("!L", await reader.readexactly(4))[0]:
            body += await reader.readexactly(length)
        self.scanned.append(body)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in body else b"stream: OK\0"
        if self.says != b"":
            writer.write(self.says or found)
        writer.close()


@pytest.fixture
def scanner_door() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


@pytest.fixture
def options(scanner_door: socket.socket) -> dict[str, Any]:
    return {"clamd": f"tcp://127.0.0.1:{scanner_door.getsockname()[1]}"}


@pytest.fixture
async def clamd(scanner_door: socket.socket) -> AsyncIterator[Clamd]:
    scanner = Clamd()
    async with await asyncio.start_server(scanner.serve, sock=scanner_door):
        yield scanner


async def test_a_clean_picture_passes(visitor: Client, clamd: Clamd) -> None:
    await upload(visitor, jpeg())
    assert clamd.scanned == [jpeg()], "what came is scanned, not what we made of it"


async def test_a_virus_is_refused_and_nothing_is_kept(visitor: Client, clamd: Clamd, site: Site) -> None:
    assert (await upload(visitor, jpeg() + EICAR, status=422))["code"] == "file_infected"
    assert kept(site.settings.var) == []


@pytest.mark.parametrize("said", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: something else\0", b"no end", b""])
async def test_an_answer_that_is_none_lets_nothing_pass(visitor: Client, clamd: Clamd, site: Site, said: bytes) -> None:
    clamd.says = said
    assert (await upload(visitor, jpeg(), status=503))["code"] == "scanner_unavailable"
    assert kept(site.settings.var) == []


async def test_without_an_answer_nothing_passes(visitor: Client, scanner_door: socket.socket, site: Site) -> None:
    scanner_door.close()
    assert (await upload(visitor, jpeg(), status=503))["code"] == "scanner_unavailable"
    assert kept(site.settings.var) == []


async def test_by_a_unix_socket_too(tmp_path: Path, visitor: Client, site: Site) -> None:
    (tmp_path / "picture").write_bytes(jpeg())
    stub = Clamd()
    async with await asyncio.start_unix_server(stub.serve, path=tmp_path / "clamd.sock"):
        settings = site.settings.model_copy(update={"clamd": f"unix://{tmp_path / 'clamd.sock'}"})
        await scanner.scan(settings, tmp_path / "picture")
    assert stub.scanned == [jpeg()]
