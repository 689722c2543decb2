"""The fence at the HTTP door: a turn token opens it for as long as its turn has the conversation, and no longer."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.conversations import rendering, turns, writing
from backend.conversations.models import Conversation
from backend.conversations.replies import Lease, Outcome, Reply
from backend.core.principal import Principal
from backend.core.site import Site
from backend.identity import tokens

QUOTE = {"device": "no-such-device", "faults": ["screen_cracked"], "urgency": "standard"}


async def begin(visitor: Any, site: Site) -> tuple[str, Lease]:
    opened = await visitor.json("POST", "/api/v1/conversations", status=201)
    path = f"/api/v1/conversations/{opened['conversation']['id']}"
    await visitor.json("POST", f"{path}/messages", status=201, json={"client_id": "book-it-1", "text": "book it"})
    async with site.work() as session:
        lease = await turns.lease(session, UUID(opened["conversation"]["id"]))
    assert lease is not None
    return path, lease


def key_of(site: Site, lease: Lease, *, epoch: int | None = None) -> dict[str, str]:
    turn = tokens.Turn(lease.conversation_id, lease.epoch if epoch is None else epoch, lease.turn_id, lease.visitor_id)
    token = tokens.issue_turn(site.settings, site.clock.now(), turn)
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{lease.turn_id}:quote:{uuid4()}"}


async def quote(client: Any, headers: dict[str, str]) -> str:
    async with client.post("/api/v1/quotes", json=QUOTE, headers=headers) as answer:
        code: str = (await answer.json(content_type=None))["code"]
        return code


async def test_a_turn_acts_while_it_has_the_conversation(visitor: Any, client: Any, site: Site, staff: Any) -> None:
    path, lease = await begin(visitor, site)
    inside = await quote(client, key_of(site, lease))
    assert inside != "conversation_taken"
    assert await quote(client, key_of(site, lease, epoch=2)) == "conversation_taken"
    person = await staff("technician")
    await person.json("POST", f"{path}/take", json={"epoch": 1})
    assert await quote(client, key_of(site, lease)) == "conversation_taken"
    assert await quote(client, key_of(site, lease, epoch=2)) == "conversation_taken"


async def test_a_turn_that_is_over_acts_no_more(visitor: Any, client: Any, site: Site) -> None:
    _, lease = await begin(visitor, site)
    async with site.work() as session:
        assert (await turns.add_replies(session, lease, Outcome(failed=True))).stored
    assert await quote(client, key_of(site, lease)) == "conversation_taken"


async def test_a_lease_is_had_once_and_its_answer_stored_once(visitor: Any, site: Site) -> None:
    _, lease = await begin(visitor, site)
    async with site.work() as session:
        assert await turns.lease(session, lease.conversation_id) is None
    async with site.work() as session:
        assert (await turns.add_replies(session, lease, Outcome(state={"version": 1}))).stored
    async with site.work() as session:
        assert not (await turns.add_replies(session, lease, Outcome(state={"version": 2}))).stored


@pytest.mark.parametrize(("operation", "open_still"), [("create_quote", True), ("reschedule_booking", False)])
async def test_what_was_offered_is_over_once_a_booking_was_made_moved_or_cancelled(
    visitor: Any, site: Site, operation: str, open_still: bool
) -> None:
    path, lease = await begin(visitor, site)
    offer = rendering.render("Shall I?", [{"type": "choices", "choices": [{"title": "Yes", "payload": "/affirm"}]}])
    async with site.work() as session:
        await writing.say(session, await session.get_one(Conversation, lease.conversation_id), offer)
    async with site.work() as session:
        turn = Principal("turn", conversation_id=lease.conversation_id, turn_id=lease.turn_id)
        await turns.record_deed(session, turn, operation, {"reference": "RT-7F3K2"})
        assert (await turns.add_replies(session, lease, Outcome(replies=(Reply("Done."),)))).stored
    said = (await visitor.json("GET", f"{path}/messages", params={"after_rev": "0"}))["messages"]
    assert [part["open"] for message in said for part in message["parts"]] == [open_still]
