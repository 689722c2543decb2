"""The assistant books for its customer: with the turn's token, once, and not after somebody took over."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from backend.bookings.models import Order
from backend.conversations.models import Conversation
from backend.core.site import Site
from backend.identity.tokens import Turn, issue_turn
from tests.backend.conftest import WHO
from tests.conftest import Client


@pytest.fixture
async def turn(visitor: Client, site: Site) -> Any:
    """The assistant's client in a turn of the visitor's conversation."""
    async with site.work() as session:
        conversation = (await session.scalars(select(Conversation))).one()
        conversation.turn_id = uuid4()
    token = issue_turn(
        site.settings, site.clock.now(), Turn(conversation.id, conversation.epoch, conversation.turn_id, conversation.visitor_id)
    )
    async with Client(visitor.base, headers={"Authorization": f"Bearer {token}"}) as assistant:
        yield assistant


def _key(turn: str = "turn") -> dict[str, str]:
    return {"Idempotency-Key": f"{turn}:action_book:0"}


async def test_a_deed_belongs_to_the_visitor_of_the_conversation(visitor: Client, turn: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(turn)
    start = (await slots(turn, offer))[0]["starts_at"]
    held = await turn.json("POST", "/api/v1/holds", status=201, json={"quote_id": offer["id"], "starts_at": start})
    body = {"hold_id": held["id"], "customer": WHO}
    refused = await turn.json("POST", "/api/v1/bookings", status=400, json=body)
    assert refused["code"] == "idempotency_key_invalid"
    booked = await turn.json("POST", "/api/v1/bookings", status=201, json=body, headers=_key())
    assert await turn.json("POST", "/api/v1/bookings", status=201, json=body, headers=_key()) == booked
    mine = await visitor.json("GET", "/api/v1/bookings")
    assert [item["reference"] for item in mine["items"]] == [booked["reference"]]
    assert await turn.json("GET", "/api/v1/bookings") == mine
    async with site.work() as session:
        order = (await session.scalars(select(Order))).one()
        conversation = (await session.scalars(select(Conversation))).one()
    assert (order.visitor_id, order.conversation_id) == (conversation.visitor_id, conversation.id)
    gone = await turn.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel", headers=_key("next"))
    assert gone["state"] == "cancelled"


async def test_a_turn_does_nothing_after_a_takeover(turn: Client, quote: Any, slots: Any, site: Site) -> None:
    offer = await quote(turn)
    start = (await slots(turn, offer))[0]["starts_at"]
    async with site.work() as session:
        await session.execute(update(Conversation).values(owner="waiting", epoch=Conversation.epoch + 1))
    body = {"quote_id": offer["id"], "starts_at": start, "customer": WHO}
    refused = await turn.json("POST", "/api/v1/bookings", status=409, json=body, headers=_key())
    assert refused["code"] == "conversation_taken"
    for path in ("/api/v1/holds", "/api/v1/quotes"):
        wanted = {"quote_id": offer["id"], "starts_at": start} if "holds" in path else {"device": "dell-xps-13", "faults": ["slow"]}
        assert (await turn.json("POST", path, status=409, json=wanted))["code"] == "conversation_taken"
    async with site.work() as session:
        assert (await session.scalars(select(Order))).all() == []


async def test_a_turn_sees_no_more_than_its_customer(turn: Client, client: Client, book: Any) -> None:
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as stranger:
        theirs = await book(stranger)
    path = f"/api/v1/bookings/{theirs['reference']}"
    assert (await turn.json("GET", path, status=404))["code"] == "reference_unknown"
    assert (await turn.json("POST", f"{path}/cancel", status=404, headers=_key()))["code"] == "reference_unknown"
    assert (await turn.json("GET", "/api/v1/orders", status=403))["code"] == "forbidden"
    status = await turn.json("GET", "/api/v1/repairs/status", params={"reference": theirs["reference"]})
    assert status["repairs"][0]["stage"] == "booked"
    assert UUID(theirs["booking_id"])
