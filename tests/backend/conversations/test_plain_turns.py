"""The short way of a turn beside the long one: the same rows and the same views, or nothing written at all."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from backend.conversations import plain_turns, rendering, turns
from backend.conversations.models import Conversation, Deed, Message
from backend.conversations.replies import Lease, Outcome, Reply
from backend.core.site import Site

OFFER = [{"type": "choices", "choices": [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]}]
STATE = {"version": 1, "slots": {}, "loop": None, "events": []}


async def asked(visitor: Any, *texts: str) -> tuple[str, UUID]:
    opened = await visitor.json("POST", "/api/v1/conversations", status=201)
    path = f"/api/v1/conversations/{opened['conversation']['id']}"
    for words in texts:
        await say(visitor, path, words)
    return path, UUID(opened["conversation"]["id"])


async def say(visitor: Any, path: str, text: str) -> None:
    await visitor.json("POST", f"{path}/messages", status=201, json={"client_id": str(uuid4()), "text": text})


async def shortly(site: Site, conversation_id: UUID) -> Lease:
    async with site.at_once() as session:
        lease = await plain_turns.lease(session, conversation_id)
    assert lease is not None
    return lease


async def stored_shortly(site: Site, lease: Lease, outcome: Outcome) -> bool:
    async with site.at_once() as session:
        return await plain_turns.add_replies(session, lease, outcome)


async def as_it_stands(site: Site, conversation_id: UUID) -> dict[str, Any]:
    async with site.work() as session:
        row = await session.get_one(Conversation, conversation_id)
        rows = await session.scalars(select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq))
        names = ("seq", "rev", "author_kind", "author_name", "text", "offers", "open", "episode")
        says = [
            {name: getattr(message, name) for name in names} | {"open_parts": [p.get("open") for p in message.parts]} for message in rows
        ]
        for message in says:  # ids are drawn anew each time
            message["offers"] = sorted(map(str, (message["offers"] or {}).values()))
        names = (
            "owner",
            "epoch",
            "rev",
            "seq",
            "asked_seq",
            "answered_seq",
            "turn_id",
            "turn_upto",
            "turn_tries",
            "turn_lease",
            "failures",
        )
        return {"messages": says, "state": row.assistant_state, **{name: getattr(row, name) for name in names}}


@pytest.mark.parametrize("way", ["short", "long"])
async def test_both_ways_leave_the_same_behind(visitor: Any, site: Site, way: str) -> None:
    path, conversation_id = await asked(visitor, "hello")
    for number, replies in enumerate(
        ((Reply("Hi"), rendering.render("Shall I?", OFFER)), (rendering.render("Or so?", OFFER),), (Reply("Bye"),))
    ):
        if number:
            await say(visitor, path, f"message {number}")
        outcome = Outcome(replies=replies, state=STATE | {"loop": str(number)})
        if way == "short":
            assert await stored_shortly(site, await shortly(site, conversation_id), outcome)
        else:
            async with site.work() as session:
                lease = await turns.lease(session, conversation_id)
                assert lease is not None
            async with site.work() as session:
                assert await turns.add_replies(session, lease, outcome) == turns.Ended(stored=True)
    found = await as_it_stands(site, conversation_id)
    assert [(m["seq"], m["rev"], m["author_kind"], m["open"], m["open_parts"]) for m in found["messages"]] == [
        (1, 1, "customer", False, []),
        (2, 2, "bot", False, []),
        (3, 5, "bot", False, [False]),
        (4, 4, "customer", False, []),
        (5, 6, "bot", True, [True]),
        (6, 7, "customer", False, []),
        (7, 8, "bot", False, []),
    ]
    assert {m["author_name"] for m in found["messages"] if m["author_kind"] == "bot"} == {"Assistant"}
    assert found["messages"][4]["offers"] == found["messages"][2]["offers"] and len(found["messages"][4]["offers"]) == 2
    assert (found["rev"], found["seq"], found["asked_seq"], found["answered_seq"]) == (8, 7, 6, 6)
    assert (found["turn_id"], found["turn_upto"], found["turn_lease"], found["turn_tries"]) == (None, None, None, 0)
    assert found["state"] == STATE | {"loop": "2"}


async def test_one_lease_at_a_time_and_one_answer_to_it(visitor: Any, site: Site) -> None:
    _, conversation_id = await asked(visitor, "hello")
    lease = await shortly(site, conversation_id)
    assert lease.questions[0].text == "hello" and (lease.after, lease.upto, lease.tries) == (0, 1, 1)
    async with site.at_once() as session:
        assert await plain_turns.lease(session, conversation_id) is None
    async with site.work() as session:
        assert await turns.lease(session, conversation_id) is None
    assert await stored_shortly(site, lease, Outcome(replies=(Reply("once"),)))
    assert not await stored_shortly(site, lease, Outcome(replies=(Reply("twice"),)))
    assert [message["text"] for message in (await as_it_stands(site, conversation_id))["messages"]] == ["hello", "once"]


async def test_who_waits_for_the_row_finds_it_answered(visitor: Any, site: Site) -> None:
    _, conversation_id = await asked(visitor, "hello")

    async def later() -> Lease | None:
        async with site.at_once() as session:
            return await plain_turns.lease(session, conversation_id)

    async with site.work() as session:
        held = (await session.scalars(select(Conversation).where(Conversation.id == conversation_id).with_for_update())).one()
        waiting = asyncio.create_task(later())
        async with site.at_once() as other:  # until the lease has begun and waits; a transaction would see the first look for ever
            while not await other.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")):
                await asyncio.sleep(0.01)
        held.answered_seq = held.asked_seq  # a turn that ended without a word
    assert await waiting is None


async def test_what_happened_meanwhile_sends_the_answer_the_long_way(visitor: Any, site: Site) -> None:
    path, conversation_id = await asked(visitor, "hello")
    lease = await shortly(site, conversation_id)
    await say(visitor, path, "are you there")
    outcome = Outcome(replies=(Reply("Hi"),))
    before = await as_it_stands(site, conversation_id)
    assert not await stored_shortly(site, lease, outcome)
    assert await as_it_stands(site, conversation_id) == before
    async with site.work() as session:
        assert await turns.add_replies(session, lease, outcome) == turns.Ended(stored=True, more=True)


async def test_a_taken_conversation_hears_nothing(visitor: Any, site: Site, staff: Any) -> None:
    path, conversation_id = await asked(visitor, "hello")
    lease = await shortly(site, conversation_id)
    person = await staff("technician")
    await person.json("POST", f"{path}/take", json={"epoch": 1})
    before = await as_it_stands(site, conversation_id)
    assert not await stored_shortly(site, lease, Outcome(replies=(Reply("Hi"),)))
    assert await as_it_stands(site, conversation_id) == before
    async with site.at_once() as session:
        assert await plain_turns.lease(session, conversation_id) is None


async def test_several_messages_and_a_repeated_turn_go_the_long_way(visitor: Any, site: Site) -> None:
    _, conversation_id = await asked(visitor, "hello", "my phone is broken")
    async with site.at_once() as session:
        assert await plain_turns.lease(session, conversation_id) is None
    async with site.work() as session:
        first = await turns.lease(session, conversation_id)
    assert first is not None and len(first.questions) == 2 and first.found is None
    async with site.work() as session:
        await turns.give_up(session, first)
    async with site.at_once() as session:  # the same turn again, under the same id: its deeds carry it
        assert await plain_turns.lease(session, conversation_id) is None


async def test_deeds_of_the_turn_count_as_told(visitor: Any, site: Site) -> None:
    _, conversation_id = await asked(visitor, "hello")
    lease = await shortly(site, conversation_id)
    async with site.work() as session:
        for turn_id in (lease.turn_id, uuid4()):
            session.add(Deed(conversation_id=conversation_id, turn_id=turn_id, operation="make_hold", at=session.now()))
    assert await stored_shortly(site, lease, Outcome(replies=(Reply("Held"),)))
    async with site.work() as session:
        told = {deed.turn_id: deed.told for deed in await session.scalars(select(Deed))}
    assert told.pop(lease.turn_id) is True and list(told.values()) == [False]


async def test_a_booking_closes_what_was_on_offer_and_so_goes_the_long_way(visitor: Any, site: Site) -> None:
    path, conversation_id = await asked(visitor, "hello")
    assert await stored_shortly(site, await shortly(site, conversation_id), Outcome(replies=(rendering.render("Shall I?", OFFER),)))
    await say(visitor, path, "yes")
    lease = await shortly(site, conversation_id)
    async with site.work() as session:
        session.add(Deed(conversation_id=conversation_id, turn_id=lease.turn_id, operation="create_booking", at=session.now()))
    outcome = Outcome(replies=(Reply("Booked"),))
    assert not await stored_shortly(site, lease, outcome)
    async with site.work() as session:
        assert (await turns.add_replies(session, lease, outcome)).stored
    assert not any(message["open"] for message in (await as_it_stands(site, conversation_id))["messages"])


async def test_a_link_is_stored_sealed_and_shown_open(visitor: Any, site: Site) -> None:
    path, conversation_id = await asked(visitor, "hello")
    card = {"type": "booking", "reference": "RT-7F3K2", "tracking_url": "http://shop/track/secret"}
    assert await stored_shortly(site, await shortly(site, conversation_id), Outcome(replies=(Reply("Here", [card]),)))
    async with site.work() as session:
        kept = await session.scalar(select(Message).where(Message.author_kind == "bot"))
    assert kept is not None and kept.parts[0]["tracking_url"].startswith("sealed:")
    changes = await visitor.json("GET", f"{path}/messages")
    assert changes["messages"][-1]["parts"] == [card]


async def test_a_session_that_keeps_no_changes_says_so(visitor: Any, site: Site) -> None:
    _, conversation_id = await asked(visitor, "hello")
    with pytest.raises(RuntimeError, match="keeps no changes"):
        async with site.at_once() as session:
            (await session.get_one(Conversation, conversation_id)).priority = 5
