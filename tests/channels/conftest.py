"""The site with sockets, a worker's turn runner beside it, and an assistant that does as told."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from backend.core.settings import Settings
from backend.core.site import Site
from channels.turns import Turns
from revivatech.site import open_site
from tests.channels.assistant import FakeAssistant
from tests.channels.chat import Chat
from tests.channels.desk import Desk
from tests.conftest import SignIn

OpenChat = Callable[..., Awaitable[Chat]]
OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
async def assistant() -> AsyncIterator[FakeAssistant]:
    fake = FakeAssistant()
    await fake.start()
    yield fake
    await fake.stop()


@pytest.fixture
def limits() -> dict[str, Any]:
    """Time limits a test module overrides."""
    return {}


@pytest.fixture
def options(assistant: FakeAssistant, limits: dict[str, Any]) -> dict[str, Any]:
    return {"rasa_url": assistant.url, **limits}


@pytest.fixture
async def worker_site(settings: Settings, site: Site) -> AsyncIterator[Site]:
    """Another process's Site on the same database and clock."""
    other = open_site(settings)
    other.clock = site.clock
    yield other
    await other.close()


@pytest.fixture
async def turns(worker_site: Site) -> AsyncIterator[Turns]:
    runner = Turns(worker_site)
    await runner.start()
    yield runner
    await runner.stop(grace=0.1)


@pytest.fixture
async def open_chat(base: str) -> AsyncIterator[OpenChat]:
    """Opens tabs: `await open_chat()` is a new visitor, with a credential it is a known one."""
    async with contextlib.AsyncExitStack() as tabs:

        async def open_tab(credential: str | None = None, *, at: str | None = None) -> Chat:
            chat = Chat(at or base, credential)
            await chat.connect()
            tabs.push_async_callback(chat.close)
            return chat

        yield open_tab


@pytest.fixture
async def chat(open_chat: OpenChat) -> Chat:
    return await open_chat()


@pytest.fixture
async def open_desk(base: str, staff: SignIn) -> AsyncIterator[OpenDesk]:
    """Opens desks: `await open_desk()` is a new technician's, with a client it is a known one's."""
    async with contextlib.AsyncExitStack() as tabs:

        async def open_tab(person: Any = None, *, role: str = "technician", at: str | None = None) -> Desk:
            desk = Desk(at or base, person or await staff(role))
            await desk.connect()
            tabs.push_async_callback(desk.close)
            return desk

        yield open_tab
