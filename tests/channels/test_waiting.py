"""A customer who waits for a person: what they write arrives, and they are told so, by socket and by HTTP, without being spammed."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.conversations import desk, rules, turns, waiting, words, writing
from backend.conversations.models import Conversation
from backend.conversations.replies import Handoff
from backend.core import race
from backend.core.site import Site
from tests.channels.chat import Chat, Refused
from tests.channels.conftest import OpenChat
from tests.conftest import Client

EVENING = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
OPENS = "Wed 25 Nov, 09:00"
NEXT = words.still_waiting(1, opens=None)


@pytest.fixture
def shop() -> None:
    """The demo shop, by the name the database asks for."""


async def queue_up(site: Site, conversation_id: str) -> None:
    """Let a conversation wait for a person, as a turn of the assistant's does at its end."""
    async with site.work() as session:
        conversation = await session.get_one(Conversation, UUID(conversation_id), with_for_update=True)
        at = await desk.look(session)
        wish = Handoff("customer_asked", {}, lambda place: waiting.begun(place, at, conversation.contact))
        await turns.hand_off(session, conversation, wish)
        await session.flush()
        await writing.announce(session, conversation)


@pytest.fixture
async def queued(shop: None, chat: Chat, site: Site, staff: Any) -> Chat:
    """Somebody who waits while a technician is there."""
    await (await staff("technician")).json("GET", "/api/v1/orders")
    await queue_up(site, chat.conversation["id"])
    await chat.sync()
    return chat


def shown_by(chat: Chat) -> list[str]:
    return chat.said("bot")[1:]


@pytest.mark.parametrize("text", ["thanks", "I want my money back", "hello??", "/restart"])
async def test_whatever_a_waiting_customer_writes_is_acknowledged(queued: Chat, text: str) -> None:
    assert queued.said("bot") == [words.waiting(1, opens=None)]
    await queued.send(text)
    await queued.hear("bot", 2)
    assert shown_by(queued) == [NEXT]
    assert [choice["title"] for choice in queued.open_part("choices")["choices"]] == [words.CARRY_ON]
    await queued.send(choice=queued.choice(words.CARRY_ON))
    await queued.until(lambda: queued.said("system") == [words.NEVER_MIND])


async def test_the_place_is_the_place_at_that_moment(queued: Chat, open_chat: OpenChat, site: Site, staff: Any) -> None:
    second = await open_chat()
    await queue_up(site, second.conversation["id"])
    await second.send("how long will it be?")
    assert (await second.hear("bot", 2))[-1] == words.still_waiting(2, opens=None)
    await (await staff("technician")).json("POST", f"/api/v1/conversations/{queued.conversation['id']}/take", json={"epoch": 2})
    for text in ("hello", "anybody?", "hello", "HELLO"):
        await second.send(text)
    assert (await second.hear("bot", 3))[-1] == words.still_waiting(1, opens=None)


async def test_it_neither_spams_nor_goes_silent(queued: Chat, clock: Any) -> None:
    async def say(count: int) -> list[str]:
        for _ in range(count):
            await queued.send("and another thing")
        await queued.sync()
        return shown_by(queued)

    assert await say(1) == [NEXT]
    assert await say(3) == [NEXT], "three in a row are heard, and not commented upon"
    assert await say(1) == [NEXT] * 2
    assert await say(1) == [NEXT] * 2
    clock.move(minutes=3)
    assert await say(1) == [NEXT] * 3
    open_choices = [part for message in queued.shown for part in message["parts"] if part["open"]]
    assert len(open_choices) == 1, "older ways back are closed"


