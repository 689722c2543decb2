"""Whether technicians are there: visitors are told, truly and at once, and learn neither who nor how many."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.conversations import words
from backend.core.site import Site
from backend.identity.models import Presence
from channels import attendance
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant, says
from tests.channels.chat import Chat
from tests.channels.conftest import OpenChat
from tests.conftest import Client, MovableClock, SignIn

AWAY = {"there": False, "opens": None}
HERE = {"there": True, "opens": None}


@pytest.fixture
def shop() -> None:
    """The demo shop, by the name the database asks for."""


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has gone is noticed soon, since the clock of a test jumps."""
    monkeypatch.setattr(attendance, "LOOK_EVERY", 0.05)


async def hear(chat: Chat, presence: dict[str, Any]) -> None:
    await chat.until(lambda: chat.presence == presence)


async def glance(technician: Client, path: str = "/api/v1/orders") -> None:
    async with technician.get(path) as response:
        assert response.status == 200


async def test_visitors_hear_at_once_who_comes_and_when_the_last_one_has_gone(
    shop: None, chat: Chat, staff: SignIn, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chat.presence == AWAY
    monkeypatch.setattr(attendance, "LOOK_EVERY", 600.0)  # the hint alone brings it
    first, second = await staff("technician"), await staff("manager")
    await glance(first)
    await hear(chat, HERE)
    monkeypatch.setattr(attendance, "LOOK_EVERY", 0.05)
    clock.move(minutes=3)
    await glance(second, "/staff/orders")  # pages count as well as the API
    clock.move(minutes=3)
    assert chat.presence == HERE, "one has been away for six minutes, the other for three"
    async with second.post("/staff/logout") as response:
        assert response.status == 303
    await hear(chat, AWAY)
    await glance(first)
    await hear(chat, HERE)
    clock.move(minutes=5)
    await hear(chat, AWAY)
    told = [data for event, data in chat.events if event == "presence"]
    assert all(set(data) == {"there", "opens"} for data in told)


async def test_out_of_hours_nobody_is_there_for_customers(shop: None, open_chat: OpenChat, staff: SignIn, clock: MovableClock) -> None:
    clock.set(datetime(2026, 11, 24, 21, 0, tzinfo=UTC))
    await glance(await staff("technician"))
    late = await open_chat()
    opens = {"at": "2026-11-25T09:00:00Z", "title": "Wed 25 Nov, 09:00"}
    await hear(late, {"there": False, "opens": opens})
    clock.set(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    await hear(late, AWAY)


async def test_it_is_written_once_a_minute_and_by_nobody_else(
    shop: None, site: Site, visitor: Client, client: Client, staff: SignIn, clock: MovableClock
) -> None:
    async def seen() -> list[datetime]:
        async with site.work() as session:
            return list(await session.scalars(select(Presence.seen_at)))

    await glance(visitor, "/api/v1/shop")
    async with client.get("/staff/orders", headers={"Cookie": "staff_session=made-up"}):
        assert await seen() == []
    technician = await staff("technician")
    await glance(technician)
    (first,) = await seen()
    clock.move(seconds=50)
    await glance(technician)
    assert await seen() == [first]
    clock.move(seconds=11)
    await glance(technician)
    (second,) = await seen()
    assert second > first
    async with technician.get("/api/v1/shop", headers={"Authorization": f"Bearer {visitor.headers['Authorization'][7:]}"}):
        clock.move(minutes=2)
    assert await seen() == [second], "staff who try the chat are customers there"


async def test_whoever_is_disabled_is_not_there(shop: None, site: Site, staff: SignIn) -> None:
    from backend.identity import staff as people

    await glance(await staff("technician"))
    async with site.work() as session:
        await people.disable(session, (await session.scalars(select(Presence.staff_id))).one())
        assert await session.scalar(select(func.count()).select_from(Presence)) == 0


async def test_a_handoff_while_nobody_is_there_says_so_in_opening_hours(
    shop: None, chat: Chat, turns: Turns, assistant: FakeAssistant, staff: SignIn
) -> None:
    async def hand_off(turn: dict[str, Any]) -> Any:
        return says("I will pass you on.", asks=[{"type": "handoff"}])

    assistant.behaviour = hand_off
    await chat.send("a person please")
    assert (await chat.hear("bot", 2))[-1] == words.waiting(1, opens=None, away=True)
    await chat.send("hello?")
    assert (await chat.hear("bot", 3))[-1] == words.still_waiting(1, opens=None, away=True)
    form = chat.open_part("form")["id"]
    await chat.send(form={"id": form, "values": {"name": "Sam", "phone": "07700 900123"}})
    assert (await chat.hear("system"))[-1].startswith("Thank you. A technician will ring you on +447700900123")
