"""The shop beside a telephone exchange: what people write arrives by signed webhooks, what the shop sends by the provider's own interface."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from backend.core.settings import SANDBOX_ACCOUNT, SANDBOX_SMS, SANDBOX_TOKEN, SANDBOX_WHATSAPP
from backend.messaging.addresses import WEBHOOKS
from revivatech.sandbox.app import create_app
from revivatech.sandbox.telephone.exchange import Exchange, Line
from revivatech.sandbox.telephone.section import TelephoneSection


@pytest.fixture
async def exchange(door: socket.socket) -> AsyncIterator[Exchange]:
    """A running exchange that tells the site of this test."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = Line(
            account=SANDBOX_ACCOUNT,
            token=SANDBOX_TOKEN,
            sms=SANDBOX_SMS,
            whatsapp=SANDBOX_WHATSAPP,
            webhook=f"http://127.0.0.1:{door.getsockname()[1]}{WEBHOOKS}",
            address=f"http://127.0.0.1:{listening.getsockname()[1]}",
        )
        made = Exchange(line, pace=0)
        runner = web.AppRunner(create_app([TelephoneSection(made)]), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        yield made
        await made.close()
        await runner.cleanup()


@pytest.fixture
def options(exchange: Exchange) -> dict[str, Any]:
    return {"sandbox_url": exchange.line.address}
