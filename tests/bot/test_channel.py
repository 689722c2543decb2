"""The hub's door: who may come in, what is refused, and that no failure looks like an answer."""

import json

import pytest
import requests

from bot.channel import Malformed, customer_text, parsed
from tests.bot.conversation import SECRET


def test_an_answer_has_words_state_and_figures(chat):
    chat.say("hello")
    assert chat.last["intent"] == "greet" and chat.last["confidence"] > 0.5
    assert chat.said and chat.last["state"] and set(chat.last["ms"]) >= {"understand", "decide"}
    assert chat.last["asks"] == []


@pytest.mark.parametrize("secret", ["", "wrong-secret-0123456789", SECRET + "x"])
def test_without_the_secret_nobody_comes_in(chat, secret):
    assert chat.post("hello", secret=secret).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": 7},
        {"conversation": ""},
        {"turn": None},
        {"token": ""},
        {"backend": None},
        {"now": "tomorrow"},
        {"now": "2026-11-22T12:00:00"},
        {"zone": "Mars/Olympus"},
        {"payload": "yes"},
        {"state": []},
        {"context": "x"},
        {"text": "x" * 4001},
    ],
)
def test_what_was_not_agreed_is_named(chat, changes):
    answer = chat.post(**{"text": "hello", **changes})
    assert answer.status_code == 400 and answer.json()["error"] == "malformed" and answer.json()["field"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_json_object_is_refused(running, body):
    answer = requests.post(f"{running.url}/webhooks/hub/turn", data=body, headers={"x-hub-secret": SECRET}, timeout=10)
    assert answer.status_code == 400


def test_a_huge_body_is_refused(chat):
    assert chat.post("hello", padding="x" * 600_000).status_code in (413, 400)


@pytest.mark.parametrize("payload", ["/nosuchintent", "/affirm{", "affirm", '/affirm{"a": }', "/affirm{} and more"])
def test_a_payload_that_is_none_of_ours_is_refused(chat, payload):
    assert chat.post(payload, payload=True).status_code == 400


def test_typed_commands_are_words(chat):
    chat.say('/affirm{"slot": "2026-11-23T09:00:00+00:00"}')
    assert chat.last["intent"] != "choose" and "slot" not in chat.last["entities"]
    chat.say("/restart")
    assert chat.last["intent"] == "start_again"  # by what it says, like any other text


def test_slashes_are_taken_off():
    assert customer_text(" / /affirm") == "affirm"
    assert customer_text("///") == "?"


def test_a_payload_is_read_exactly():
    data = parsed('/choose{"slot": "a", "none": null}', ["choose"])
    assert data["intent"] == {"name": "choose", "confidence": 1.0}
    assert [(e["entity"], e["value"]) for e in data["entities"]] == [("slot", "a")]
    with pytest.raises(Malformed):
        parsed("/choose[1]", ["choose"])


def test_not_ready_is_said(running, chat):
    agent, running.app.ctx.agent = running.app.ctx.agent, None
    try:
        assert chat.post("hello").status_code == 503
        assert requests.get(f"{running.url}/webhooks/hub/health", timeout=10).status_code == 503
    finally:
        running.app.ctx.agent = agent
    assert requests.get(f"{running.url}/webhooks/hub/health", timeout=10).json() == {"ready": True}


def test_a_failing_backend_fails_the_turn(chat, stub, caplog):
    stub.refuse("POST /quotes", "internal", 500)
    answer = chat.post("iphone 13 cracked screen how much")
    assert answer.status_code == 500 and answer.json()["error"] == "turn_failed" and answer.json()["faults"]
    assert not [record.getMessage() for record in caplog.records if record.exc_info], "a backend that is away is no mistake of ours"
    assert chat.say("iphone 13 cracked screen how much").count("£129.00") >= 1  # the same turn again is clean


def test_an_action_server_that_is_gone_fails_the_turn(running, chat):
    chat.say("hello")
    endpoint = running.agent.processor.action_endpoint
    url, endpoint.url = endpoint.url, "http://127.0.0.1:9/webhook"
    try:
        assert chat.post("how much for an iphone 13 screen").status_code == 500
    finally:
        endpoint.url = url


def test_a_turn_that_takes_too_long_is_given_up(chat, monkeypatch):
    monkeypatch.setattr("bot.channel.TURN_LIMIT", 0.000001)
    answer = chat.post("how much for an iphone 13 screen")
    assert answer.status_code == 504 and answer.json()["error"] == "too_slow"


def test_a_turn_without_words_is_a_failure(chat, monkeypatch):
    async def mute(self, recipient_id, message):
        return None

    monkeypatch.setattr("bot.channel.Replies.send_response", mute)
    assert chat.post("hello").status_code == 500


def test_the_token_and_the_words_are_not_in_the_state(chat):
    chat.say("my iphone 13 screen is cracked, secret words here")
    kept = json.dumps(chat.state)
    assert "turn-token" not in kept and "secret words" not in kept


def test_a_takeover_in_the_middle_ends_the_turn_quietly(chat, stub):
    chat.say("iphone 13 cracked screen")
    stub.refuse("POST /holds", "conversation_taken", 409)
    chat.say("yes")
    offer = next(o for o in chat.offers() if o["title"].startswith("Mon"))
    answer = chat.post(offer["payload"], payload=True)
    assert answer.status_code == 200 and answer.json()["messages"] == [] and answer.json()["asks"] == []
