"""What a manager adds to the catalogue, or calls by another name, the running assistant knows within a minute, untrained."""

import asyncio
import time
from typing import Any

import pytest

from tests.journeys.customer import Customer
from tests.people import Tab, browser
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)
MINUTE = 60.0
MODELS = "/api/v1/catalogue/models"
WISH: dict[str, Any] = {
    "brand": "Acme",
    "model": "Zorblax 9",
    "category": "phone",
    "year": 2025,
    "price_class": "mid",
    "aliases": ["zorb 9"],
    "variants": {"storage": ["128 GB", "256 GB"]},
}


def words(answer: list[dict[str, Any]]) -> str:
    return " ".join(message["text"] for message in answer)


async def told(stack: Stack, http: Any, text: str, name: str) -> float:
    """Seconds until somebody new who writes this is answered about the model of this name; fails after a minute."""
    began = time.monotonic()
    while True:
        customer = Customer(await Tab(http, stack.bases).open().ready())
        try:
            asked = time.monotonic() - began
            answer = words(await customer.say(text))
        finally:
            await customer.tab.close()
        if name in answer:
            return asked
        assert asked < MINUTE, f"still not known after {asked:.0f} s: {answer}"
        await asyncio.sleep(5)


async def test_an_added_and_a_renamed_model_are_known_within_a_minute(stack: Stack) -> None:
    await asyncio.to_thread(stack.wait_ready)
    manager = await asyncio.to_thread(stack.technician, "Mara", "manager")
    async with browser() as http:
        stranger = Customer(await Tab(http, stack.bases).open().ready())
        assert "Zorblax" not in words(await stranger.say("cracked screen on my zorb 9, 256gb"))
        await stranger.tab.close()

        status, added = await manager.insist(http, "POST", MODELS, WISH)
        assert status == 201, added
        print(f"known after {await told(stack, http, 'cracked screen on my zorb 9, 256gb', 'Acme Zorblax 9'):.0f} s")

        change = {"revision": added["revision"], "model": WISH | {"model": "Zorblax Nimbus", "aliases": ["zorb nimbus"]}}
        status, changed = await manager.insist(http, "PUT", f"{MODELS}/{added['slug']}", change)
        assert status == 200 and changed["slug"] == added["slug"], changed
        print(f"renamed after {await told(stack, http, 'the screen of my zorb nimbus is cracked', 'Acme Zorblax Nimbus'):.0f} s")
