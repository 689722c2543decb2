"""Decisions about texts, turns and ownership."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.conversations import rules
from backend.conversations.errors import MoveNotAllowed, TextEmpty, TextTooLong
from backend.conversations.models import MOVES, Conversation
from backend.conversations.replies import Question
from backend.conversations.service import _fresh
from channels.questions import as_asked

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@dataclass
class Said:
    text: str
    taken: dict[str, Any] | None = None


@given(st.text())
def test_customer_text_never_looks_like_a_command(text: str) -> None:
    bare = rules.for_assistant(text)
    assert not bare.strip().startswith("/")
    assert not as_asked([Question(1, text, None), Question(2, text, None)]).text.strip().startswith("/")


@given(st.text())
def test_kept_text_can_be_stored_and_is_kept_for_good(text: str) -> None:
    try:
        kept = rules.clean_text(text)
    except TextEmpty:
        return
    assert kept and "\x00" not in kept and rules.clean_text(kept) == kept


def test_text_limits() -> None:
    assert len(rules.clean_text("\U0001f62d" * 4_000)) == 4_000
    with pytest.raises(TextTooLong):
        rules.clean_text("x" * 4_001)
    with pytest.raises(TextEmpty):
        rules.clean_text("\r\n \t\x07")
    assert rules.clean_text("a\r\nb\rc\x07") == "a\nb\nc"


def test_groups_of_messages_make_turns() -> None:
    plain, more, chosen, last = Said("a"), Said("b"), Said("Yes", {"payload": "/affirm"}), Said("c")
    assert rules.next_group([plain, more, chosen, last]) == [plain, more]
    assert rules.next_group([chosen, last]) == [chosen]
    assert rules.next_group([last]) == [last]
    long = Said("x" * 3_000)
    assert rules.next_group([long, Said("y" * 999), last]) == [long, Said("y" * 999)]


@pytest.mark.parametrize(
    "text", ["never mind", "Nevermind!", "oh, never mind thanks", "forget it", "it's ok", "It\u2019s fine now", "no need", "don't bother"]
)
def test_taking_it_back(text: str) -> None:
    assert rules.takes_back(text)


@pytest.mark.parametrize(
    "text", ["", "ok", "never", "never mind the screen, what about the battery?", "I don't mind", "forget it, I want a refund"]
)
def test_not_taking_it_back(text: str) -> None:
    assert not rules.takes_back(text)


@pytest.mark.parametrize(("ago", "wait"), [(None, None), (61, None), (60, None), (59.5, 1), (10, 50)])
def test_a_hundred_messages_a_minute(ago: float | None, wait: int | None) -> None:
    assert rules.wait_after(None if ago is None else NOW - timedelta(seconds=ago), NOW) == wait


def test_the_same_body_is_the_same_whatever_its_order() -> None:
    assert rules.body_hash("customer", {"a": 1, "b": 2}) == rules.body_hash("customer", {"b": 2, "a": 1})
    assert rules.body_hash("customer", {"text": "x"}) != rules.body_hash("technician:1", {"text": "x"})


class Ownership(RuleBasedStateMachine):
    """Whatever happens in whatever order: every move is a new epoch without a turn, and only a technician's has a name."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation(visitor_id=uuid4(), opened_at=NOW, changed_at=NOW, **_fresh())

    @rule(on=st.sampled_from(sorted({on for _, on in MOVES})), seq=st.integers(0, 3))
    def move(self, on: str, seq: int) -> None:
        conversation = self.conversation
        conversation.seq += seq
        before, epoch, episode = conversation.owner, conversation.epoch, conversation.episode
        if (before, on) not in MOVES:
            with pytest.raises(MoveNotAllowed):
                conversation.move(on, NOW, technician_id=uuid4())
            assert (conversation.owner, conversation.epoch) == (before, epoch)
            return
        conversation.move(on, NOW, technician_id=uuid4())
        assert conversation.owner == MOVES[before, on]
        assert conversation.epoch == epoch + 1
        assert conversation.episode == episode + (before == "closed")
        assert conversation.turn_id is conversation.turn_lease is conversation.turn_lease_until is None
        if conversation.owner == "bot":
            assert conversation.answered_seq == conversation.seq

    @precondition(lambda self: self.conversation.owner == "bot")
    @rule()
    def begin_turn(self) -> None:
        self.conversation.turn_id, self.conversation.turn_lease, self.conversation.turn_lease_until = uuid4(), uuid4(), NOW

    @invariant()
    def names_and_times_fit_the_owner(self) -> None:
        assert (self.conversation.owner == "technician") == (self.conversation.technician_id is not None)
        assert (self.conversation.owner == "waiting") == (self.conversation.waiting_since is not None)


TestOwnership = Ownership.TestCase
