"""What a message changes in the booking being made: new facts, corrections, withdrawals. Values in, values out."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from models.text.names import words
from models.text.patterns import MARKUP

if TYPE_CHECKING:
    from bot.actions.talk import Talk

CORRECTION = re.compile(r"\b(?:no|nope|not|actually|instead|sorry|meant|i mean|wrong|rather|change|isn'?t)\b", re.IGNORECASE)
ADDITION = re.compile(r"\b(?:also|and|too|as well|plus|both|on top)\b", re.IGNORECASE)
#: A no with thanks is no correction but the end.
THANKS = re.compile(r"\b(?:thanks|thank you|ta|cheers|bye|that'?s all|that'?s it)\b", re.IGNORECASE)
#: "just the back" leaves nothing else.
ONLY = re.compile(
    r"\b(?:just|only) (?!a\b|an\b|now|died|dies|broke|stopped|cracked|fell|went|got|dropped|started|happened|turn|work|charg|last|keeps"
    r"|says|shows|hear)\w",
    re.IGNORECASE,
)
CHANGES = (
    ("time", re.compile(r"\b(?:time|day|date|slot|appointment)\b", re.IGNORECASE)),
    ("contact", re.compile(r"\b(?:e-?mail|name|details|contact|phone number|my number)\b", re.IGNORECASE)),
    ("device", re.compile(r"\b(?:device|model|phone|laptop|iphone)\b", re.IGNORECASE)),
    ("faults", re.compile(r"\b(?:repair|fault|problem|issue)\b", re.IGNORECASE)),
)
ORDINALS = (
    ("first", 0),
    ("1st", 0),
    ("earliest", 0),
    ("soonest", 0),
    ("second", 1),
    ("2nd", 1),
    ("third", 2),
    ("3rd", 2),
    ("fourth", 3),
    ("4th", 3),
    ("fifth", 4),
    ("5th", 4),
    ("sixth", 5),
    ("6th", 5),
    ("last", -1),
    ("latest", -1),
    ("later", -1),
    ("earlier", 0),
)
PLACE = re.compile(
    r"\b(?:one|slot|option|please|time|that|first|second|third|fourth|fifth|sixth|last|earliest|soonest|latest|\d(?:st|nd|rd|th))\b",
    re.IGNORECASE,
)
WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b", re.IGNORECASE)
#: A weekday with more to it than its name.
DATED = re.compile(
    r"\b(?:next|this|coming|week|tomorrow|today|holiday|easter|boxing|good fri(?:day)?"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
    r"|\d(?:st|nd|rd|th)\b|\bthe \d",
    re.IGNORECASE,
)
#: "last monday" is a day, no place in a list.
DAY_NAMED = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b|\b(?:week|month|year|night)\b", re.IGNORECASE)
ASKING = re.compile(
    r"^\W*(?:is|are|was|do(?! it| that)|does|did|will(?! do)|would|can|could|should|may|what|when|where|why|how|who|which)\b|\?\s*$",
    re.IGNORECASE,
)
YES = re.compile(
    r"\b(?:y|ye|yes+|yea+h?|yeh|yep|yup|yh|ya|aye|ok|okay|okey|k|kk|sure|please|pls|go|crack on|do it|do that|will do|ll do|d do|book|"
    r"confirm(?:ed)?|correct|right|perfect|great|good|fine|lovely|grand|champion|sweet|nice|ace|super|smashing|sorted|sounds?|looks?|works?|"
    r"absolutely|definitely|defo|certainly|of course|indeed|exactly|cool|brill(?:iant)?|excellent|wonderful|amazing|spot on|bang on|"
    r"deal|happy|alright|all right|let'?s|continue|proceed|cancel|agreed?|accept(?:ed)?|approved?|why not|that'?s it|that one|"
    r"thanks|thank you|cheers|ta)\b|[\U0001f44d\u2705\U0001f44c]",
    re.IGNORECASE,
)
SURELY = re.compile(r"^\W*(?:yes|yeah|yep|yup|ok|okay|sure|please|go)\b|\b(?:book|cancel) (?:it|that|this|me)\b", re.IGNORECASE)
WHEN = ("date", "date_from", "date_to", "time", "time_from", "time_to", "part_of_day", "soonest")
CONTACT = ("name", "email", "phone")


def absorb(talk: Talk) -> set[str]:
    """Take the message's facts into the case; returns the names of what is new or different."""
    from bot.actions import telling, visit  # which read with this module

    changed: set[str] = set()
    if not telling.absorb(talk, changed):
        _device(talk, changed)
        _faults(talk, changed)
    visit.number(talk.case)
    _when(talk, changed)
    _contact(talk, changed)
    if case_wants_email(talk) and not changed and not talk.chosen and talk.intent == "inform":
        talk.case["bad_email"] = True  # whatever was typed where an address was asked for is none
        changed.add("bad_email")
    return changed


