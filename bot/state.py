"""The assistant's memory of a conversation, carried by the hub: a few events that rebuild the tracker, however long the talk was."""

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses

VERSION = 1
TURNS = 1  # what the rules look back on; everything older lives in the slots
# Rasa searches all its classes for the name of every event it reads.
_KINDS: dict[str, type[Event]] = {kind.type_name: kind for kind in reversed(all_subclasses(Event))}
DROPPED = ("timestamp", "metadata", "message_id", "input_channel", "parse_data", "policy", "hide_rule_turn", "action_text")


def restore(conversation: str, state: dict[str, Any] | None, domain: Domain) -> DialogueStateTracker:
    """The tracker as it was after the last turn; an empty one without a state or with one of another version."""
    if not state or state.get("version") != VERSION:
        return DialogueStateTracker.from_events(conversation, [], domain.slots)
    known = {slot.name for slot in domain.slots}
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted()]
    events += [SlotSet(name, value) for name, value in state["slots"].items() if name in known]
    if state.get("loop"):
        events.append(ActiveLoop(state["loop"]))
    events.append(ActionExecuted("action_listen"))
    events += [_KINDS[event["event"]]._from_parameters(dict(event)) for event in state["events"]]
    return DialogueStateTracker.from_events(conversation, events, domain.slots)


def spoken_of(state: dict[str, Any] | None) -> tuple[str | None, str | None]:
    """What was asked last, a name and an address told apart, and the slug of the device spoken of."""
    slots = (state or {}).get("slots") or {}
    case = slots.get("case") or {}
    asked = None if slots.get("task") else case.get("step")
    if asked == "contact":
        asked = "email" if case.get("name") and not case.get("email") else "name"
    return asked, (case.get("device") or {}).get("slug")


def carry(tracker: DialogueStateTracker) -> dict[str, Any]:
    """The state to keep: slots that differ from their start, the active loop, and the last turns without words or secrets."""
    events = list(tracker.events)
    asked = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    kept = events[asked[-TURNS] :] if len(asked) >= TURNS else (events[asked[0] :] if asked else [])
    slots = {
        name: slot.value for name, slot in tracker.slots.items() if slot.value != slot.initial_value and name != "session_started_metadata"
    }
    before = events[: len(events) - len(kept)]
    loop = next((event.name for event in reversed(before) if isinstance(event, ActiveLoop)), None)
    return {"version": VERSION, "slots": slots, "loop": loop, "events": [lean(e) for e in kept if matters(e, tracker)]}


def matters(event: Event, tracker: DialogueStateTracker) -> bool:
    """Whether the policies would decide differently without this event."""
    if isinstance(event, SlotSet):
        slot = tracker.slots.get(event.key)
        return slot is not None and slot.influence_conversation
    return not isinstance(event, BotUttered)


def lean(event: Event) -> dict[str, Any]:
    """An event as JSON, without what later turns never read; of a customer's message only its intent and the names of its entities stay."""
    told = {name: value for name, value in event.as_dict().items() if name not in DROPPED and value not in (None, {}, [])}
    if isinstance(event, UserUttered):
        intent = {"name": event.intent.get("name"), "confidence": round(event.intent.get("confidence") or 0.0, 3)}
        told = {"event": "user", "text": "", "parse_data": {"intent": intent, "entities": [], "text": ""}}
    if isinstance(event, ActiveLoop):
        told["name"] = event.name
    return told
