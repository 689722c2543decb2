"""The queue is fair, and the same at every process: nobody of the same priority is overtaken, and nobody waits for ever behind others."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from backend.conversations import desk, queries, routing, rules, turns, waiting
from backend.conversations.models import Conversation
from backend.conversations.replies import Handoff
from backend.core.ids import digest, uuid7
from backend.core.settings import Settings
from backend.core.site import Site
from backend.identity.models import Visitor
from revivatech.site import create_site, open_site
from tests.channels.conftest import OpenChat, OpenDesk
from tests.conftest import TUESDAY, MovableClock, SignIn

WAITING = 60


@pytest.fixture
async def second(settings: Settings, site: Site, base: str) -> AsyncIterator[str]:
    """Another site process on the same database; returns its address."""
    other = open_site(settings)
    other.clock = site.clock
    runner = web.AppRunner(create_site(other), access_log=None, shutdown_timeout=1)
    await runner.setup()
    door = web.TCPSite(runner, "127.0.0.1", 0)
    await door.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
    await other.close()


async def queue_up(site: Site, priority: int) -> UUID:
    """Somebody new who waits for a person."""
    async with site.work() as session:
        now = session.now()
        visitor = Visitor(token_hash=digest(str(uuid7())), network=None, created_at=now, last_seen_at=now)
        session.add(visitor)
        await session.flush()
        made = Conversation(visitor_id=visitor.id, opened_at=now, changed_at=now, owner="bot", epoch=1, episode=1, contact={})
        made.rev = made.seq = made.asked_seq = made.answered_seq = made.turn_tries = made.failures = made.note = 0
        session.add(made)
        await session.flush()
        at = await desk.look(session)
        wish = Handoff("customer_asked", {}, lambda place: waiting.begun(place, at, {}), priority=priority)
        await turns.hand_off(session, made, wish)
    return made.id


async def test_of_the_same_priority_nobody_is_overtaken(
    site: Site, base: str, second: str, open_desk: OpenDesk, clock: MovableClock, staff: SignIn
) -> None:
    came: dict[UUID, tuple[int, datetime]] = {}
    for _ in range(WAITING):
        priority = random.choice((0, 0, 0, 1, 2))
        came[await queue_up(site, priority)] = (priority, clock.now())
        clock.move(seconds=random.choice((1, 30, 240)))
    first, other = await open_desk(), await open_desk(at=second)
    served: list[UUID] = []
    turn = 0
    while first.waiting():
        await other.until(lambda: other.waiting() == first.waiting())
        async with site.work() as session:
            heads = [await session.get_one(Conversation, UUID(one)) for one in first.waiting()[:5]]
            assert [await queries.place_in_queue(session, one) for one in heads] == list(range(1, len(heads) + 1))
        taker = (first, other)[turn % 2]  # one at each process
        head = taker.waiting()[0]
        await taker.move("take", head)
        served.append(UUID(head))
        turn += 1
        await first.until(lambda gone=head: gone not in first.waiting())
    assert len(served) == WAITING
    for priority in (0, 1, 2):
        times = [came[one][1] for one in served if came[one][0] == priority]
        assert times == sorted(times), "an inversion"
    for at, one in enumerate(served):
        ahead = [came[earlier][1] for earlier in served[:at]]
        assert all(moment - came[one][1] <= rules.HEAD_STARTS[-1] for moment in ahead), "overtaken by who came long after"


async def test_what_happens_at_one_process_is_seen_at_the_other(open_chat: OpenChat, open_desk: OpenDesk, second: str) -> None:
    here, there = await open_desk(), await open_desk(at=second)
    chat = await open_chat(at=second)
    await chat.send("hello")
    one = chat.conversation["id"]
    await here.until(lambda: one in here.rows)
    for desk_ in (here, there):
        await desk_.follow(one)
    await here.move("take", one)
    await there.until(lambda: there.views[one]["owner"] == "technician")
    await asyncio.gather(*(here.say(one, f"line {number}") for number in range(5)), *(chat.send(f"word {n}") for n in range(5)))
    await chat.hear("technician", 5)
    for desk_ in (here, there):
        await desk_.until(lambda d=desk_: len(d.said(one, "technician")) == 5 and len(d.said(one, "customer")) == 6)
    await there.move("note", one, client_id="from-there-1", text="I know them")
    await here.until(lambda: one in here.notes)
    assert here.said(one) == there.said(one) == [message["text"] for message in chat.shown]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 600)), min_size=2, max_size=30))
def test_a_head_start_grows_old(arrivals: list[tuple[int, int]]) -> None:
    ranked = sorted((rules.ranked_at(TUESDAY + timedelta(minutes=at), priority), priority, at) for priority, at in arrivals)
    for place, (_, priority, at) in enumerate(ranked):
        for _, other, later in ranked[:place]:
            if later > at:
                assert other > priority and timedelta(minutes=later - at) <= rules.HEAD_STARTS[other]


@pytest.mark.parametrize(
    ("text", "angry"),
    [
        ("This is ridiculous, you have had my phone for three weeks", True),
        ("you are a bunch of scammers", True),
        ("WHY IS NOBODY ANSWERING ME!!", True),
        ("I am fed up and furious", True),
        ("the bloody screen cracked", False),
        ("my IPHONE 13 PRO MAX has a cracked screen", False),
        ("my phone is useless without a charging port", False),
        ("thanks, that is great!!", False),
    ],
)
def test_anger_is_about_us(text: str, angry: bool) -> None:
    assert routing.is_angry(text) is angry


def test_a_reason_decides_how_soon_and_a_fault_for_whom() -> None:
    def route(reason: str, said: str = "", **more: Any) -> Any:
        return tuple(routing.route(reason, said=said, **more))

    assert route("customer_asked") == (0, None)
    assert route("customer_asked", "you useless lot, I have had enough") == (2, None)
    assert route("safety") == route("customer_asked", faults=["battery_swollen"]) == (3, None)
    assert route("refund", faults=["water_damage"]) == (2, "billing")
    assert route("not_understood", faults=["screen_cracked", "water_damage"]) == (0, "liquid")
    assert route("customer_asked", kind="console") == (0, "console")