@pytest.mark.parametrize("text", ["cancel", "Cancel it please", "forget it then, I'll go elsewhere", "stop", "i don\u2019t need this"])
async def test_who_may_no_longer_want_to_wait_is_offered_the_way_back_at_once(queued: Chat, text: str) -> None:
    await queued.send("hello?")
    await queued.hear("bot", 2)
    await queued.send(text)
    await queued.send(text)
    await queued.hear("bot", 3)
    await queued.sync()
    assert shown_by(queued) == [NEXT, words.STAY_OR_GO]
    assert queued.conversation["owner"] == "waiting"
    await queued.send(choice=queued.choice(words.CARRY_ON))
    await queued.until(lambda: queued.conversation["owner"] == "bot")


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("cancel", True),
        ("please leave it", True),
        ("changed my mind", True),
        ("I want my money back", False),
        ("my phone stopped charging", False),
        ("thanks", False),
        ("I wanted to tell you that I had to cancel my holiday over this and that the phone is still not charging at all", False),
    ],
)
def test_what_may_take_back(text: str, may: bool) -> None:
    assert rules.may_take_back(text) is may
    assert not rules.takes_back(text)


async def test_the_same_message_again_is_acknowledged_once(queued: Chat) -> None:
    first = await queued.send("hello?", client_id="again-0001")
    assert first == await queued.send("hello?", client_id="again-0001")
    with pytest.raises(Refused):
        await queued.send("another", client_id="again-0001")
    await queued.sync()
    assert shown_by(queued) == [NEXT]


async def test_ten_at_once_hear_it_in_turn(queued: Chat, client: Client) -> None:
    path = f"/api/v1/conversations/{queued.conversation['id']}/messages"
    headers = {"Authorization": f"Bearer {queued.credential}"}

    async def post(number: int) -> Any:
        return await client.json("POST", path, status=201, json={"client_id": f"at-once-{number:02}", "text": "hello"}, headers=headers)

    await asyncio.gather(*(post(number) for number in range(10)))
    await queued.sync()
    kinds = [message["author"]["kind"] for message in queued.shown][1:]
    assert kinds == ["customer", "bot", *["customer"] * 4, "bot", *["customer"] * 4, "bot", "customer"]


async def test_a_message_that_meets_a_takeover_gets_a_person_and_no_sentence_of_ours(queued: Chat, staff: Any) -> None:
    person = await staff("technician")

    async def take() -> None:
        race.clear()
        await person.json("POST", f"/api/v1/conversations/{queued.conversation['id']}/take", json={"epoch": 2})

    race.place("message.lock", take)
    await queued.send("cancel")
    await queued.sync()
    assert shown_by(queued) == [] and queued.shown[-1]["text"] == "cancel"


async def test_by_http_and_out_of_hours(shop: None, visitor: Client, site: Site, clock: Any, staff: Any) -> None:
    clock.set(EVENING)
    opened = await visitor.json("POST", "/api/v1/conversations", status=201)
    conversation_id = opened["conversation"]["id"]
    path = f"/api/v1/conversations/{conversation_id}"
    assert opened["conversation"]["opens"] is None, "the assistant is always there"
    await queue_up(site, conversation_id)
    view = await visitor.json("GET", path)
    assert (view["owner"], view["place"], view["opens"]) == ("waiting", 1, {"at": "2026-11-25T09:00:00Z", "title": OPENS})

    async def say(**body: Any) -> dict[str, Any]:
        await visitor.json("POST", f"{path}/messages", status=201, json={"client_id": str(uuid4()), **body})
        page = await visitor.json("GET", f"{path}/messages?limit=200")
        return max(page["messages"], key=lambda message: message["seq"])

    shown = await say(text="hello??")
    assert shown["text"] == words.still_waiting(1, opens=OPENS)
    form = next(part for part in shown["parts"] if part["type"] == "form")
    assert form["open"] and [field["name"] for field in form["fields"]] == ["name", "phone"]
    kept = await say(form={"id": form["id"], "values": {"phone": "07700 900123"}})
    assert (kept["author"]["kind"], kept["text"]) == ("system", words.number_kept("+447700900123", opens=OPENS))
    clock.move(minutes=5)
    shown = await say(text="ok thanks")
    assert shown["text"] == words.still_ringing("+447700900123", opens=OPENS)
    assert [part["type"] for part in shown["parts"]] == ["choices"]
    clock.set(datetime(2026, 11, 25, 9, 0, tzinfo=UTC))
    assert (await visitor.json("GET", path))["opens"] is None
    listed = await (await staff("technician")).json("GET", "/api/v1/conversations?owner=waiting")
    assert listed["items"][0]["handoff"]["call_back"] == "+447700900123"
