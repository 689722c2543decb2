"""A booking's card shows its link to its customer, and to nobody who copies the database."""

import json
from typing import Any

from sqlalchemy import text

from backend.core.site import Site
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant
from tests.channels.chat import Chat
from tests.channels.conftest import OpenChat
from tests.channels.test_offers import offering

LINK = "http://127.0.0.1/track/hPkQ2vW9xYzR4tB7nM1cD5fG8jL3sAeU"
CARD = {"type": "booking", "reference": "RT-7F3K2", "tracking_url": LINK, "calendar_url": f"{LINK}/calendar.ics"}


async def test_the_link_is_shown_and_stands_nowhere(
    chat: Chat, turns: Turns, assistant: FakeAssistant, open_chat: OpenChat, site: Site
) -> None:
    assistant.behaviour = offering(CARD)
    await chat.send("book it")
    await chat.hear("bot")

    def links(shown: list[dict[str, Any]]) -> list[Any]:
        return [(part["tracking_url"], part["calendar_url"]) for message in shown for part in message["parts"]]

    assert links(chat.shown) == [(LINK, f"{LINK}/calendar.ics")]
    again = await open_chat(chat.credential)
    await again.sync()
    assert links(again.shown) == links(chat.shown)
    async with site.work() as session:
        tables = (await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))).scalars().all()
        dump = [f"{table}: {row[0]}" for table in tables for row in await session.execute(text(f'SELECT t::text FROM "{table}" t'))]
        assert any("RT-7F3K2" in row for row in dump), "the dump is one"
        assert [row for row in dump if LINK.rpartition("/")[2] in row] == []
        # What was sealed for one conversation opens in no other, and what cannot be opened is left out.
        stored = (await session.execute(text("SELECT parts FROM messages WHERE author_kind = 'bot'"))).scalar_one()
    other = await open_chat()
    await other.send("book it")
    await other.hear("bot")
    async with site.work() as session:
        moved = text("UPDATE messages SET parts = CAST(:parts AS jsonb) WHERE author_kind = 'bot' AND conversation_id = :conversation")
        await session.execute(moved, {"parts": json.dumps(stored), "conversation": other.conversation["id"]})
    reopened = await open_chat(other.credential)
    await reopened.sync()
    assert links(reopened.shown) == [(None, None)]
