"""Choices and forms: only what was offered here and is still open, judged by the fields that were asked."""

import json
from typing import Any

import pytest

from backend.core.site import Site
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant, echo, says
from tests.channels.chat import Chat, Refused
from tests.channels.conftest import OpenChat

CHOICES = {"type": "choices", "choices": [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": '/deny{"why": "other"}'}]}
SLOTS = {
    "type": "slots",
    "slots": [{"starts_at": "2026-11-24T10:30:00+00:00", "title": "Tue 24 Nov, 10:30", "payload": '/inform{"slot": "s1"}'}],
    "more": {"title": "More times", "payload": "/more"},
}
FORM = {
    "type": "form",
    "fields": [
        {"name": "name", "label": "Your name", "type": "text", "required": True, "autocomplete": "name"},
        {"name": "email", "label": "E-mail", "type": "email", "required": True},
        {"name": "phone", "label": "Mobile", "type": "tel", "required": False},
    ],
    "submit": "Continue",
    "payload": '/inform{"step": "contact"}',
}


def offering(*parts: dict[str, Any]) -> Any:
    async def offer(turn: dict[str, Any]) -> Any:
        return says("Here you are.", parts=list(parts))

    return offer


@pytest.fixture
async def offered(chat: Chat, turns: Turns, assistant: FakeAssistant) -> Chat:
    """A chat in which two choices, a slot and a form are open."""
    assistant.behaviour = offering(CHOICES, SLOTS, FORM)
    await chat.send("offer me something")
    await chat.hear("bot")
    assistant.behaviour = echo
    return chat


async def test_payloads_never_leave_the_server(offered: Chat) -> None:
    assert "payload" not in json.dumps(offered.shown) and "/affirm" not in json.dumps(offered.shown)
    assert all(part["open"] for part in offered.shown[-1]["parts"])


async def test_a_choice_becomes_its_payload_and_closes_the_offer(offered: Chat, assistant: FakeAssistant) -> None:
    chosen = offered.choice("No")
    await offered.send(choice=chosen)
    assert await offered.hear("bot", 2)
    assert (assistant.turns[-1]["text"], assistant.turns[-1]["payload"]) == ('/deny{"why": "other"}', True)
    assert offered.said("customer")[-1] == "No" and offered.shown[2]["choice"] == chosen
    parts = offered.shown[1]["parts"]
    assert [part["open"] for part in parts] == [False, False, False]
    assert parts[0]["choices"][1]["chosen"] is True and "chosen" not in parts[0]["choices"][0]
    with pytest.raises(Refused) as refused:
        await offered.send(choice=chosen)
    assert refused.value.code == "choice_closed"


async def test_a_choice_of_another_conversation_is_unknown(offered: Chat, open_chat: OpenChat) -> None:
    stranger = await open_chat()
    with pytest.raises(Refused) as refused:
        await stranger.send(choice=offered.choice("Yes"))
    assert refused.value.code == "choice_unknown"


async def test_newer_offers_close_older_ones(offered: Chat, assistant: FakeAssistant) -> None:
    old = offered.choice("Yes")
    assistant.behaviour = offering(CHOICES)
    await offered.send("something else")
    await offered.hear("bot", 2)
    await offered.until(lambda: offered.shown[1]["parts"][0]["open"] is False)
    with pytest.raises(Refused) as refused:
        await offered.send(choice=old)
    assert refused.value.code == "choice_closed"
    await offered.send(choice=offered.choice("Yes"))


async def test_plain_words_leave_an_offer_open(offered: Chat) -> None:
    await offered.send("do you fix bikes?")
    await offered.hear("bot", 2)
    await offered.send(choice=offered.choice("Yes"))
    assert await offered.hear("bot", 3)


async def test_the_same_choice_twice_at_once_is_one_message(offered: Chat) -> None:
    chosen = offered.choice("Yes")
    first = await offered.send(choice=chosen, client_id="twice-0001")
    assert first == await offered.send(choice=chosen, client_id="twice-0001")


async def test_a_form_becomes_entities_and_is_remembered(offered: Chat, open_chat: OpenChat, assistant: FakeAssistant) -> None:
    form = offered.open_part("form")
    values = {"name": "  Sam   Carter ", "email": "Sam@Example.com", "phone": "07700 900123"}
    await offered.send(form={"id": form["id"], "values": values})
    await offered.hear("bot", 2)
    intent, _, entities = assistant.turns[-1]["text"].partition("{")
    known = {"name": "Sam Carter", "email": "Sam@example.com", "phone": "+447700900123"}
    assert (intent, json.loads("{" + entities)) == ("/inform", {"step": "contact", **known})
    assert offered.said("customer")[-1] == "Your name: Sam Carter\nE-mail: Sam@example.com\nMobile: +447700900123"
    assert assistant.turns[-1]["context"]["customer"] == known
    again = await open_chat(offered.credential)
    assert again.customer == known
    with pytest.raises(Refused) as refused:
        await offered.send(form={"id": form["id"], "values": values})
    assert refused.value.code == "form_closed"


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({}, {"name": "required", "email": "required"}),
        ({"name": "Sam", "email": "sam@"}, {"email": "email_invalid"}),
        ({"name": "Sam", "email": "sam @example.com"}, {"email": "email_invalid"}),
        ({"name": "x" * 201, "email": "sam@example.com"}, {"name": "too_long"}),
        ({"name": "a\nb", "email": "sam@example.com"}, {"name": "not_one_line"}),
        ({"name": "Sam", "email": "sam@example.com", "phone": "call me"}, {"phone": "tel_invalid"}),
        ({"name": "Sam", "email": "sam@example.com", "phone": "123456"}, {"phone": "tel_invalid"}),
        ({"name": "Sam", "email": "sam@example.com", "admin": "yes"}, {"admin": "field_unknown"}),
    ],
)
async def test_wrong_fields_are_named_and_the_form_stays_open(offered: Chat, values: dict[str, str], codes: dict[str, str]) -> None:
    form_id = offered.open_part("form")["id"]
    with pytest.raises(Refused) as refused:
        await offered.send(form={"id": form_id, "values": values})
    assert refused.value.code == "form_invalid" and refused.value.error["codes"] == codes
    assert set(refused.value.error["fields"]) == set(codes)
    await offered.send(form={"id": form_id, "values": {"name": "Sam", "email": "sam@example.com"}})


async def test_a_form_is_no_choice_and_a_choice_no_form(offered: Chat) -> None:
    with pytest.raises(Refused) as refused:
        await offered.send(choice=offered.open_part("form")["id"])
    assert refused.value.code == "choice_unknown"
    with pytest.raises(Refused) as refused:
        await offered.send(form={"id": offered.choice("Yes"), "values": {}})
    assert refused.value.code == "form_unknown"


async def test_parts_without_words_are_said_in_words(chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site) -> None:
    async def wordless(turn: dict[str, Any]) -> Any:
        return says("", parts=[CHOICES, SLOTS])

    assistant.behaviour = wordless
    await chat.send("offer me something")
    assert await chat.hear("bot") == ["1. Yes\n2. No\n3. Tue 24 Nov, 10:30\n4. More times"]
