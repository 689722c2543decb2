"""Cards in a chat follow what they show, whoever changed it, and only those they belong to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.bookings.events import BookingCancelled
from backend.bookings.models import Booking, Order
from backend.conversations import writing
from backend.conversations.models import Conversation
from backend.conversations.replies import Reply
from backend.core.events import Delivery
from backend.core.site import Site
from backend.notifications.cards import follow_cancelled_booking
from backend.repairs import service as repairs
from backend.repairs.models import Repair
from backend.repairs.stages import Stage
from tests.conftest import Client

Drain = Callable[[], Awaitable[None]]
Book = Callable[..., Awaitable[dict[str, Any]]]


class Shown:
    """What one visitor's chat shows."""

    def __init__(self, client: Client, site: Site, conversation: str) -> None:
        self.client, self.site, self.conversation = client, site, conversation

    @classmethod
    async def of(cls, client: Client, site: Site) -> Shown:
        opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
        return cls(client, site, opened["conversation"]["id"])

    async def show(self, *parts: dict[str, Any]) -> None:
        """Say something with cards, as the assistant does."""
        async with self.site.work() as session:
            conversation = await session.get_one(Conversation, UUID(self.conversation), with_for_update=True)
            await writing.say(session, conversation, *(Reply("Here you are.", [part]) for part in parts))

    async def changes(self, after: int = 0) -> dict[str, Any]:
        page: dict[str, Any] = await self.client.json("GET", f"/api/v1/conversations/{self.conversation}/messages?after_rev={after}")
        return page

    async def card(self, kind: str) -> dict[str, Any]:
        parts: list[dict[str, Any]] = [part for message in (await self.changes())["messages"] for part in message["parts"]]
        return next(part for part in parts if part["type"] == kind)


@pytest.fixture
async def shown(visitor: Client, site: Site, book: Book, drain: Drain) -> Shown:
    """A chat with a price, the booking it led to, and where the repair stands; nothing of it has been followed yet."""
    made = await book(visitor)
    chat = await Shown.of(visitor, site)
    status = (await visitor.json("GET", f"/api/v1/repairs/status?reference={made['reference']}"))["repairs"][0]
    quote = await visitor.json("GET", f"/api/v1/quotes/{await quote_of(site)}")
    await chat.show({"type": "quote", **quote}, {"type": "booking", **made}, {"type": "repair", "reference": made["reference"], **status})
    return chat


async def quote_of(site: Site) -> UUID:
    async with site.work() as session:
        return (await session.scalars(select(Repair.quote_id))).one()


async def move_booking(chat: Shown, day: int) -> dict[str, Any]:
    reference = (await chat.card("booking"))["reference"]
    to = {"starts_at": f"2026-11-{day}T12:00:00Z"}
    moved: dict[str, Any] = await chat.client.json("POST", f"/api/v1/bookings/{reference}/reschedule", json=to)
    return moved


async def test_a_booked_price_says_so_and_is_free_again_once_the_booking_is_given_up(shown: Shown, drain: Drain) -> None:
    await drain()
    booking = await shown.card("booking")
    assert (await shown.card("quote"))["booked"] == booking["reference"]
    assert (booking["state"], booking["former"]) == ("confirmed", None)
    await shown.client.json("POST", f"/api/v1/bookings/{booking['reference']}/cancel")
    await drain()
    assert (await shown.card("booking"))["state"] == "cancelled"
    assert (await shown.card("quote"))["booked"] is None


async def test_news_of_the_first_booking_says_nothing_about_a_price_that_is_booked_again(shown: Shown, site: Site, drain: Drain) -> None:
    first, quote = await shown.card("booking"), (await shown.card("quote"))["id"]
    await shown.client.json("POST", f"/api/v1/bookings/{first['reference']}/cancel")
    body = {"quote_id": quote, "starts_at": "2026-11-27T12:00:00Z", "customer": {"name": "Ada Lovelace", "email": "ada@example.com"}}
    second = await shown.client.json("POST", "/api/v1/bookings", status=201, json=body)
    await drain()
    async with site.work() as session:
        booked = (await session.scalars(select(Booking.id).join(Order).where(Order.reference == first["reference"]))).one()
    await follow_cancelled_booking(site, BookingCancelled(booked), Delivery(uuid4(), site.clock.now()))
    assert (await shown.card("quote"))["booked"] == second["reference"]
    assert (await shown.card("booking"))["state"] == "cancelled"


async def test_a_moved_booking_shows_its_new_time_and_the_first_one(shown: Shown, drain: Drain) -> None:
    await drain()
    before, first = (await shown.changes())["rev"], await shown.card("booking")
    await move_booking(shown, 26)
    await drain()
    card = await shown.card("booking")
    assert (card["label"], card["former"], card["tracking_url"]) == ("Thu 26 Nov, 12:00", first["label"], first["tracking_url"])
    changed = await shown.changes(before)
    assert [message["seq"] for message in changed["messages"]] == [2], "only the card that changed is sent again, in its old place"
    # Two moves before anything was followed: both deliveries show the last one.
    await move_booking(shown, 27)
    await move_booking(shown, 30)
    await drain()
    assert ((await shown.card("booking"))["label"], (await shown.card("booking"))["former"]) == ("Mon 30 Nov, 12:00", first["label"])


async def test_a_repair_that_goes_on_is_seen_on_its_card(shown: Shown, site: Site, drain: Drain) -> None:
    for stage in (Stage.RECEIVED, Stage.DIAGNOSING, Stage.REPAIRING):
        async with site.work() as session:
            repair = (await session.scalars(select(Repair))).one()
            await repairs.move(session, repair.id, stage, version=repair.version)
    await drain()
    card = await shown.card("repair")
    assert card["stage_label"] == "In repair" and [step["state"] for step in card["stages"]][:2] == ["done", "done"]
    assert (await shown.card("booking"))["state"] == "attended"


async def test_nobody_elses_cards_change(shown: Shown, client: Client, site: Site, drain: Drain) -> None:
    stranger = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {stranger['credential']}"}) as other:
        theirs = await Shown.of(other, site)
        await theirs.show(await shown.card("booking"))
        before = await theirs.changes()
        await move_booking(shown, 26)
        await drain()
        assert await theirs.changes() == before
