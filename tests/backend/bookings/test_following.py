"""Who shows a tracking link may do in their own conversation what the link's page does, and learns nothing else."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from backend.bookings import queries, service
from backend.bookings.config import BookingConfig
from backend.bookings.models import Order, OrderFollower
from backend.conversations.models import Conversation
from backend.core import config
from backend.core.audit import AuditRow
from backend.core.site import Site
from backend.identity.tokens import Turn, issue_turn
from tests.conftest import Client, MovableClock


@pytest.fixture
async def another(client: Client) -> Any:
    """The same person's telephone, or whoever the link was passed on to: a browser of its own."""
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as browser:
        browser.opened = opened  # type: ignore[attr-defined]
        yield browser


def link_of(booked: Any) -> str:
    return f"/api/v1/tracking/{booked['tracking_url'].rpartition('/')[2]}/conversation"


async def test_the_link_gives_the_conversation_as_much_as_its_page(visitor: Client, another: Any, book: Any, site: Site) -> None:
    booked, secret = await book(visitor), await book(visitor, device="apple-iphone-12")
    path = f"/api/v1/bookings/{booked['reference']}"
    assert (await another.json("GET", path, status=404))["code"] == "reference_unknown"
    for _ in range(2):
        assert await another.json("POST", link_of(booked)) == {"reference": booked["reference"]}
    seen = await another.json("GET", path)
    assert seen["label"] == booked["label"] and seen["tracking_url"] is None
    for private in ("Haddad", "amira@", "7700"):
        assert private not in str(seen) and private not in str(await another.json("GET", "/api/v1/repairs"))
    mine = await another.json("GET", "/api/v1/bookings")
    assert [item["reference"] for item in mine["items"]] == [booked["reference"]]
    assert (await another.json("GET", f"/api/v1/bookings/{secret['reference']}", status=404))["code"] == "reference_unknown"
    assert (await another.json("GET", f"/api/v1/quotes/{uuid4()}", status=404))["code"] == "quote_unknown"
    free = (await another.json("GET", f"{path}/slots"))["slots"]
    assert (await another.json("POST", f"{path}/reschedule", json={"starts_at": free[3]["starts_at"]}))["label"] == free[3]["label"]
    assert (await another.json("POST", f"{path}/cancel"))["state"] == "cancelled"
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(OrderFollower)) == 1
        assert (await session.scalars(select(Order.visitor_id).where(Order.reference == booked["reference"]))).one() is not None


async def test_its_own_conversation_stays_its_own(visitor: Client, another: Any, book: Any) -> None:
    booked = await book(visitor)
    mine = await visitor.json("POST", "/api/v1/conversations", status=201, json={})
    await another.json("POST", link_of(booked))
    refused = await another.json("GET", f"/api/v1/conversations/{mine['conversation']['id']}/messages", status=404)
    assert refused["code"] == "conversation_unknown"


async def test_the_assistant_of_that_conversation_may_too(visitor: Client, another: Any, book: Any, site: Site) -> None:
    booked = await book(visitor)
    await another.json("POST", link_of(booked))
    async with site.work() as session:
        conversation = await session.get_one(Conversation, UUID(another.opened["conversation"]["id"]))
        conversation.turn_id = uuid4()
    turn = Turn(conversation.id, conversation.epoch, conversation.turn_id, conversation.visitor_id)
    token = issue_turn(site.settings, site.clock.now(), turn)
    async with Client(visitor.base, headers={"Authorization": f"Bearer {token}"}) as assistant:
        assert [item["reference"] for item in (await assistant.json("GET", "/api/v1/bookings"))["items"]] == [booked["reference"]]
        assert (await assistant.json("POST", link_of(booked), status=403))["code"] == "forbidden"


async def test_the_browser_that_booked_is_no_follower(visitor: Client, book: Any, site: Site) -> None:
    booked = await book(visitor)
    await visitor.json("POST", link_of(booked))
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(OrderFollower)) == 0
    assert len((await visitor.json("GET", "/api/v1/bookings"))["items"]) == 1


