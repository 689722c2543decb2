"""The shop beside a telephone exchange: signed webhooks come in, the provider's own interface takes what goes out."""

import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from backend.conversations import queries
from backend.conversations.models import Message
from backend.core.settings import SANDBOX_ACCOUNT, SANDBOX_SMS, SANDBOX_TOKEN, SANDBOX_WHATSAPP
from backend.core.site import Site
from backend.messaging.addresses import WEBHOOKS
from backend.messaging.text_models import TextAddress
from channels.texts.carrying import Carrier
from channels.turns import Turns
from revivatech.sandbox.app import create_app
from revivatech.sandbox.telephone.exchange import Exchange, Line
from revivatech.sandbox.telephone.section import TelephoneSection
from tests.channels.assistant import FakeAssistant
from tests.conftest import eventually


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
def options(exchange: Exchange, assistant: FakeAssistant) -> dict[str, Any]:
    return {"sandbox_url": exchange.line.address, "rasa_url": assistant.url}


@pytest.fixture
async def assistant() -> AsyncIterator[FakeAssistant]:
    fake = FakeAssistant()
    await fake.start()
    yield fake
    await fake.stop()


class Texting:
    """One shop with its worker's parts, driven step by step: nothing here waits for luck."""

    def __init__(self, site: Site, exchange: Exchange, turns: Turns) -> None:
        self.site, self.exchange, self.turns = site, exchange, turns
        self.carrier = Carrier(site)

    async def hear(self) -> None:
        """Let what was written arrive and be read."""
        await self.exchange.settled()
        await self.site.jobs.run_due()

    async def speak(self) -> None:
        """Let what was said go out, and its states come back."""
        await self.carrier.carry_all()
        await self.site.jobs.run_due()
        await self.exchange.settled()

    async def answer(self) -> None:
        """Hear, let the assistant answer, and speak."""
        await self.hear()
        await eventually(self._answered)
        await self.speak()

    def received(self, phone: str, channel: str = "sms") -> list[str]:
        """What the shop sent to a phone."""
        texts = self.exchange.store.listed(phone=phone, channel="whatsapp" if channel == "whatsapp" else "sms")
        return [text.body for text in texts if not text.inbound and not text.automatic]

    async def messages(self, phone: str, channel: str = "sms") -> list[Message]:
        """What stands in a phone's conversation."""
        async with self.site.work() as session:
            address = await session.get(TextAddress, (channel, phone))
            if address is None:
                return []
            found = select(Message).where(Message.conversation_id == address.conversation_id).order_by(Message.seq)
            return list(await session.scalars(found))

    async def _answered(self) -> bool:
        async with self.site.work() as session:
            return not await queries.list_unanswered(session, limit=1)


@pytest.fixture
async def texting(site: Site, base: str, exchange: Exchange) -> AsyncIterator[Texting]:
    turns = Turns(site)
    await turns.start()
    yield Texting(site, exchange, turns)
    await turns.stop(grace=0.1)
