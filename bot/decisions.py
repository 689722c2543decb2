"""What the rules decide, remembered: asked twice a turn, they work the same few answers out anew from nothing but intents and actions."""

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecuted, ActiveLoop, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

ROOM = 4096


class Decisions:
    """Stands in a processor's `_predict_next_with_tracker`; what it cannot know by heart it asks as before."""

    def __init__(self, processor: MessageProcessor) -> None:
        self._work_out = processor._predict_next_with_tracker
        domain = processor.domain
        # With these the answer would depend on more than what is looked at here.
        told = [slot.name for slot in domain.slots if slot.influence_conversation]
        told += [name for intent in domain.intents for name in domain.intent_properties[intent].get("used_entities", ())]
        self._trusted = not told and not domain.form_names
        self._known: dict[tuple[str, ...], PolicyPrediction] = {}

    def __call__(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        """The next action for a conversation."""
        seen = self._seen(tracker) if self._trusted and not tracker.followup_action else None
        if seen is None:
            return self._work_out(tracker)
        found = self._known.get(seen)
        if found is None:
            if len(self._known) >= ROOM:
                self._known.clear()
            found = self._known[seen] = self._work_out(tracker)
        return found

    @staticmethod
    def _seen(tracker: DialogueStateTracker) -> tuple[str, ...] | None:
        seen: list[str] = []
        for event in tracker.applied_events():
            if isinstance(event, UserUttered):
                seen.append(f"said {event.intent_name}")
            elif isinstance(event, ActionExecuted):
                seen.append(str(event.action_name))
            elif isinstance(event, ActiveLoop):
                return None
        return tuple(seen)
