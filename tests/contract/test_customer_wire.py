"""What the site puts on the customer's wire has the shape of the samples that every client is built against."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from backend.conversations import errors
from backend.conversations.schemas import (
    Accepted,
    Changes,
    ConversationView,
    Incoming,
    MessageView,
    PresenceView,
    ReadMark,
    SyncRequest,
    TypingMark,
)
from backend.core.errors import Refusal, Unavailable
from backend.core.problems import Broken
from backend.files.errors import FileSent, FilesTooMany, FileUnknown
from backend.files.schemas import FileAnswer
from backend.pricing.schemas import QuoteAnswer
from channels.customer import Auth
from channels.events import EventInvalid

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("connect", Auth),
        ("connect.new", Auth),
        ("send.text", Incoming),
        ("send.choice", Incoming),
        ("send.form", Incoming),
        ("send.photos", Incoming),
        ("send.read", ReadMark),
        ("send.typing", TypingMark),
        ("sync", SyncRequest),
    ],
)
def test_what_clients_send_is_taken(name: str, model: type[BaseModel]) -> None:
    model.model_validate(sample(name))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("conversation", ConversationView),
        ("conversation.waiting", ConversationView),
        ("conversation.closed_shop", ConversationView),
        ("presence", PresenceView),
        ("presence.closed_shop", PresenceView),
        ("message.bot", MessageView),
        ("message.choice", MessageView),
        ("message.customer", MessageView),
        ("message.system", MessageView),
        ("message.photos", MessageView),
        ("message.technician", MessageView),
        ("upload", FileAnswer),
        ("ack.sync", Changes),
    ],
)
def test_what_the_server_says_looks_like_its_sample(name: str, model: type[BaseModel]) -> None:
    shown = sample(name)
    assert shape(model.model_validate(shown).model_dump(mode="json")) == shape(shown)


def test_a_quote_in_the_chat_is_the_quote_of_the_api() -> None:
    shown = sample("part.quote")
    assert shown.pop("type") == "quote" and shown.pop("booked") is None  # which the chat tells of it
    assert shape(QuoteAnswer.model_validate_json(json.dumps(shown)).model_dump(mode="json")) == shape(shown)


def test_an_ack_looks_like_its_sample() -> None:
    shown = sample("ack.message")
    assert shape({"ok": True, **Accepted.model_validate(shown).model_dump(mode="json")}) == shape(shown)


def test_clients_know_every_code() -> None:
    known = set(sample("codes")) - {"_"}
    ours = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refusal)}
    ours |= {FileUnknown.code, FileSent.code, FilesTooMany.code}
    staff_only = {"conversation_taken", "move_not_allowed", "bad_request", "not_found", "conflict", "too_many_requests"}
    staff_only |= {"technician_away", "technician_unknown", "until_invalid", "too_many_open", "not_subscribed"}
    assert {EventInvalid.code, Unavailable.code, Broken.code} | (ours - staff_only) <= known


def shape(value: Any) -> Any:
    """Keys and kinds without the facts; times count by being times."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__
