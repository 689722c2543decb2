"""What a customer's words mean: intent, device, faults, and the facts patterns can find. The one door into this package."""

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.text import catalogue, dates, patterns, variants, wishes
from models.text.artifacts import checked
from models.text.classifier import Classifier, features
from models.text.data import REPAIR
from models.text.devices import Devices, Found
from models.text.encoder import Encoder
from models.text.faults import Faults
from models.text.hearing import Hearing
from models.text.kinds import Kinds
from models.text.normal import EMAIL, PHONE, normal
from models.text.paths import ARTIFACTS
from models.text.withdrawn import Withdrawn

ZONE = "Europe/London"
ELSE, SECOND = 0.75, 0.15  # how sure "something else" must be to stand against a subject we know
SHORT = 6  # words up to which a fact in a message that is not understood is rather the message
SURE = 0.4  # below it we had better ask


class Understanding:
    """Loaded models and a catalogue index; `understand` is safe to call from one thread at a time."""

    def __init__(self, encoder: Encoder, intents: Classifier, snapshot: catalogue.Snapshot, faults: Faults, hearing: Hearing) -> None:
        self.encoder, self.intents, self.faults, self.hearing = encoder, intents, faults, hearing
        self.use(snapshot)

    @classmethod
    def load(cls, snapshot: Path | None = None, folder: Path = ARTIFACTS) -> "Understanding":
        """Load and check all files; raises BrokenModel with one sentence when one is missing or broken."""
        intents, encoder = Classifier.load(checked("intents.npz", folder)), Encoder(folder)
        hearing = Hearing.load(checked("hearing.npz", folder))
        return cls(encoder, intents, catalogue.load(snapshot), Faults(encoder.knows), hearing)

    def use(self, snapshot: catalogue.Snapshot) -> None:
        """Know another catalogue from now on; the index is swapped in one assignment."""
        self.labels = {fault["code"]: _within(fault["label"]) for fault in snapshot.get("faults", [])}
        self.phrases = {fault["code"]: str(fault.get("phrase") or self.label(fault["code"])) for fault in snapshot.get("faults", [])}
        self.withdrawn = Withdrawn(self.labels)
        self.suits = {fault["code"]: set(fault.get("categories") or ()) for fault in snapshot.get("faults", [])}
        self.devices = Devices(snapshot, self.encoder.knows)
        names = {*self.devices.by_word, *self.devices.families, *self.devices.brands, *self.devices.foreign}
        self.kinds = Kinds(self.devices.devices, {name for name in names if len(name) > 2})

    def label(self, code: str) -> str:
        """A fault as people read it inside a sentence."""
        return str(self.labels.get(code) or code.replace("_", " "))

    def _fitting(self, faults: list[str], device: dict[str, Any] | None) -> list[str]:
        """The faults this kind of device can have; all of them when it can have none, so that somebody asks."""
        fitting = [code for code in faults if device is None or not self.suits.get(code) or device["category"] in self.suits[code]]
        return fitting or faults

    def _ranking(self, text: str, embedding: Any) -> list[tuple[str, float]]:
        """The intents of a text; of several messages in one turn the last that wants something decides."""
        certain = wishes.certain(text)
        if certain:
            return [(certain, 0.9)]
        lines = [line for line in (normal(line) for line in text.split("\n")) if line][-5:]
        if len(lines) < 2:
            return self.intents.predict(features(normal(text), embedding))
        ranked = [self.intents.predict(features(line, self.encoder.read([line])[0])) for line in lines]
        for wanted in (lambda name: name not in SMALL and name != "inform", lambda name: name == "inform"):
            sure = [ranking for ranking in ranked if ranking[0][1] >= 0.5 and wanted(ranking[0][0])]
            if sure:
                return sure[-1]
        return ranked[-1]

    def understand(
        self, text: str, now: datetime | None = None, zone: str = ZONE, asked: str | None = None, device: str | None = None
    ) -> dict[str, Any]:
        """Everything the text says, as plain JSON values; `asked` is what was asked last, `device` the slug of the one spoken of."""
        now = (now or datetime.now(timezone.utc)).astimezone(ZoneInfo(zone))
        embedding = self.encoder.read([normal(text) or "?"])[0]
        found = self.devices.find(text)
        if device and not (found.device or found.unknown):
            found = self._beside(device, text, asked, dates.find(text, now)) or found
        ranking = self._ranking(text, embedding)
        in_general = (ranking[0][0].startswith("faq_") or ranking[0][0] in NO_FAULT) and ranking[0][1] >= 0.75
        wanted = ranking[0][0] in ("get_quote", "book_repair") and ranking[0][1] >= 0.6
        plain, gone = self.withdrawn.cut(blanked(text, found))
        own = None if gone or found.spans else embedding
        deaf = in_general or (asked == "name" and _two_words(text))  # "its Mark Green" sounds like a tinge on the screen
        told = self.faults.find(plain, None if deaf else lambda clauses: self._heard(clauses, plain, own), wanted)
        told.faults = [code for code in told.faults if code not in gone]
        told.denied = [*gone, *(code for code in told.denied if code not in gone)]
        if in_general:
            told.faults = []  # what is only asked about in general is no fault
        elif not (deaf or told.faults or told.denied) and ranking[0][0] == "describe_problem" and ranking[0][1] >= 0.5:
            told.faults = self._guessed(blanked(text, found))
        entities: dict[str, Any] = {**patterns.find(text), **dates.find(blanked(text, found), now), **device_entities(found)}
        if told.denied:
            entities["denied_faults"] = told.denied
        spoken_of = found.device or (self.devices.by_slug.get(device) if device and not found.candidates else None)
        told.faults = self._fitting(told.faults, spoken_of)
        variant = variants.find(text, spoken_of, found.spans) if spoken_of else {}
        if variant:
            entities["variant"] = variant
        intent, confidence = settle(text, ranking, found, told.faults, entities)
        if gone and intent not in (*REPAIR, "inform", "change"):
            intent, confidence = "describe_problem" if told.faults else "inform", 0.9
        asks_kind = intent in ("faq_supported_devices", "out_of_scope", "nlu_fallback")
        thing = self.kinds.find(text, plainly=not asks_kind) if not (found.device or found.candidates or found.unknown) else {}
        if thing and (asks_kind or not thing["done"]):
            entities.update(thing, kinds=self.kinds.done)
            if not asks_kind:
                intent, confidence, told.faults = "out_of_scope", 0.6, []
        elif intent == "faq_supported_devices":
            entities["kinds"] = self.kinds.done
        if not told.faults and self.intents.strange(normal(text)) and not any(name in entities for name in CONTENT):
            person = patterns.bare_name(text) if text[:1].isupper() else None
            intent, confidence = ("inform", 0.6) if person else ("nlu_fallback", 0.0)
            if person:
                entities["name"] = person
        part = PART_ALONE.fullmatch(text.strip()) if asked == "slot" else None
        if part:  # among times on offer "evening" is no greeting
            entities["part_of_day"] = part.group("part").lower()
            intent, confidence = "inform", 0.9
        if asked == "slot" and INDIFFERENT.fullmatch(text.strip()):
            entities["soonest"] = True
            intent, confidence = "inform", 0.9
        if asked == "name" and intent == "inform" and told.faults and _two_words(text):
            told.faults = []  # "it's Mark Green" tells of no mark
        if asked in ("name", "email") and not told.faults and not found.device:
            intent, confidence = self._answer(text, asked, intent, confidence, entities)
        elif asked == "confirm" and patterns.RATHER.match(text) and not (told.faults or found.device or set(entities) & set(CONTENT)):
            person, _ = patterns.answered_name(text)
            if person:  # "make that Kimberly", where all is read back
                entities["name"] = person
                intent, confidence = "inform", max(confidence, 0.6)
        return {
            "intent": intent,
            "confidence": round(confidence, 4),
            "faults": told.faults,
            "device": {"brand": found.device["brand"], "model": found.device["model"]} if found.device else None,
            "entities": entities,
        }

    def _heard(self, clauses: list[str], text: str, embedding: Any) -> list[list[str]]:
        """What clauses sound like; where the message is a single clause, its own vector is at hand."""
        alone = embedding is not None and len(self.faults.clauses(text)) == 1
        vectors = [embedding] if alone else self.encoder.read(clauses)
        return [self.hearing.heard(clause, vector) for clause, vector in zip(clauses, vectors, strict=True)]

    def _guessed(self, text: str) -> list[str]:
        """The likeliest fault of a text that surely tells of one and names none."""
        clauses = self.faults.clauses(text) or ["?"]
        clauses = list(dict.fromkeys([" ".join(clauses), *clauses]))
        return self.hearing.guess(clauses, self.encoder.read(clauses))

    def _beside(self, device: str, text: str, asked: str | None, when: dict[str, Any]) -> Found | None:
        """The brother of the device spoken of; beside a day or an hour, and among times on offer, "the 14" is rather a day."""
        if ("date" in when or "time" in when) or (asked == "slot" and not re.search(r"\b(?:for|about) (?:the|an?)\b", text.lower())):
            return None
        near = self.devices.beside(device, text)
        return near if near.device else None

    def _answer(self, text: str, asked: str, intent: str, confidence: float, entities: dict[str, Any]) -> tuple[str, float]:
        """Where a name or an address was asked for, words that are a name and nothing else are the answer, whatever they resemble."""
        if asked == "name" and "phone" in entities and "name" not in entities:
            person, _ = patterns.answered_name(PHONE.sub(" ", text))
            if person:
                entities["name"] = person
                return "inform", max(confidence, 0.6)
        if any(name in entities for name in ("name", "email", "email_invalid", "phone")):
            # "you can send it to jo@…" asks nothing about posting.
            answers = "?" not in text and (intent.startswith("faq_") or intent in ("nlu_fallback", "out_of_scope", "greet"))
            return ("inform", max(confidence, 0.6)) if answers else (intent, confidence)
        if asked == "name" and patterns.MARKUP.search(text):
            entities["name_invalid"] = text[:40]
            return "inform", 0.6
        person, corrects = patterns.answered_name(text)
        proper = text.strip()[:1].isupper()
        if person is None or (asked == "email" and not (corrects or (proper and " " in person))):
            return intent, confidence
        if intent not in ("inform", "nlu_fallback", "out_of_scope") and confidence >= (0.95 if corrects or proper else 0.6):
            return intent, confidence
        for name in WHEN:
            entities.pop(name, None)
        entities["name"] = person
        return "inform", max(confidence, 0.6)


