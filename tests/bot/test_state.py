"""The carried state stays small however long the talk is, and rebuilds what mattered."""

import json

from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import state

TALK = [
    "hello",
    "how much for an iphone 13 screen",
    "are you open on sundays",
    "what do you know so far",
    "is there a warranty",
    "the 13 mini",
    "where are you",
]


def test_turn_200_is_as_large_as_turn_5(chat):
    sizes = []
    for turn in range(200):
        chat.say(TALK[turn % len(TALK)])
        sizes.append(len(json.dumps(chat.state)))
    early, late = max(sizes[5:20]), max(sizes[-20:])
    assert late <= early * 1.1
    assert late < 16_000


def test_a_rebuilt_tracker_knows_its_slots_and_last_intents(running):
    domain = running.agent.domain
    events = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    for turn in range(10):
        events += [UserUttered(f"text {turn}", {"name": "greet", "confidence": 1.0}), ActionExecuted("action_greet"), BotUttered("hello")]
        events += [SlotSet("misses", turn), ActionExecuted("action_listen")]
    kept = state.carry(DialogueStateTracker.from_events("c", events, domain.slots))
    again = state.restore("c", json.loads(json.dumps(kept)), domain)
    assert again.get_slot("misses") == 9
    assert again.latest_action_name == "action_listen"
    assert len([e for e in again.events if isinstance(e, UserUttered)]) == state.TURNS
    assert state.carry(again)["slots"] == kept["slots"]


def test_a_state_of_another_version_starts_afresh(chat):
    chat.say("iphone 13 cracked screen")
    chat.state["version"] = 0
    chat.say("what do you know so far")
    assert "Nothing yet" in chat.said
