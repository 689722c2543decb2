"""The doors tests go through: a real database, a running site, a mailbox, and people of every kind."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import pytest
from aiohttp import web
from psycopg import sql
from yarl import URL

from backend import registry
from backend.core import migrate, race
from backend.core.settings import Settings
from backend.core.site import Site
from backend.identity import csrf, sessions
from backend.identity.authenticate import cookie_name
from backend.identity.staff import create_staff
from revivatech.demo.shop import open_shop
from revivatech.postgres import EmbeddedPostgres
from revivatech.sandbox.smtp import Mailbox
from revivatech.site import create_site
from tests.stack import stack as stack  # the fixture, for every folder

TEMPLATE, SHOP_TEMPLATE = "template_revivatech", "template_shop"
#: A Tuesday morning in Leeds, with the shop open and a week of slots ahead.
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the whole running product, and what of it needs the machine for itself, because it kills or measures."""
    for item in items:
        folder = Path(item.path).parent.name
        if folder == "bench" or "stack" in getattr(item, "fixturenames", ()):
            item.add_marker("whole")
        if folder in ("bench", "chaos") and item.get_closest_marker("whole"):
            item.add_marker("alone")


class MovableClock:
    """Ticks like the real one from a Tuesday morning, and can be moved."""

    def __init__(self, start: datetime = TUESDAY) -> None:
        self._start, self._zero = start, time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._zero)

    def move(self, **delta: float) -> None:
        """Move by a timedelta's parts, such as `hours=25`."""
        self._start += timedelta(**delta)

    def set(self, moment: datetime) -> None:
        """Make it this moment."""
        self._start, self._zero = moment, time.monotonic()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A throw-away PostgreSQL with two templates: migrated, and with the shop opened in it."""
    with EmbeddedPostgres.temporary() as server:
        server.create_database(TEMPLATE)
        migrate.upgrade(_settings(server.url(TEMPLATE, driver="postgresql"), port=1, smtp="off"))
        server.create_database(SHOP_TEMPLATE, template=TEMPLATE)
        asyncio.run(_open_shop(_settings(server.url(SHOP_TEMPLATE, driver="postgresql"), port=1, smtp="off")))
        yield server


async def _open_shop(settings: Settings) -> None:
    site = Site(settings, clock=MovableClock(), hooks=registry.hooks())
    async with site.jobs.app.open_async(), site.work() as session:
        await open_shop(session)
    await site.close()


def _settings(database: str, *, port: int, smtp: str, **more: Any) -> Settings:
    base = f"http://127.0.0.1:{port}"
    usual: dict[str, Any] = {
        "secret": "tests-only-secret-of-at-least-32-characters",
        "hub_secret": "tests-only-hub-secret",
        "database_url": database,
        "public_url": base,
        "backend_url": base,
        "port": port,
        "smtp_url": smtp,
    }
    return Settings(**(usual | more))


@pytest.fixture
def database(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh copy of the migrated database, with the shop in it for tests that ask for `shop`; returns its address."""
    name = f"t{uuid4().hex}"
    postgres.create_database(name, template=SHOP_TEMPLATE if "shop" in request.fixturenames else TEMPLATE)
    yield postgres.url(name, driver="postgresql")
    with psycopg.connect(postgres.url("postgres", driver="postgresql"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """A listening socket on a free port, so that the address is known before the site is."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield listening


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Mailbox]:
    """A running sandbox mail server."""
    async with Mailbox() as box:
        yield box


@pytest.fixture
def options() -> dict[str, Any]:
    """Settings a test module overrides."""
    return {}


@pytest.fixture
def settings(database: str, door: socket.socket, mailbox: Mailbox, tmp_path: Path, options: dict[str, Any]) -> Settings:
    return _settings(database, port=door.getsockname()[1], smtp=mailbox.url, var=tmp_path / "var", **options)


@pytest.fixture
async def site(settings: Settings, clock: MovableClock) -> AsyncIterator[Site]:
    """One process's Site on the fresh database."""
    made = Site(settings, clock=clock, hooks=registry.hooks())
    async with made.jobs.app.open_async():
        yield made
    await made.close()
    race.clear()


class Client(contextlib.AbstractAsyncContextManager["Client"]):
    """A person's HTTP client at the running site: no cookies shared with others, redirects not followed by default."""

    def __init__(self, base: str, *, headers: dict[str, str] | None = None) -> None:
        self.base = base
        self.headers = headers or {}
        self.http = aiohttp.ClientSession(base_url=base, headers=self.headers, cookie_jar=aiohttp.CookieJar(unsafe=True))

    def request(self, method: str, path: str, **options: Any) -> Any:
        options.setdefault("allow_redirects", False)
        return self.http.request(method, path, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.request("POST", path, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.request("DELETE", path, **options)

    async def json(self, method: str, path: str, *, status: int = 200, **options: Any) -> Any:
        """Send, expect the status, and return the decoded answer."""
        async with self.request(method, path, **options) as response:
            body = await response.text()
            assert response.status == status, f"{method} {path}: {response.status} {body}"
            return await response.json(content_type=None) if body else None

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()


@pytest.fixture
async def base(site: Site, door: socket.socket) -> AsyncIterator[str]:
    """The whole site, running; returns its address."""
    runner = web.AppRunner(create_site(site), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, door).start()
    yield site.settings.public_url
    await runner.cleanup()


@pytest.fixture
async def client(base: str) -> AsyncIterator[Client]:
    """Nobody in particular at the running site."""
    async with Client(base) as anonymous:
        yield anonymous


@pytest.fixture
async def visitor(client: Client) -> AsyncIterator[Client]:
    """A browser with a credential of its own."""
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as known:
        yield known


SignIn = Callable[[str], Awaitable[Client]]
PASSWORD = "maple-teacup-orbit"


@pytest.fixture
async def staff(site: Site, base: str) -> AsyncIterator[SignIn]:
    """Signs a new member of staff in: `await staff("manager")` is their browser, cookie and CSRF token at hand."""
    async with contextlib.AsyncExitStack() as clients:

        async def sign_in(role: str) -> Client:
            name = f"{role}-{uuid4().hex[:8]}"
            async with site.work() as session:
                person = await create_staff(session, email=f"{name}@example.com", name=name, role=role, password=PASSWORD)  # type: ignore[arg-type]
                signed_in, secret = await sessions.begin(session, person)
            known = await clients.enter_async_context(Client(base, headers={csrf.HEADER: signed_in.session.csrf}))
            known.http.cookie_jar.update_cookies({cookie_name(site.settings): secret}, URL(base))
            return known

        yield sign_in


@pytest.fixture
async def drain(site: Site) -> Callable[[], Awaitable[None]]:
    """Runs every job that is due, here and now, and returns when none is left."""
    return site.jobs.run_due


async def eventually(check: Callable[[], Awaitable[bool]], timeout: float = 5.0) -> None:
    """Wait until the check holds, looking often; fails after the time-out."""
    deadline = time.monotonic() + timeout
    while not await check():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.02)