def _two_words(text: str) -> bool:
    """Whether a text is first and last name and what leads up to them, by its length."""
    return len(patterns.SORRY.sub("", patterns.LEAD.sub("", text.strip())).split()) == 2


def blanked(text: str, found: Found) -> str:
    """The text without addresses and with `device` for device names: "pixel", "iphone 13 at 4", "browser@…" say no fault and no date."""
    for start, end in sorted(found.spans, reverse=True):
        text = f"{text[:start]} device {text[end:]}"
    return EMAIL.sub(" ", text)


def device_entities(found: Found) -> dict[str, Any]:
    """What the dialogue needs to know of devices, beside the public answer."""
    told: dict[str, Any] = {}
    if found.device:
        told["device"] = found.device["slug"]
    if found.others:
        told["other_devices"] = [device["slug"] for device in found.others]
    if found.candidates:
        told["device_candidates"] = [device["slug"] for device in found.candidates]
    if found.brand:
        told["brand"] = found.brand
    if found.unknown and not found.device:
        told["unknown_device"] = found.unknown
    return told


# Whoever says these tells of no fault, whatever words they use.
NO_FAULT = (
    "out_of_scope",
    "pay",
    "ask_refund",
    "approve_estimate",
    "decline_estimate",
    "injection",
    "recall",
    "start_again",
    "stop_messages",
    "goodbye",
    "unlock_foreign",
    "bot_challenge",
    "thank",
    "more_times",
    "abuse",
    "greet",
    "affirm",
    "cancel_booking",
    "reschedule_booking",
    "ask_repair_status",
)
# What is said beside what is wanted.
SMALL = ("greet", "thank", "goodbye", "affirm", "deny", "bot_challenge", "out_of_scope", "recall")
# Said of a part of the repair and of nothing that is booked, these only take the part away.
PART_ALONE = re.compile(r"(?:in the |any |an? )?(?P<part>morning|afternoon|evening)s?(?: please| pls| then)?[.!?]*", re.IGNORECASE)
INDIFFERENT = re.compile(
    r"(?:(?:i )?(?:really )?(?:don'?t mind|not fussed|not bothered|any(?: of (?:them|those|these))?(?: one| time| will do| is fine)?"
    r"|whichever|either|up to you|you (?:choose|pick)"
    r"|whatever(?:'s| is)? (?:best|easiest|first|free))(?: mate| love| thanks| ta| please)?[\s,.!]*)+",
    re.IGNORECASE,
)
GIVEN_UP = ("cancel", "cancel_booking", "deny", "start_again", "decline_estimate", "complaint", "out_of_scope", "stop_messages")
BOOKED = re.compile(r"\b(?:booking|appointment|appt|order|repair|slot|visit|estimate|rt-?\w{5})\b")
WHEN = ("date", "date_from", "date_to", "time", "time_from", "time_to", "part_of_day", "soonest")
CONTENT = (
    *WHEN,
    "date_invalid",
    "device",
    "email",
    "email_invalid",
    "phone",
    "name",
    "postcode",
    "reference",
)