def case_wants_email(talk: Talk) -> bool:
    """Whether nothing but the address is missing of what was asked for."""
    return talk.case.get("step") == "contact" and "name" in talk.case and "email" not in talk.case


def remember(talk: Talk, heard: list[dict[str, Any]]) -> None:
    """Take in what the customer told a person meanwhile, so that it is not asked again; nothing is done about it."""
    now = talk.text, talk.intent, talk.entities, talk.chosen
    for one in heard:
        talk.text, talk.intent, talk.entities, talk.chosen = one["text"], one["intent"], one["entities"], False
        for take in (_device, _faults, _when, _contact):
            take(talk, set())
    talk.text, talk.intent, talk.entities, talk.chosen = now
    talk.case.pop("bad_email", None)
    talk.case.pop("bad_name", None)


def _device(talk: Talk, changed: set[str]) -> None:
    case, told = talk.case, talk.entities
    device = told.get("device") or narrowed(talk)
    if isinstance(device, dict):
        if device["slug"] != (case.get("device") or {}).get("slug"):
            case["device"] = device
            changed.add("device")
        case.pop("candidates", None)
        case.pop("unknown", None)
        return
    if told.get("unknown_device") and talk.intent not in ("affirm", "deny"):
        case["unknown"] = str(told["unknown_device"])[:60]
        case.pop("device", None)
        case.pop("candidates", None)
        changed.add("unknown")
        return
    candidates = told.get("device_candidates") or []
    if candidates and not (case.get("device") and any(c["slug"] == case["device"]["slug"] for c in candidates)):
        case["candidates"] = candidates
        case.pop("device", None)
        case.pop("unknown", None)
        changed.add("candidates")


def narrowed(talk: Talk) -> dict[str, Any] | None:
    """The device a short answer such as "the pro" picks among those asked about."""
    case = talk.case
    pool: list[dict[str, Any]] = case.get("candidates") or []
    said = {w.text.removesuffix("s") if w.text[0].isdigit() else w.text for w in words(talk.text)}  # "both are 13s"
    if not pool or not said or talk.chosen:
        return None
    known = set().union(*({w.text for w in words(d["name"])} for d in pool))
    told = said & known
    if not told or len(said - known) > 6:
        return None
    fitting = [d for d in pool if told <= {w.text for w in words(d["name"])}]
    shortest = min((len(words(d["name"])) for d in fitting), default=0)
    best = [d for d in fitting if len(words(d["name"])) == shortest]
    if len(best) == 1:
        return best[0]
    if len(fitting) > 1:
        case["candidates"] = fitting
    return None


def _faults(talk: Talk, changed: set[str]) -> None:
    case, told = talk.case, talk.entities
    before = {fault["code"]: fault for fault in case.get("faults", [])}
    denied = set(told.get("denied_faults") or [])
    kept = {code: fault for code, fault in before.items() if code not in denied}
    new = {fault["code"]: fault for fault in told.get("faults") or []}
    priced = case.get("quoted")
    another = bool(priced and case.get("device") and priced[0] != case["device"]["slug"])  # told with a fault of its own
    if new and (another or ONLY.search(talk.text)) and not ADDITION.search(talk.text):
        kept = new
    elif new and not (talk.intent == "inform" and set(new) <= set(before)):
        replace = bool(before) and CORRECTION.search(talk.text) and not ADDITION.search(talk.text) and not set(new) & set(before)
        kept = {**({} if replace else kept), **new}
    if set(kept) != set(before):
        case["faults"] = list(kept.values())
        changed.add("faults")


