"""What Rasa's pipeline sees of models.text: one component for intent and entities, with a catalogue that renews itself."""

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.snapshot import Published
from bot.turn import current
from models.text.understanding import Understanding

FALLBACK = "nlu_fallback"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False
)
class Understand(GraphComponent):
    """Intent, device, faults and facts of one message; below `threshold` the intent is the fallback."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.understanding: Understanding | None = None
        self.published: Published | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.4}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "Understand":
        return cls(float(config["threshold"]))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def _ready(self) -> Understanding:
        # Loaded at the first message, not while training, where nobody asks.
        if self.understanding is None:
            self.understanding = Understanding.load()
            self.published = Published(self.understanding)
            self.published.start()
        return self.understanding

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and entities on each message."""
        understanding = self._ready()
        for message in messages:
            text = message.get(TEXT) or ""
            turn = current.get()
            told = understanding.understand(text, turn.now, turn.zone) if turn else understanding.understand(text)
            intent, confidence = told["intent"], told["confidence"]
            if confidence < self.threshold:
                intent = FALLBACK
            message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
            message.set("intent_ranking", [{"name": intent, "confidence": confidence}], add_to_output=True)
            message.set(ENTITIES, entities(understanding, told), add_to_output=True)
        return messages


def entities(understanding: Understanding, told: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts as Rasa's entities; devices and faults with the names people read, so that actions need no catalogue."""
    named: dict[str, Any] = dict(told["entities"])
    for key in ("device", "other_devices", "device_candidates"):
        if key in named:
            slugs = [named[key]] if isinstance(named[key], str) else named[key]
            known = [brief(understanding.devices.by_slug[slug]) for slug in slugs[:24]]
            named[key] = known[0] if key == "device" else known
    if "device" in named:
        named["device"]["siblings"] = [brief(device) for device in understanding.devices.siblings(named["device"]["slug"])]
    if told["faults"]:
        named["faults"] = [{"code": code, "label": understanding.label(code)} for code in told["faults"]]
    return [{"entity": name, "value": value, "extractor": "understanding"} for name, value in named.items()]


def brief(device: dict[str, Any]) -> dict[str, Any]:
    return {name: device[name] for name in ("slug", "name", "brand", "model", "category")}
