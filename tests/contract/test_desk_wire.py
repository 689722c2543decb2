"""What the site puts on the technician's wire has the shape of the samples that the desk is built against."""

from typing import Any

import pytest
from pydantic import BaseModel

from backend.conversations import staff_schemas as shapes
from backend.conversations.schemas import MessageView, PresenceView
from backend.identity.routes import Ticket
from channels.technician import EVENTS, Auth
from tests.contract.test_customer_wire import SAMPLES, sample, shape

SENT: dict[str, type[BaseModel]] = {
    "subscribe": shapes.About,
    "sync": shapes.DeskSync,
    "take": shapes.Move,
    "resolve": shapes.Move,
    "release": shapes.Release,
    "message": shapes.DeskMessage,
    "note": shapes.NewNote,
    "transfer": shapes.Transfer,
    "transfer.queue": shapes.Transfer,
    "snooze": shapes.Snooze,
    "typing": shapes.DeskTyping,
    "read": shapes.DeskRead,
    "status": shapes.StatusMark,
    "beat": shapes.Beat,
}


@pytest.mark.parametrize("name", SENT)
def test_what_the_desk_sends_is_taken(name: str) -> None:
    SENT[name].model_validate(sample(f"desk.send.{name}"))


def test_there_is_a_sample_of_every_event() -> None:
    assert {name.partition(".")[0] for name in SENT} | {"unsubscribe"} == set(EVENTS)
    assert {file.stem.removeprefix("desk.send.") for file in SAMPLES.glob("desk.send.*.json")} == set(SENT)
    Auth.model_validate(sample("desk.connect"))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("desk.ticket", Ticket),
        ("desk.welcome", shapes.Welcome),
        ("desk.conversation", shapes.DeskView),
        ("desk.conversation.waiting", shapes.DeskView),
        ("desk.alert", shapes.Alert),
        ("desk.ack.sync", shapes.DeskChanges),
    ],
)
def test_what_the_desk_is_shown_looks_like_its_sample(name: str, model: type[BaseModel]) -> None:
    shown = sample(name)
    assert shape(model.model_validate(shown).model_dump(mode="json")) == shape(shown)


@pytest.mark.parametrize(
    ("name", "inside", "model"),
    [
        ("desk.message", "message", MessageView),
        ("desk.note", "note", shapes.NoteView),
        ("desk.queue", "rows", shapes.QueueRow),
        ("desk.queue.change", "rows", shapes.QueueRow),
        ("desk.presence", "team", shapes.Member),
        ("desk.presence", "presence", PresenceView),
    ],
)
def test_what_events_carry_looks_like_its_sample(name: str, inside: str, model: type[BaseModel]) -> None:
    shown: Any = sample(name)[inside]
    for one in shown if isinstance(shown, list) else [shown]:
        assert shape(model.model_validate(one).model_dump(mode="json")) == shape(one)
