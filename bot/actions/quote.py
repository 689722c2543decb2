"""From what the customer tells to a price: which device, what is wrong, what it costs."""

import re
from typing import Any

from bot.actions import visit, words
from bot.actions.backend import Refused
from bot.actions.talk import Talk

#: How customers ask for parts other than the usual ones.
ASKED_GRADES = {
    "standard": re.compile(r"\b(?:cheap(?:er|est)?|budget|copy|compatible|less expensive|lower price)\b", re.IGNORECASE),
    "genuine": re.compile(r"\b(?:genuine|original|oem|official|better (?:part|screen|battery|quality))\b", re.IGNORECASE),
}
#: A yes to going on rather than to what was suggested beside it.
ONWARD = re.compile(r"\b(?:book|find|slot|time|go on|go ahead|carry on|crack on|do it)\b", re.IGNORECASE)
#: What may not be done with such a device, asked about or told.
HANDLING = re.compile(
    r"^(?!.*\b(?:photos?|pictures?|pics|data|files|saves?|contacts|messages|backup)\b).*\b(?:charg\w*|plug\w*|safe|danger\w*|explode\w*|fire|overnight"
    r"|(?:us(?:e|ing)|keep|leave|switch|turn|press|push|poke|pop|bin)\b.{0,20}\b(?:it|on|the (?:phone|laptop|tablet|battery)))\b",
    re.IGNORECASE | re.DOTALL,
)
#: Whoever does not know the model is told where it stands.
UNSURE = re.compile(
    r"\b(?:don'?t|do not|dunno|no (?:idea|clue)|not sure|unsure|can'?t (?:tell|remember|find)"
    r"|(?:how|where) (?:do|can|would|could) i (?:tell|find|know|check|see|look)|which \w+(?: \w+)? (?:do|have) i)\b",
    re.IGNORECASE,
)
#: By kind and whether Apple made it.
MADE = {
    **dict.fromkeys((("laptop", True), ("desktop", True)), "mac"),
    **dict.fromkeys((("phone", True), ("tablet", True)), "apple"),
    **dict.fromkeys((("phone", False), ("tablet", False)), "android"),
    **dict.fromkeys((("laptop", False), ("desktop", False)), "computer"),
    **dict.fromkeys((("console", True), ("console", False)), "console"),
    **dict.fromkeys((("watch", True), ("watch", False)), "watch"),
}
MOST_OFFERED = 4
DANGERS = {"battery_swollen": "utter_safety_battery", "water_damage": "utter_safety_liquid"}


def ask_device(talk: Talk) -> None:
    """Ask which device, in the way that fits what is known."""
    case = talk.case
    again = case.get("step") == "device" and not talk.entities.get("faults")
    case["step"] = "device"
    candidates: list[dict[str, Any]] = case.get("candidates") or []
    if case.get("unknown"):
        talk.task = {"kind": "handoff", "reason": "unknown_device"}  # a bare yes takes the first of the two ways on
        talk.say("utter_unknown_device", device=case["unknown"])
    elif candidates and not talk.chosen and (UNSURE.search(talk.text) or (again and not talk.entities.get("device_candidates"))):
        told, case["where_told"] = case.get("where_told"), True
        response = "utter_model_not_found" if told else f"utter_where_model_{_kind(candidates)}"
        talk.say(response, _to_choose(candidates), device=visit.called(case) or visit.shared(candidates))
    elif candidates:
        family = visit.shared(candidates) if case.get("nth") is None else visit.called(case)
        talk.say("utter_ask_which_device" if family else "utter_ask_which", _to_choose(candidates), device=family)
    elif again:
        talk.say("utter_ask_device_again")
    elif case.get("faults"):
        talk.say("utter_ask_device_known_fault", faults=words.phrases(case))
    else:
        talk.say("utter_ask_device")


