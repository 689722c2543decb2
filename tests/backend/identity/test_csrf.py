"""A request's token may be any bytes at all."""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.conftest import Client, SignIn


@pytest.mark.parametrize("sent", [b"", b"\xc3\xa9", b"\xff", b"a" * 43])
async def test_what_is_no_token_is_refused(client: Client, staff: SignIn, sent: bytes) -> None:
    manager, site = await staff("manager"), urlsplit(client.base)
    cookie = "; ".join(f"{one.key}={one.value}" for one in manager.http.cookie_jar).encode()
    lines = (b"POST /staff/logout HTTP/1.1", b"Host: x", b"Content-Length: 0", b"Connection: close", b"Cookie: " + cookie)
    reader, writer = await asyncio.open_connection(site.hostname, site.port)
    writer.write(b"\r\n".join((*lines, b"X-CSRF-Token: " + sent, b"", b"")))
    assert (await reader.readline()).split()[1] == b"403"
    writer.close()
