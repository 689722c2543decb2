"""News of a repair reaches who ordered it by telephone on that channel, and nobody else's telephone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from backend.bookings.models import Order
from backend.core.site import Site
from backend.messaging.text_models import TextAddress
from backend.repairs import service as repairs
from backend.repairs.models import Repair
from backend.repairs.stages import Stage
from tests.backend.conftest import book, quote, shop, slots  # noqa: F401  # fixtures
from tests.conftest import Client
from tests.texts.conftest import Texting

ADA = "+447700900111"


async def move(site: Site, to: Stage) -> None:
    async with site.work() as session:
        repair = (await session.scalars(select(Repair))).one()
        await repairs.move(session, repair.id, to, version=repair.version)


async def ordered_from(site: Site, channel: str) -> None:
    async with site.work() as session:
        address = await session.get_one(TextAddress, (channel, ADA))
        await session.execute(update(Order).values(conversation_id=address.conversation_id))


async def test_steps_are_told_on_the_channel_and_by_template_past_a_day(
    texting: Texting,
    visitor: Client,
    book: Callable[..., Awaitable[dict[str, Any]]],  # noqa: F811
) -> None:
    site = texting.site
    made = await book(visitor)
    await move(site, Stage.RECEIVED)
    await texting.speak()
    assert texting.exchange.store.listed() == [], "a typed number has not proven itself"
    site.clock.set(texting.exchange.now())  # type: ignore[attr-defined]
    texting.exchange.write(ADA, "whatsapp", "Hello")
    await texting.answer()
    await ordered_from(site, "whatsapp")
    await move(site, Stage.DIAGNOSING)
    await move(site, Stage.REPAIRING)
    await texting.speak()
    said = texting.received(ADA, "whatsapp")
    assert len(said) == 2 and said[1].startswith("We are repairing your") and said[1].endswith(f"({made['reference']})")
    site.clock.move(hours=30)  # type: ignore[attr-defined]
    texting.exchange.later = timedelta(hours=30)
    await move(site, Stage.QUALITY_CHECK)
    await move(site, Stage.READY)
    await texting.speak()
    last = texting.exchange.store.listed()[-1]
    assert last.content_sid and last.status == "delivered" and f"{made['reference']} is ready" in last.body