def settle(text: str, ranking: list[Any], found: Found, faults: list[str], entities: dict[str, Any]) -> Any:
    """The intent with its confidence, after what the extractors know has been weighed in."""
    intent, confidence = ranking[0]
    if intent == "faq_other" and confidence < ELSE and ranking[1][1] >= SECOND:
        intent, confidence = ranking[1][0], confidence + ranking[1][1]  # "something else" is only what is nothing we know
    if not any(letter.isalnum() for letter in text) and not any(mark in text for mark in "👍👎🙏✅"):
        return "nlu_fallback", 0.0
    if len(text) > 3 and len(set(text.lower().replace(" ", ""))) == 1:
        return "nlu_fallback", 0.0
    if intent in ("describe_problem", "inform", "complaint") and wishes.blames(text) and not wishes.topic(text):
        return "complaint", max(confidence, 0.6)  # before what is denied: "the screen you fitted" is a past repair, and ours
    if entities.get("denied_faults") and not faults and intent in GIVEN_UP and not BOOKED.search(text.lower()):
        return "inform", max(confidence, 0.6)  # "forget the battery" leaves the rest as it was
    asks_price = wishes.asks_price(text)
    wished = _wished(text, intent, confidence, bool(found.device or found.candidates or found.unknown), bool(faults), asks_price)
    if wished:
        return wished, max(confidence, 0.6)
    if confidence < 0.5 and intent.startswith("faq_") and faults:
        return "describe_problem", 0.6
    content = any(name in entities for name in (*CONTENT, "denied_faults")) or bool(found.candidates or found.unknown)
    if confidence < 0.5 and faults:
        return (intent if intent in REPAIR else "describe_problem"), 0.6
    told = any(name in entities for name in ("email", "phone", "device"))
    if confidence < 0.6 and told and not faults and not asks_price and intent in ("book_repair", "get_quote"):
        return "inform", 0.6
    if content and confidence < (0.5 if len(text.split()) <= SHORT else 0.3):
        return ("book_repair" if intent == "book_repair" and wishes.asks_visit(text) else "inform"), 0.6
    if intent == "inform" and confidence < 0.5 and not content:
        return "nlu_fallback", min(confidence, 0.3)
    return (intent, confidence) if confidence >= SURE else ("nlu_fallback", confidence)


def _wished(text: str, intent: str, confidence: float, device: bool, fault: bool, asks_price: bool) -> str | None:
    """Beside a device or a fault the words decide: who asks for a price wants one, who asks to come wants a time, else a fault is told."""
    asked = wishes.topic(text)
    if fault and asked and not asks_price and (confidence < 0.8 or intent == asked):
        return asked
    if not (device or fault) or not (intent in (*REPAIR, "inform") or confidence < 0.5):
        return None
    asks_visit = wishes.asks_visit(text)
    if asks_visit and (intent == "book_repair" or not asks_price) and (fault or intent != "inform" or confidence < 0.9):
        return "book_repair"
    if asks_price:
        return "get_quote"
    if fault and intent in ("get_quote", "book_repair", "inform") and confidence < 0.7:
        return "describe_problem"
    return None


def _within(label: str) -> str:
    """A label as it stands inside a sentence; names such as Wi-Fi and HDMI keep their capitals."""
    return label[:1].lower() + label[1:] if label.split()[0][1:].islower() else label