def on_offer(told: dict[str, Any], offered: list[dict[str, Any]], text: str) -> dict[str, Any]:
    """What is told of when, with a bare weekday read as the day of that name among the times on offer: "tuesday 4pm" beside Tue 8 Dec."""
    days = {slot["starts_at"][:10] for slot in offered}
    if "date" not in told or told["date"] in days or not WEEKDAY.search(text) or DATED.search(text):
        return told
    alike = [day for day in days if date.fromisoformat(day).weekday() == date.fromisoformat(told["date"]).weekday()]
    return {**told, "date": alike[0]} if len(alike) == 1 else told


def wish(told: dict[str, Any], former: dict[str, Any], starts_at: str | None, offered: list[dict[str, Any]]) -> dict[str, Any]:
    """The wish for a time after a message: a day replaces it; an hour alone is one on offer, else of the day wished before."""
    if any(name in told for name in ("date", "date_from")):
        return told
    if "time" in told and offered:
        at_once = {slot["starts_at"][:10] for slot in offered if slot["starts_at"][11:16] == told["time"]}
        days = at_once or {slot["starts_at"][:10] for slot in offered}
        if len(days) == 1:
            return {**told, "date": days.pop()}
    new = {**{name: former[name] for name in ("date", "date_from", "date_to") if name in former}, **told}
    if starts_at and not any(name in new for name in ("date", "date_from")):
        new["date"] = starts_at[:10]
    return new


def _when(talk: Talk, changed: set[str]) -> None:
    told = {name: talk.entities[name] for name in WHEN if name in talk.entities}
    if not told:
        return
    offered = talk.case.get("offered") or [] if talk.case.get("step") == "slot" else []
    told = on_offer(told, offered, talk.text)
    talk.case["wish"] = wish(told, talk.case.get("wish") or {}, (talk.case.get("slot") or {}).get("starts_at"), offered)
    changed.add("wish")


def _contact(talk: Talk, changed: set[str]) -> None:
    case, told = talk.case, talk.entities
    for field in CONTACT:
        value = str(told.get(field) or "").strip()
        if field == "name" and (MARKUP.search(value) or told.get("name_invalid")):
            case["bad_name"] = True
            changed.add("bad_name")
        elif value and value != case.get(field):
            case[field] = value
            changed.add(field)
    if told.get("email_invalid") and not told.get("email"):
        case["bad_email"] = str(told["email_invalid"])[:80]
        changed.add("bad_email")


def gives_word(talk: Talk) -> bool:
    """Whether a yes is one in so many words: a question ("is that final?") or a lone word taken for a yes is not enough for a deed."""
    if talk.chosen or SURELY.search(talk.text):
        return True
    return bool(YES.search(talk.text)) and not ASKING.search(talk.text)


def ordinal(text: str, count: int) -> int | None:
    """Which of `count` offered things "the first one" means."""
    if count == 0 or DAY_NAMED.search(text) or not PLACE.search(text):
        return None
    for word, at in ORDINALS:
        if re.search(rf"\b{word}\b", text, re.IGNORECASE) and at < count:
            return at % count
    return None


def hour(text: str) -> int | None:
    """The number that is all of a message, such as `2` or `10 please`: an hour, or a place in a list."""
    match = re.fullmatch(r"\W*(\d{1,2})\W*(?:pls|please|then)?\W*", text.lower())
    return int(match.group(1)) if match else None


def wants_changed(text: str) -> str | None:
    """What a "change …" is about: time, contact, device or faults."""
    if not re.search(r"\b(?:change|different|wrong|another|other|edit|amend|correct)\b", text, re.IGNORECASE):
        return None
    return named_change(text)


def named_change(text: str) -> str | None:
    """What an answer to "what shall I change?" names."""
    return next((name for name, said in CHANGES if said.search(text)), None)