async def test_wrong_and_expired_links(visitor: Client, another: Any, client: Client, book: Any, site: Site, clock: MovableClock) -> None:
    booked = await book(visitor)
    assert (await another.json("POST", "/api/v1/tracking/" + "A" * 32 + "/conversation", status=404))["code"] == "tracking_unknown"
    assert (await client.json("POST", link_of(booked), status=401))["code"] == "unauthenticated"
    async with site.work() as session:
        await config.put(session, BookingConfig(link_days=1))
    clock.move(hours=25)
    assert (await another.json("POST", link_of(booked), status=410))["code"] == "tracking_expired"
    assert (await another.json("GET", "/api/v1/bookings"))["items"] == []


async def test_nobody_tries_links_all_day(another: Any, shop: Any) -> None:
    for _ in range(20):
        await another.json("POST", "/api/v1/tracking/" + "A" * 32 + "/conversation", status=404)
    await another.json("POST", "/api/v1/tracking/" + "A" * 32 + "/conversation", status=429)


async def test_what_a_link_lent_ends_with_the_link(visitor: Client, another: Any, book: Any, site: Site, clock: MovableClock) -> None:
    booked = await book(visitor)
    path = f"/api/v1/bookings/{booked['reference']}"
    await another.json("POST", link_of(booked))
    async with site.work() as session:
        await config.put(session, BookingConfig(link_days=2))
    clock.move(hours=47)
    await another.json("GET", path)
    async with site.work() as session:  # a mail brings a newer link, which lives longer
        order = (await session.scalars(select(Order))).one()
        newer = await service.link(session, order.id)
    await another.json("POST", link_of({"tracking_url": newer}))
    await another.json("POST", link_of(booked))
    clock.move(hours=2)
    assert (await another.json("POST", link_of(booked), status=410))["code"] == "tracking_expired"
    assert (await another.json("GET", path))["reference"] == booked["reference"]
    clock.move(hours=46)
    for closed in (path, f"{path}/repairs", f"{path}/checklist", f"{path}/slots"):
        assert (await another.json("GET", closed, status=404))["code"] == "reference_unknown"
    assert (await another.json("POST", f"{path}/cancel", status=404))["code"] == "reference_unknown"
    for listed in ("/api/v1/bookings", "/api/v1/repairs"):
        assert (await another.json("GET", listed))["items"] == []
    # Whoever booked has it from nobody.
    assert (await visitor.json("GET", path))["reference"] == booked["reference"]


async def test_links_that_staff_end_take_what_they_lent(visitor: Client, another: Any, book: Any, site: Site, staff: Any) -> None:
    booked, other = await book(visitor), await book(visitor, device="apple-iphone-12")
    await another.json("POST", link_of(booked))
    await another.json("POST", link_of(other))
    technician = await staff("technician")
    assert (await technician.json("POST", "/api/v1/orders/RT-22222/links/end", status=404))["code"] == "reference_unknown"
    await technician.json("POST", f"/api/v1/orders/{booked['reference'].lower()}/links/end", status=204)
    token = booked["tracking_url"].rpartition("/")[2]
    assert (await visitor.json("GET", f"/api/v1/tracking/{token}", status=404))["code"] == "tracking_unknown"
    assert [item["reference"] for item in (await another.json("GET", "/api/v1/bookings"))["items"]] == [other["reference"]]
    assert (await another.json("GET", f"/api/v1/bookings/{booked['reference']}", status=404))["code"] == "reference_unknown"
    async with site.work() as session:
        (ended,) = await session.scalars(select(AuditRow).where(AuditRow.action == "order.links_ended"))
        assert ended.actor_kind == "staff" and ended.data == {"links": 1}
        assert await queries.list_followers(session, ended.subject) == []
        newer = await service.link(session, ended.subject)
    await another.json("POST", link_of({"tracking_url": newer}))
    assert (await another.json("GET", f"/api/v1/bookings/{booked['reference']}"))["reference"] == booked["reference"]
