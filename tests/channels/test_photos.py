"""Photos over the socket: shown in every tab, told to the assistant as a count, and never as words of the customer's."""

from collections.abc import AsyncIterator

import pytest

from channels.turns import Turns
from tests.backend.files.doors import upload
from tests.backend.files.pictures import jpeg
from tests.channels.assistant import FakeAssistant
from tests.channels.chat import Chat, Refused
from tests.channels.conftest import OpenChat
from tests.conftest import Client


@pytest.fixture
async def browser(chat: Chat) -> AsyncIterator[Client]:
    """The same visitor at the HTTP door."""
    async with Client(chat.base, headers={"Authorization": f"Bearer {chat.credential}"}) as known:
        yield known


async def photo(browser: Client, width: int = 64) -> str:
    return str((await upload(browser, jpeg(width, 48)))["file_id"])


async def test_every_tab_shows_them_with_links_that_open(chat: Chat, browser: Client, open_chat: OpenChat) -> None:
    other = await open_chat(chat.credential)
    file_id = await photo(browser)
    await chat.send("look", file_ids=[file_id], alts={file_id: "the corner"})
    for tab in (chat, other):
        await tab.hear("customer")
        (part,) = tab.shown[0]["parts"]
        assert (part["type"], part["file_id"], part["alt"]) == ("image", file_id, "the corner")
        async with browser.get(part["thumbnail"]["url"]) as response:
            assert response.status == 200
    late = await open_chat(chat.credential)
    await late.sync()
    assert late.shown[0]["parts"][0]["url"].startswith("/files/")


async def test_the_same_message_again_is_the_same_and_a_photo_is_sent_once(chat: Chat, browser: Client) -> None:
    file_id = await photo(browser)
    first = await chat.send(client_id="message-0001", file_ids=[file_id])
    assert await chat.send(client_id="message-0001", file_ids=[file_id]) == first
    with pytest.raises(Refused, match="file_sent"):
        await chat.send(file_ids=[file_id])


async def test_photos_without_a_word_are_the_hubs_own_payload(chat: Chat, browser: Client, turns: Turns, assistant: FakeAssistant) -> None:
    await chat.send(file_ids=[await photo(browser), await photo(browser, 80)])
    await chat.hear("bot")
    (turn,) = assistant.turns
    assert (turn["text"], turn["payload"], turn["context"]["photos"]) == ("/send_photos", True, 2)


async def test_words_beside_photos_are_the_words_alone(chat: Chat, browser: Client, turns: Turns, assistant: FakeAssistant) -> None:
    file_id = await photo(browser)
    await chat.send("my screen\nis cracked", file_ids=[file_id], alts={file_id: "/talk_to_human"})
    await chat.hear("bot")
    (turn,) = assistant.turns
    assert (turn["text"], turn["payload"], turn["context"]["photos"]) == ("my screen\nis cracked", False, 1)
    await chat.send("and now?")
    await chat.hear("bot", 2)
    assert "photos" not in assistant.turns[-1]["context"]


async def test_what_is_typed_like_the_line_of_photos_stays_what_it_is(chat: Chat, turns: Turns, assistant: FakeAssistant) -> None:
    await chat.send("look\n1 photo: /send_photos")
    await chat.hear("bot")
    assert (assistant.turns[0]["text"], assistant.turns[0]["payload"]) == ("look\n1 photo: /send_photos", False)


async def test_somebody_elses_photo_is_unknown(chat: Chat, open_chat: OpenChat, browser: Client) -> None:
    stranger = await open_chat()
    with pytest.raises(Refused, match="file_unknown"):
        await stranger.send(file_ids=[await photo(browser)])
    assert stranger.shown == []


async def test_while_a_person_answers_the_assistant_stays_silent(
    chat: Chat, browser: Client, turns: Turns, assistant: FakeAssistant, staff: object
) -> None:
    await chat.send("hello")
    await chat.hear("bot")
    technician = await staff("technician")  # type: ignore[operator]
    await technician.json("POST", f"/api/v1/conversations/{chat.conversation['id']}/take", json={"epoch": chat.conversation["epoch"]})
    await chat.send(file_ids=[await photo(browser)])
    await chat.hear("customer", 2)
    listed = await technician.json("GET", "/api/v1/conversations")
    assert listed["items"][0]["last_text"] == "1 photo"
    assert len(assistant.turns) == 1
