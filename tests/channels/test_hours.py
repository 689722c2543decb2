"""A customer who asks for a person while the shop is shut is told when it opens, and may leave a number."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.capacity.hours import next_opening
from backend.capacity.rules import Calendar
from backend.conversations import words
from backend.core.ids import uuid7
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant, says
from tests.channels.chat import Chat

NINE_TO_SIX = [(time(9), time(18))]
CALENDAR = Calendar(
    ZoneInfo("Europe/London"), {**dict.fromkeys(range(5), NINE_TO_SIX), 5: [(time(10), time(16))]}, {date(2026, 12, 25): "Christmas"}
)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 24, 8, 59, tzinfo=UTC), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)),
        (datetime(2026, 11, 24, 18, 0, tzinfo=UTC), datetime(2026, 11, 25, 9, 0, tzinfo=UTC)),
        (datetime(2026, 11, 28, 17, 0, tzinfo=UTC), datetime(2026, 11, 30, 9, 0, tzinfo=UTC)),
        (datetime(2026, 12, 24, 20, 0, tzinfo=UTC), datetime(2026, 12, 26, 10, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 8, 30, tzinfo=UTC), None),  # 09:30 in summer
    ],
)
def test_the_next_opening(now: datetime, opens: datetime | None) -> None:
    assert next_opening(CALENDAR, now) == opens


async def test_out_of_hours_a_number_can_be_left_while_waiting(
    chat: Chat, turns: Turns, assistant: FakeAssistant, site: Any, clock: Any
) -> None:
    from backend.capacity.models import Location, OpeningHours

    async with site.work() as session:
        shop = Location(
            id=uuid7(),
            slug="leeds",
            name="RevivaTech",
            street="12 Mill Street",
            city="Leeds",
            postcode="LS1 5AB",
            phone="",
            email="",
            zone="Europe/London",
            holidays="ENG",
            position=1,
        )
        session.add(shop)
        await session.flush()
        session.add_all(OpeningHours(location_id=shop.id, weekday=day, opens=time(9), closes=time(18)) for day in range(5))
    clock.set(datetime(2026, 11, 24, 21, 0, tzinfo=UTC))

    async def hand_off(turn: dict[str, Any]) -> Any:
        return says("I will pass you on.", asks=[{"type": "handoff"}])

    assistant.behaviour = hand_off
    await chat.send("a person please")
    assert (await chat.hear("bot", 2))[-1] == words.waiting(1, opens="Wed 25 Nov, 09:00")
    await chat.send(form={"id": chat.open_part("form")["id"], "values": {"name": "Sam", "phone": "07700 900123"}})
    assert (await chat.hear("system"))[-1].startswith("Thank you. A technician will ring you on +447700900123")
    assert chat.conversation["owner"] == "waiting"
