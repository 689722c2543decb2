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
from bot.turn import Turn, current
from models.text import several
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
        global loaded
        if self.understanding is None:
            self.understanding = loaded = Understanding.load()
            self.published = Published(self.understanding)
            self.published.start()
        return self.understanding

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and entities on each message."""
        understanding = self._ready()
        for message in messages:
            text = message.get(TEXT) or ""
            turn = current.get()
            beside = (turn.now, turn.zone, turn.asked, turn.device) if turn else ()
            told = understanding.understand(text, *beside)
            intent, confidence = told["intent"], told["confidence"]
            if confidence < self.threshold:
                intent = FALLBACK
            message.set(INTENT, {"name": intent, "confidence": confidence}, add_to_output=True)
            message.set("intent_ranking", [{"name": intent, "confidence": confidence}], add_to_output=True)
            known = facts(understanding, told)
            apart = several.apart(understanding, text, intent, turn.now if turn else None, turn.zone if turn else "Europe/London")
            if apart:
                known["apart"] = [{**facts(understanding, one), "kind": one["kind"]} for one in apart]
            found = [{"entity": name, "value": value, "extractor": "understanding"} for name, value in known.items()]
            message.set(ENTITIES, found, add_to_output=True)
        return messages


#: The models in use, for what is to be understood beside the turn's own message.
loaded: Understanding | None = None


def heard(texts: list[str], turn: Turn) -> list[dict[str, Any]]:
    """What was written to somebody else, each text with its intent and facts; nothing while the models are not loaded."""
    if loaded is None:
        return []
    told = [(text, loaded.understand(text, turn.now, turn.zone)) for text in texts]
    return [{"text": text, "intent": one["intent"], "entities": facts(loaded, one)} for text, one in told]


def facts(understanding: Understanding, told: dict[str, Any]) -> dict[str, Any]:
    """The facts of a text; devices and faults with the names people read, so that actions need no catalogue."""
    named: dict[str, Any] = dict(told["entities"])
    for key in ("device", "other_devices", "device_candidates"):
        if key in named:
            slugs = [named[key]] if isinstance(named[key], str) else named[key]
            known = [brief(understanding.devices.by_slug[slug]) for slug in slugs[:24]]
            named[key] = known[0] if key == "device" else known
    if told["faults"]:
        named["faults"] = [
            {"code": code, "label": understanding.label(code), "phrase": understanding.phrases.get(code)} for code in told["faults"]
        ]
    return named


def brief(device: dict[str, Any]) -> dict[str, Any]:
    return {name: device[name] for name in ("slug", "name", "brand", "model", "category")}
