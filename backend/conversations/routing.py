"""To whom and how soon a conversation that wants a person goes: its reason, what it is about and how it is said decide."""

import re
from collections.abc import Collection
from typing import NamedTuple

BILLING = "billing"
#: How urgent each reason is, 0 to 3; see `rules.HEAD_STARTS`. What is not named is 0.
PRIORITIES = {
    "safety": 3,
    "anger": 2,
    "refund": 2,
    "complaint": 2,
    "assistant_failing": 1,
    "asked_twice": 1,
    "form_failing": 1,
    "passed_on": 1,
    "technician_gone": 1,
    "payment": 1,
}
SKILLS = {"refund": BILLING, "payment": BILLING, "estimate": BILLING}
#: What a fault takes, where not everybody can do it; the first one found decides.
FAULT_SKILLS = {"water_damage": "liquid", "data_recovery": "data", "no_power": "board-level"}

#: Faults that may hurt somebody: whoever has one and wants a person comes first, whatever they ask about.
DANGERS = {"battery_swollen"}

_ANGRY = re.compile(
    r"\b(?:furious|disgust(?:ed|ing)|disgraceful|outrageous|unacceptable|appalling|ridiculous|pathetic|useless|joke of a|rip[- ]?off|"
    r"scam(?:mers?)?|robbed|fed up|sick (?:and tired )?of|had enough|worst (?:shop|service|company)|never again|how dare|lost my patience|"
    r"trading standards|small claims|my (?:lawyer|solicitor)|angry|livid|fuming|wtf|bullshit|crap|damn(?:ed)?|bloody)\b",
    re.IGNORECASE,
)
_AT_THEM = re.compile(r"\b(?:you|your|yours|u|this (?:shop|bot|place|chat|service)|it'?s been|again|still)\b", re.IGNORECASE)
_SHOUTED = re.compile(r"\b[A-Z]{2,}\b")
#: Less than this in capitals is an abbreviation or a model's name.
_SHOUTED_WORDS = 4


class Route(NamedTuple):
    """How urgent it is, and what whoever takes it should be able to do; None: anybody."""

    priority: int
    skill: str | None


def route(reason: str, *, said: str, faults: Collection[str] = (), kind: str | None = None) -> Route:
    """Where a conversation goes that wants a person for this reason; `kind` is the device's, such as `console`."""
    priority = PRIORITIES.get(reason, 0)
    if is_angry(said):
        priority = max(priority, PRIORITIES["anger"])
    if DANGERS & set(faults):
        priority = PRIORITIES["safety"]
    skill = SKILLS.get(reason) or next((FAULT_SKILLS[fault] for fault in FAULT_SKILLS if fault in faults), None)
    return Route(priority, skill or ("console" if kind == "console" else None))


def is_angry(text: str) -> bool:
    """Whether somebody is angry with us: strong words that are about us, or a shouted sentence of them."""
    strong = len(_ANGRY.findall(text))
    shouted = len(_SHOUTED.findall(text)) >= _SHOUTED_WORDS
    return strong > 1 or (strong == 1 and (shouted or "!!" in text or _AT_THEM.search(text) is not None)) or (shouted and "!!" in text)
