"""A shop that can take bookings, and the steps most of its tests begin with."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.capacity.models import Location
from backend.core.site import Site


@pytest.fixture
async def shop(site: Site) -> Location:
    """The demo's location with catalogue, prices, hours and three benches, and no orders."""
    async with site.work() as session:
        return (await session.scalars(select(Location))).one()


Json = dict[str, Any]
#: Quotes the cracked screen of an iPhone 13 for a client, or whatever else is asked for.
MakeQuote = Callable[..., Awaitable[Json]]


@pytest.fixture
def quote(shop: Location) -> MakeQuote:
    async def make(client: Any, device: str = "apple-iphone-13", faults: tuple[str, ...] = ("screen_cracked",), **more: Any) -> Json:
        body = {"device": device, "faults": list(faults), **more}
        made: Json = await client.json("POST", "/api/v1/quotes", status=201, json=body)
        return made

    return make


@pytest.fixture
def slots() -> Callable[..., Awaitable[list[Json]]]:
    """The times a client can book a quote at."""

    async def find(client: Any, quote: Json, **query: Any) -> list[Json]:
        answer = await client.json("GET", "/api/v1/slots", params={"quote": quote["id"], **query})
        found: list[Json] = answer["slots"]
        return found

    return find


WHO = {"name": "Amira Haddad", "email": "amira@mail.example", "phone": "07700 900123"}


@pytest.fixture
def book(quote: MakeQuote, slots: Callable[..., Awaitable[list[Json]]]) -> Callable[..., Awaitable[Json]]:
    """Books the first free time of a new quote for a client."""

    async def make(client: Any, **more: Any) -> Json:
        offer = await quote(client, **more)
        start = (await slots(client, offer))[0]["starts_at"]
        body = {"quote_id": offer["id"], "starts_at": start, "customer": WHO}
        made: Json = await client.json("POST", "/api/v1/bookings", status=201, json=body)
        return made

    return make
