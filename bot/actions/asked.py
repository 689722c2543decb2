"""A price asked of the technicians: promised for a time, taken up when it is there."""

from typing import Any

from bot.actions import quote as quotes
from bot.actions import reading, steps, visit
from bot.actions.backend import Refused
from bot.actions.talk import Talk

KIND = "promised"


async def ask(talk: Talk) -> bool:
    """Have a price made for the device in hand and say by when it is there; False where that cannot be asked."""
    case = talk.case
    codes = sorted(fault["code"] for fault in case.get("faults", []))
    if not case.get("device") or not codes:
        return False
    contact = {name: case[name] for name in ("name", "email") if case.get(name)}
    try:
        made = await talk.backend.ask_price(case["device"]["slug"], codes, contact)
    except Refused as refused:
        if refused.code == "conversation_taken":
            raise
        return False
    talk.say("utter_price_promised", device=case["device"]["name"], label=made["label"])
    if visit.many(case):
        visit.drop(case, case)
        await steps.advance(talk)
        return True
    talk.case = {name: case[name] for name in reading.CONTACT if case.get(name)}
    talk.task = {"kind": KIND}
    return True


async def answered(talk: Talk) -> bool:
    """Go on with a price that came from the technicians, or take note of an "all right"; True when that was it."""
    promised = talk.task.get("kind") == KIND
    news: dict[str, Any] = talk.turn.context.get("priced") or {}
    chosen = talk.entities.get("quote") if talk.chosen else None
    other = any(talk.entities.get(name) for name in ("device", "device_candidates", "unknown_device", "faults"))
    quote = chosen or (news.get("quote") if talk.intent in ("affirm", "book_repair") and not other else None)
    if isinstance(quote, str):
        return await _take_up(talk, quote)
    if promised and talk.intent in ("affirm", "deny"):
        talk.task = {}
        talk.say("utter_no_handoff")
        return True
    return False


async def _take_up(talk: Talk, quote_id: str) -> bool:
    try:
        quote = await talk.backend.find_quote(quote_id)
    except Refused as refused:
        if refused.code != "quote_unknown":
            raise
        return False
    hold = talk.case.get("hold")
    if hold:
        await talk.backend.let_go(hold["id"])
    kept = {name: talk.case[name] for name in reading.CONTACT if talk.case.get(name)}
    talk.case = {**kept, "device": quote["device"], "faults": [{**fault, "phrase": fault["label"]} for fault in quote["faults"]]}
    talk.case["quote"] = quotes.kept(quote)
    talk.case["quoted"] = [quote["device"]["slug"], sorted(fault["code"] for fault in quote["faults"])]
    talk.case["agreed"], talk.task = True, {}
    await steps.advance(talk)
    return True
