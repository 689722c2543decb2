"""Limits count customers, not the proxy before us; and nobody chooses the address they are counted under."""

import asyncio
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web
from pydantic import ValidationError
from sqlalchemy import select

from backend.core import address
from backend.core.limits import RateWindow
from backend.core.settings import Settings
from backend.core.site import Site
from revivatech.site import create_site

ROOT = Path(__file__).resolve().parents[3]
INNER = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ff::/48"))


@pytest.mark.parametrize(
    ("peer", "said", "found"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # a stranger's own claim
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),  # what the customer put there first
        ("10.0.0.1", "203.0.113.9,198.51.100.7, 10.3.2.1", "198.51.100.7"),  # two proxies
        ("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:ff::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "198.51.100.7, unknown", "10.0.0.1"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", ",,,", "10.0.0.1"),
    ],
)
def test_who_stands_behind_the_proxies(peer: str, said: str, found: str) -> None:
    assert address.behind(ip_address(peer), said, INNER) == ip_address(found)


def test_which_proxies_are_trusted_is_read_strictly(settings: Settings) -> None:
    def read(text: str) -> Settings:
        return Settings.model_validate({**settings.model_dump(), "trusted_proxies": text})

    assert read("").trusted_proxies == ()
    assert read("unix, 192.0.2.7").trusted_proxies == ("unix", ip_network("192.0.2.7/32"))
    assert read("10.0.0.0/8, 192.0.2.7").trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("192.0.2.7/32"))
    for wrong in ("0.0.0.0/0", "::/0", "10.0.0.1/8", "proxy.example", "10.0.0.0/99"):
        with pytest.raises(ValidationError):
            read(wrong)


def test_whoever_comes_by_a_unix_socket_is_a_proxy_only_when_trusted() -> None:
    assert address.behind(None, "198.51.100.7", INNER) is None
    assert address.behind(None, "", ("unix",)) is None
    assert address.behind(None, "203.0.113.9, 198.51.100.7", ("unix",)) == ip_address("198.51.100.7")
    assert address.behind(None, "203.0.113.9, 198.51.100.7, 10.1.1.1", ("unix", *INNER)) == ip_address("198.51.100.7")
    assert address.behind(None, "nonsense", ("unix",)) is None


def test_nobody_asks_the_socket_past_it() -> None:
    sources = [path for folder in ("backend", "channels") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in sources if ".remote" in path.read_text("utf-8")] == ["address.py"]


async def counted(site: Site) -> dict[str, int]:
    async with site.work() as session:
        return {row.key: row.count for row in await session.scalars(select(RateWindow))}


async def arrive(client: Any, said: str) -> None:
    """A new visitor by HTTP and one by socket, each with a header that may be anybody's."""
    headers = {"X-Forwarded-For": said}
    await client.json("POST", "/api/v1/conversations", status=201, headers=headers)
    io = socketio.AsyncClient(reconnection=False)
    await io.connect(client.base, namespaces=["/customer"], transports=["websocket"], headers=headers, wait_timeout=10)
    await io.disconnect()


async def test_a_header_from_anybody_is_ignored(client: Any, site: Site) -> None:
    await asyncio.gather(*(arrive(client, f"198.51.100.{number}") for number in range(3)))
    assert await counted(site) == {"visitors:127.0.0.1": 6}


class TestBehindAProxy:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"trusted_proxies": "127.0.0.0/8"}

    async def test_customers_are_told_apart_by_http_and_by_socket(self, client: Any, site: Site) -> None:
        await arrive(client, "203.0.113.9, 198.51.100.7")
        await arrive(client, "198.51.100.8")
        await arrive(client, "2001:db8:1:2:3::4")
        await arrive(client, "2001:db8:1:2:ffff::1")
        assert await counted(site) == {
            "visitors:198.51.100.7": 2,
            "visitors:198.51.100.8": 2,
            "visitors:2001:db8:1:2::/64": 4,
        }


class TestBehindAUnixSocket:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"trusted_proxies": "unix"}

    async def test_its_customers_are_told_apart(self, site: Site, tmp_path: Path) -> None:
        runner = web.AppRunner(create_site(site), access_log=None, shutdown_timeout=1)
        await runner.setup()
        door = str(tmp_path / "site.sock")
        await web.UnixSite(runner, door).start()
        try:
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(door)) as http:
                for said in ("198.51.100.7", "198.51.100.8", "203.0.113.9, 198.51.100.8"):
                    headers = {"X-Forwarded-For": said}
                    async with http.post("http://shop.example/api/v1/conversations", json={}, headers=headers) as response:
                        assert response.status == 201
        finally:
            await runner.cleanup()
        assert await counted(site) == {"visitors:198.51.100.7": 1, "visitors:198.51.100.8": 2}
