"""The trained assistant behind its real channel, its real action server, and a stub of the backend's contract; all in one process."""

import asyncio
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))  # Rasa tells every step otherwise
os.environ.setdefault("REVIVATECH_SITE", "http://127.0.0.1:9")  # no snapshot: the catalogue comes from the files

from aiohttp import web  # noqa: E402
from rasa.core.agent import load_agent  # noqa: E402
from rasa.core.channels.channel import register  # noqa: E402
from rasa.core.utils import AvailableEndpoints  # noqa: E402
from rasa.utils.endpoints import EndpointConfig  # noqa: E402
from sanic import Sanic  # noqa: E402

from bot.actions.serve import application  # noqa: E402
from bot.channel import HubInput  # noqa: E402
from tests.bot.conversation import SECRET, Conversation  # noqa: E402
from tests.bot.stub import Stub  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    """Rasa's own libraries are of their time; their deprecation warnings are not ours to mend."""
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning")


MODEL = Path(__file__).resolve().parents[2] / "bot" / "trained" / "assistant.tar.gz"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Running:
    """The assistant, its actions and the stub, each on a free port of a background loop."""

    def __init__(self) -> None:
        self.stub = Stub()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._start(), self.loop).result(120)

    async def _start(self) -> None:
        self.backend = f"http://127.0.0.1:{await self._serve(self.stub.app())}"
        actions = await self._serve(application())
        self.agent = await load_agent(
            str(MODEL), endpoints=AvailableEndpoints(action=EndpointConfig(f"http://127.0.0.1:{actions}/webhook"))
        )
        self.app: Any = Sanic("assistant_under_test", configure_logging=False)
        self.app.ctx.agent = self.agent
        register([HubInput(SECRET)], self.app, route="/webhooks/")
        port = free_port()
        server = await self.app.create_server(host="127.0.0.1", port=port, return_asyncio_server=True, debug=False)
        await server.startup()
        await server.start_serving()
        self.url = f"http://127.0.0.1:{port}"

    async def _serve(self, app: web.Application) -> int:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        return port


@pytest.fixture(scope="session")
def running() -> Running:
    """One assistant for all tests; starting it takes seconds."""
    if not MODEL.is_file():
        pytest.fail("The assistant is not trained: `make setup` trains it.")
    return Running()


@pytest.fixture
def stub(running: Running) -> Stub:
    running.stub.reset()
    return running.stub


@pytest.fixture
def chat(running: Running, stub: Stub) -> Conversation:
    """A new conversation with the assistant."""
    return Conversation(running.url, running.backend)
