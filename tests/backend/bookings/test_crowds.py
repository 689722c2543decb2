"""A visitor costs nothing: what one network, and one e-mail address, may book and hold is counted, whoever asks and whatever became."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.bookings.config import BookingConfig
from backend.bookings.models import Hold, Order
from backend.core import config
from backend.core.site import Site
from backend.identity.models import Visitor
from backend.pricing.config import PricingConfig
from tests.backend.conftest import WHO
from tests.conftest import Client, MovableClock


@pytest.fixture
def options() -> dict[str, Any]:
    """Customers come from where the proxy before us says."""
    return {"trusted_proxies": "127.0.0.0/8"}


async def person(client: Client, address: str = "198.51.100.7") -> Client:
    """A new browser at an address."""
    headers = {"X-Forwarded-For": address}
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={}, headers=headers)
    return Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}", **headers})


async def put(site: Site, **terms: int) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(**terms))


async def cancel(who: Client, booked: dict[str, Any]) -> None:
    await who.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel")


@pytest.fixture
def try_booking(quote: Any, slots: Any) -> Any:
    async def attempt(who: Client, email: str, at: int = 0) -> tuple[int, dict[str, Any], str | None]:
        offer = await quote(who)
        body = {"quote_id": offer["id"], "starts_at": (await slots(who, offer))[at]["starts_at"], "customer": {**WHO, "email": email}}
        async with who.post("/api/v1/bookings", json=body) as response:
            return response.status, await response.json(), response.headers.get("Retry-After")

    return attempt


async def test_cancelled_bookings_count_for_the_address_they_wrote_to(
    client: Client, try_booking: Any, site: Site, clock: MovableClock
) -> None:
    await put(site, per_email_and_day=3)
    for number in range(3):
        async with await person(client, f"198.51.100.{number}") as who:
            status, booked, _ = await try_booking(who, "victim@mail.example")
            assert status == 201
            await cancel(who, booked)
    async with await person(client, "203.0.113.1") as who:
        status, refused, wait = await try_booking(who, "victim@mail.example")
        assert (status, refused["code"]) == (429, "too_many_bookings") and wait is not None and 86_000 < int(wait) <= 86_400
        assert (await try_booking(who, "somebody.else@mail.example"))[0] == 201
        clock.move(hours=24, minutes=1)
        assert (await try_booking(who, "victim@mail.example"))[0] == 201


async def test_new_visitors_of_one_network_share_what_it_may_book(
    client: Client, try_booking: Any, site: Site, clock: MovableClock
) -> None:
    await put(site, per_network_and_hour=2)
    for number in range(2):
        async with await person(client) as who:
            status, booked, _ = await try_booking(who, f"one.{number}@mail.example")
            assert status == 201
            await cancel(who, booked)
    async with await person(client) as who:
        status, refused, wait = await try_booking(who, "two@mail.example")
        assert (status, refused["code"]) == (429, "too_many_bookings") and wait is not None and 0 < int(wait) <= 3600
    async with await person(client, "203.0.113.9") as elsewhere:
        assert (await try_booking(elsewhere, "three@mail.example"))[0] == 201
    clock.move(minutes=61)
    async with await person(client) as who:
        assert (await try_booking(who, "two@mail.example"))[0] == 201


async def test_of_a_crowd_at_one_moment_no_more_than_the_network_may_book(client: Client, try_booking: Any, site: Site) -> None:
    await put(site, per_network_and_hour=2)
    people = [await person(client) for _ in range(6)]
    answers = await asyncio.gather(*(try_booking(who, f"p{number}@mail.example", at=number * 3) for number, who in enumerate(people)))
    for who in people:
        await who.http.close()
    assert sorted(status for status, _, _ in answers) == [201, 201, 429, 429, 429, 429]
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 2


async def test_a_network_holds_only_so_many_times(client: Client, quote: Any, slots: Any, site: Site, clock: MovableClock) -> None:
    await put(site, holds_per_network=2)

    async def hold(who: Client, at: int) -> tuple[int, dict[str, Any], str | None]:
        offer = await quote(who)
        body = {"quote_id": offer["id"], "starts_at": (await slots(who, offer))[at]["starts_at"]}
        async with who.post("/api/v1/holds", json=body) as response:
            return response.status, await response.json(), response.headers.get("Retry-After")

    people = [await person(client) for _ in range(3)]
    assert [(await hold(who, 0))[0] for who in people[:2]] == [201, 201]
    status, refused, wait = await hold(people[2], 0)
    assert (status, refused["code"]) == (429, "too_many_holds") and wait is not None and 0 < int(wait) <= 600
    # Who holds one may choose another; whoever is elsewhere is not meant.
    assert (await hold(people[0], 2))[0] == 201
    async with await person(client, "203.0.113.9") as elsewhere:
        assert (await hold(elsewhere, 5))[0] == 201
    clock.move(minutes=11)
    assert (await hold(people[2], 0))[0] == 201
    for who in people:
        await who.http.close()
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Hold).where(Hold.visitor_id.is_(None))) == 0


async def test_a_network_has_only_so_many_prices_asked(client: Client, shop: Any, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, PricingConfig(open_per_network=2))
    wish = {"device": "sony-playstation-3", "faults": ["disc_drive"]}
    for status in (201, 201, 409):
        async with await person(client) as who:
            answer = await who.json("POST", "/api/v1/price-requests", status=status, json=wish)
    assert answer["code"] == "too_many_price_requests"
    async with await person(client, "203.0.113.9") as elsewhere:
        await elsewhere.json("POST", "/api/v1/price-requests", status=201, json=wish)


async def test_networks_are_told_apart_and_not_kept_readable(client: Client, site: Site) -> None:
    for address in ("198.51.100.7", "198.51.100.7", "198.51.100.8", "2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1"):
        await (await person(client, address)).http.close()
    async with site.work() as session:
        networks = (await session.scalars(select(Visitor.network).order_by(Visitor.created_at))).all()
    assert networks[0] == networks[1] != networks[2] and networks[3] == networks[4]
    assert all(network is not None and len(network) == 16 and b"198" not in network for network in networks)
