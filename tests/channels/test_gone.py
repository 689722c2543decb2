"""Technicians who go: what they have is given up within a minute, as the customer needs it; whoever is there keeps it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from backend.core.site import Site
from backend.identity import presence
from channels import watch
from channels.caretaker import Caretaker
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant, says
from tests.channels.chat import Chat, Refused
from tests.channels.conftest import OpenDesk
from tests.channels.desk import Desk
from tests.conftest import MovableClock


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"action_timeout": 0.3, "turn_typing_after": 0.05, "turn_timeout": 2.5, "turn_lease": 5.0, "turn_sweep": 0.2}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.05)


@pytest.fixture
async def queued(chat: Chat, turns: Turns, assistant: FakeAssistant) -> Chat:
    async def wants_person(turn: dict[str, Any]) -> Any:
        return says("I will ask a colleague.", asks=[{"type": "handoff"}])

    assistant.behaviour = wants_person
    await chat.send("a person please")
    await chat.until(lambda: chat.conversation["owner"] == "waiting")
    return chat


@pytest.fixture
def caretaker(worker_site: Site) -> Caretaker:
    return Caretaker(worker_site)


async def a_minute(clock: MovableClock) -> None:
    """Let the desks that are there say so after the clock has moved, as they would several times."""
    for _ in range(3):
        clock.move(seconds=20)
        await asyncio.sleep(0.3)


async def silence(desk: Desk) -> None:
    """Let nobody be behind a desk whose connection stands."""
    desk.answers = False
    await asyncio.sleep(0.3)  # what it answered before is heard


async def test_whoever_awaits_an_answer_goes_to_the_queue_and_is_told(
    queued: Chat, open_desk: OpenDesk, clock: MovableClock, caretaker: Caretaker
) -> None:
    mine, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    await a_minute(clock)
    await caretaker.look()
    await other.until(lambda: other.rows[here]["technician"] is not None)
    assert queued.conversation["owner"] == "technician", "whose desk answers keeps it"
    await silence(mine)
    await a_minute(clock)
    await caretaker.look()
    await caretaker.look()
    await queued.until(lambda: queued.conversation["owner"] == "waiting" and queued.conversation["place"] == 1)
    told = [text for text in queued.said("bot") if "has been called away" in text]
    assert len(told) == 1 and told[0].endswith("You are next in the queue.")
    await other.until(lambda: other.waiting() == [here] and any(alert["kind"] == "waiting" for alert in other.alerts))
    await other.until(lambda: {one["id"]: one["status"] for one in other.team}[mine.staff["id"]] == "gone")
    with pytest.raises(Refused) as refused:
        await mine.move("message", here, client_id="too-late-1", text="I am back")
    assert refused.value.code == "conversation_taken"
    await other.move("take", here)


async def test_whoever_awaits_nothing_is_not_told_and_queues_up_with_the_next_message(
    queued: Chat, open_desk: OpenDesk, clock: MovableClock, caretaker: Caretaker
) -> None:
    mine, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    await mine.say(here, "All done, thank you.")
    await mine.close()
    before = len(queued.shown)
    await a_minute(clock)
    await caretaker.look()
    await other.until(lambda: other.rows[here]["technician"] is None)
    await queued.until(lambda: queued.conversation["technician"] is None)
    assert other.rows[here]["owner"] == queued.conversation["owner"] == "technician"
    await queued.sync()
    assert len(queued.shown) == before
    await queued.send("one more question")
    await queued.until(lambda: queued.conversation["owner"] == "waiting")
    assert "called away" in queued.said("bot")[-1]
    await other.until(lambda: other.waiting() == [here])


async def test_nobody_has_it_and_anybody_may_take_it(queued: Chat, open_desk: OpenDesk, clock: MovableClock, caretaker: Caretaker) -> None:
    mine, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    await mine.say(here, "All done, thank you.")
    await other.until(lambda: other.rows[here]["technician"] is not None)
    await mine.person.post("/staff/logout")  # signed out: at once
    await mine.until(lambda: mine.closed)
    await caretaker.look()
    await other.until(lambda: other.rows[here]["technician"] is None)
    await other.move("take", here)
    await queued.until(lambda: (queued.conversation["technician"] or {}).get("name") == other.staff["name"])


async def test_signing_out_in_one_browser_leaves_the_desk_in_another(
    queued: Chat, open_desk: OpenDesk, site: Site, caretaker: Caretaker
) -> None:
    mine = await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    async with site.work() as session:
        await presence.leave(session, UUID(mine.staff["id"]))  # as signing out elsewhere does
    await mine.until(lambda: len([1 for event, _ in mine.events if event == "presence"]) >= 1)
    await asyncio.sleep(0.2)
    await caretaker.look()
    await mine.say(here, "Still here.")
    assert await queued.hear("technician") == ["Still here."]


async def test_who_works_without_a_desk_counts_as_there_for_five_minutes(
    queued: Chat, staff: Any, clock: MovableClock, caretaker: Caretaker
) -> None:
    person = await staff("technician")
    path = f"/api/v1/conversations/{queued.conversation['id']}"
    await person.json("POST", f"{path}/take", json={"epoch": queued.conversation["epoch"]})
    clock.move(minutes=4)
    await caretaker.look()
    assert (await person.json("GET", path))["owner"] == "technician"
    clock.move(minutes=6)
    await caretaker.look()
    await queued.until(lambda: queued.conversation["owner"] == "waiting")
    assert presence.LASTS.total_seconds() == 300


async def test_gone_at_the_very_moment_of_an_answer(queued: Chat, open_desk: OpenDesk, clock: MovableClock, caretaker: Caretaker) -> None:
    mine = await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    await silence(mine)
    await a_minute(clock)
    reply, looked = await asyncio.gather(mine.say(here, "an answer"), caretaker.look(), return_exceptions=True)
    assert looked is None
    await queued.sync()
    stored = "an answer" in queued.said("technician")
    assert stored == (not isinstance(reply, BaseException)), "an answer is stored and acknowledged, or refused and not there"
    assert stored or "called away" in queued.said("bot")[-1]