def _to_choose(candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    offered = candidates if len(candidates) <= MOST_OFFERED else []
    return words.choices([{"title": device["name"], "payload": payload("choose", device=device)} for device in offered])


def _kind(candidates: list[dict[str, Any]]) -> str:
    """Which of the ways to find out the model holds for all of these."""
    kinds = {(device["category"], device["brand"] == "Apple") for device in candidates}
    return MADE.get(kinds.pop(), "any") if len(kinds) == 1 else "any"


def say_repaired(talk: Talk) -> None:
    """Say whether the thing asked about is repaired here, and what is."""
    thing, kinds = talk.entities.get("thing"), words.joined(talk.entities.get("kinds") or [])
    if thing and not talk.entities.get("done"):
        talk.say("utter_not_repaired", thing=thing, kinds=kinds)
    elif thing and not talk.case.get("step"):
        talk.say("utter_repaired", thing=thing)
    else:
        talk.say("utter_faq_supported_devices", kinds=kinds)


def ask_faults(talk: Talk) -> None:
    """Ask what is wrong with the device."""
    case = talk.case
    again = case.get("step") == "faults" and case.get("asked_of") == case["device"]["slug"]
    # Asked in vain, or of somebody who cannot tell: then examples help, or a technician's questions.
    helps = UNSURE.search(talk.text) or (again and case.get("asked_twice") == case["asked_of"])
    case["step"], case["asked_of"] = "faults", case["device"]["slug"]
    if again:
        case["asked_twice"] = case["asked_of"]
    response = "utter_ask_fault_help" if helps else "utter_ask_fault_again" if again else "utter_ask_fault"
    talk.say(response, device=visit.called(case))


def payload(intent: str, **values: Any) -> str:
    """A choice of ours as the hub keeps it."""
    import json

    return f"/{intent}{json.dumps(values, ensure_ascii=False)}"


def warn(talk: Talk) -> None:
    """Safety comes before prices; said once for each danger."""
    advised = talk.case.setdefault("advised", [])
    for fault in talk.case.get("faults", []):
        response = DANGERS.get(fault["code"])
        if response and fault["code"] not in advised:
            advised.append(fault["code"])
            talk.say(response)


def warned_again(talk: Talk) -> bool:
    """Say the safety advice once more to whoever asks whether a dangerous device may be charged, used or kept; False otherwise."""
    codes = [fault["code"] for one in visit.entries(talk.case) for fault in one.get("faults") or [] if fault["code"] in DANGERS]
    if not codes or talk.chosen or not HANDLING.search(talk.text):
        return False
    talk.say(DANGERS[codes[0]])
    return True


def stale(case: dict[str, Any]) -> bool:
    """Whether the quote is missing or for something else than what is known now."""
    return case.get("quoted") != [case["device"]["slug"], sorted(fault["code"] for fault in case["faults"])]


async def renew(talk: Talk) -> bool:
    """Get a quote for what is known; False, with words and a way on, where the shop has no price."""
    case = talk.case
    if case.get("hold"):
        await talk.backend.let_go(case["hold"]["id"])
    if case.get("slot"):
        case["was"] = case["slot"]["starts_at"]  # the time still suits, whatever the price is now
    for name in ("quote", "quoted", "agreed", "slot", "hold", "offered", "shown"):
        case.pop(name, None)
    codes = sorted(fault["code"] for fault in case["faults"])
    try:
        quote = await talk.backend.quote(case["device"]["slug"], codes, grade=case.get("grade"))
    except Refused as refused:
        if refused.code in ("no_price", "nothing_to_quote"):
            talk.say("utter_no_price", device=visit.called(case), faults=words.faults(case))
            talk.task = {"kind": "handoff", "reason": "no_price"}
            case["step"] = "no_price"
            return False
        if refused.code in ("device_unknown", "device_not_found", "not_found"):
            case["unknown"] = case.pop("device")["name"]
            ask_device(talk)
            return False
        if refused.code == "fault_unknown":
            talk.say("utter_fault_unfitting", device=visit.called(case), faults=words.faults(case))
            case["faults"], case["step"], case["asked_of"] = [], "faults", case["device"]["slug"]
            return False
        raise
    case["quote"], case["quoted"] = quote, [case["device"]["slug"], codes]
    return True


def show(talk: Talk, ask: bool = True) -> None:
    """Show the quote, itemised, and ask whether to go on, unless the customer has gone on already."""
    case = talk.case
    quote = case["quote"]
    case["step"] = "quote"
    until = words.day(words.moment(quote["valid_until"]).astimezone(talk.turn.now.tzinfo))
    values = {
        "device": visit.called(case),
        "faults": words.faults(case),
        "lines": words.lines(quote),
        "total": quote["total"]["text"],
        "facts": words.facts(quote, until),
        "valid_until": until,
    }
    part = [{"type": "quote", **quote, "says": [values["facts"]]}, *other_parts(quote)]
    end = "" if ask else "_given"
    if quote.get("range"):
        # Beside the check something is done for sure where a line is for a part or for more than the check.
        partly = "_partly" if any(line["kind"] in ("part", "labour") for line in quote["lines"]) else ""
        talk.say(f"utter_quote_range{partly}{end}", part, low=quote["range"]["low"]["text"], high=quote["range"]["high"]["text"], **values)
    else:
        talk.say(f"utter_quote{end}", part, **values)


def other_parts(quote: dict[str, Any]) -> list[dict[str, Any]]:
    """What the repair costs with other parts, as choices."""
    return words.choices([grade_choice(other) for other in quote.get("other_grades") or []])


def grade_choice(other: dict[str, Any]) -> dict[str, str]:
    """Another grade of parts with its price, to be chosen."""
    return {"title": f"{words.GRADES[other['grade']]}: {other['total']['text']}", "payload": payload("choose", grade=other["grade"])}


def cheaper(case: dict[str, Any]) -> dict[str, Any] | None:
    """The cheapest parts the one repair on offer could be done with for less than its price."""
    quote = case.get("quote") if case.get("step") == "quote" and not visit.many(case) else None
    if not quote:
        return None
    less = [other for other in quote.get("other_grades") or [] if other["total"]["minor"] < quote["total"]["minor"]]
    return min(less, key=lambda other: int(other["total"]["minor"]), default=None)


def wants_grade(talk: Talk) -> bool:
    """Whether the customer asks for other parts; then every price so far is for the wrong ones."""
    case = talk.case
    suggested = case.pop("suggested_grade", None)
    if case.get("step") != "quote" or not case.get("quote"):
        return False
    offered = [other["grade"] for other in case["quote"].get("other_grades") or []]
    grade = talk.entities.get("grade") if talk.chosen else None
    if grade is None and not talk.chosen:
        grade = next((name for name, said in ASKED_GRADES.items() if said.search(talk.text)), None)
    if grade is None and talk.intent == "affirm" and not talk.chosen and not ONWARD.search(talk.text):
        grade = suggested
    if grade not in offered:
        return False
    case["grade"] = grade
    for one in (case, *case.get("parked", [])):
        one.pop("quoted", None)
    case.pop("agreed", None)
    return True


def kept(quote: dict[str, Any]) -> dict[str, Any]:
    """What of a quote is remembered; its lines were shown and can be asked for again."""
    names = ("id", "total", "valid_until", "duration_minutes", "warranty_months", "services", "lines", "range", "version", "other_grades")
    return {name: quote[name] for name in names if name in quote}


async def again(talk: Talk) -> None:
    """The old price has run out: get the new one, say so, and ask again."""
    talk.case.pop("quoted", None)
    talk.say("utter_quote_renewed")
    if await renew(talk):
        show(talk)
        talk.case["quote"] = kept(talk.case["quote"])
