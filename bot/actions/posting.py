"""Booking a device that comes by post: where it goes back to, the day it arrives, the word, and how it is packed."""

from __future__ import annotations

import re
from typing import Any

from bot.actions import addresses, checklist, reading, several, visit, words
from bot.actions import quote as quotes
from bot.actions.backend import Refused
from bot.actions.talk import Talk

ARRIVAL = "mail_in"
POST = re.compile(r"\b(?:post|mail|ship|send|courier)\b", re.IGNORECASE)
#: "can I post it", before there is anything to post.
ASKED = re.compile(r"\b(?:can|could|may) (?:i|we) (?:just |please )?(?:post|mail|ship|send)\b", re.IGNORECASE)
WISH = re.compile(
    r"\b(?:rather|prefer|instead|i'?ll|i will|let me|i want to|i'?d like to|(?:can'?t|cannot) (?:come|get|make|bring))\b", re.IGNORECASE
)
GONE_QUOTE = ("quote_expired", "quote_unknown", "quote_replaced", "quote_booked")
#: Known to be refused, so no address is asked for first.
UNSAFE = "battery_swollen"
#: Refusals after which nothing can be posted at all: said, and the device may still be brought.
NEVER = {"mail_in_unsafe": "utter_post_unsafe", "mail_in_off": "utter_post_off"}
#: Refusals of what was typed: the form comes back with the reason.
WRONG = {
    "outside_area": "utter_post_outside",
    "postcode_invalid": "utter_postcode_invalid",
    "address_invalid": "utter_address_invalid",
    "email_invalid": "utter_email_invalid",
    "name_invalid": "utter_name_invalid",
    "phone_invalid": "utter_phone_invalid",
}
TAKEN = {"day_full": "utter_post_day_gone", "day_not_offered": "utter_post_day_gone"}
#: A postcode and a word or two around it is no address yet.
POSTCODE_ALONE = 4
LINES = ("line1", "line2", "city", "postcode")
DAYS = 21
SHOWN = 6


def wants(talk: Talk) -> bool:
    """Whether the customer would rather post the device that is being booked than bring it."""
    if talk.entities.get("arrival") == ARRIVAL:
        return bool(talk.case.get("quote"))
    plainly = talk.case.get("post_asked") and "?" not in talk.text and not ASKED.search(talk.text)
    asked = POST.search(talk.text) and (plainly or WISH.search(talk.text))
    # By post already, they say so again where a new price is to be agreed to.
    open_to_it = not talk.case.get("arrival") or talk.case.get("step") == "quote"
    return bool(asked and talk.case.get("quote") and open_to_it and not talk.chosen)


def means_to(talk: Talk) -> bool:
    """Whether somebody whose price is still to come says already that they would rather post it."""
    asked = POST.search(talk.text) and (WISH.search(talk.text) or ASKED.search(talk.text))
    return bool(asked and not talk.case.get("quote") and not talk.chosen)


def ask(talk: Talk) -> None:
    """Ask whether it shall be done by post; until something else is said, a yes or a postcode means that it shall."""
    talk.case["post_asked"] = True
    ways = {"Post it": ARRIVAL, "Find a time": "drop_off"}
    items = [{"title": title, "payload": quotes.payload("choose", arrival=way)} for title, way in ways.items()]
    talk.say("utter_post_instead", words.choices(items))


def agreed(talk: Talk) -> bool:
    """Whether whoever was asked, or wished it from the start, says yes to the post or where it shall go back to."""
    case, asked = talk.case, talk.case.get("post_asked")
    if talk.chosen or not case.get("quote") or case.get("arrival"):
        return False
    return bool((asked or case.get("by_post")) and talk.entities.get("postcode")) or bool(asked and talk.intent == "affirm")


def brings(talk: Talk) -> bool:
    """Whether the other answer was chosen: to bring it, though there was talk of the post."""
    return talk.entities.get("arrival") == "drop_off" and talk.case.get("arrival") != ARRIVAL


async def begin(talk: Talk) -> None:
    """Book by post from here on; a time held for the customer comes free, and a postcode told is looked at."""
    case = talk.case
    if unsafe(case):
        return never(talk, "mail_in_unsafe")
    hold = case.pop("hold", None)
    for name in ("slot", "offered", "shown", "wish", "day"):
        case.pop(name, None)
    if hold:
        await talk.backend.let_go(hold["id"])
    for name in ("by_post", "post_asked"):
        case.pop(name, None)
    case.update(arrival=ARRIVAL, agreed=True)
    if postcode := talk.entities.get("postcode"):
        return await _look_at(talk, str(postcode))
    return await advance(talk)


async def _look_at(talk: Talk, postcode: str) -> None:
    """Say at once where nothing can be sent from, and keep a postcode for the form where it can."""
    try:
        await talk.backend.arrival_days(visit.ids(talk.case), postcode, 1)
    except Refused as refused:
        return await refuse(talk, refused)
    talk.case["postcode"] = postcode
    return await advance(talk)


async def advance(talk: Talk) -> None:
    """Ask for the next thing that is missing: address and name, the day, the word."""
    case = talk.case
    if not case.get("address") or not case.get("name") or not case.get("email"):
        ask_address(talk)
    elif not case.get("day"):
        await offer_days(talk)
    else:
        summarise(talk)


async def answered(talk: Talk) -> bool:
    """Read a filled-in form, a chosen day, or the wish to bring the device after all; True when that led on."""
    case, told = talk.case, talk.entities
    if told.get("arrival") == "drop_off":
        for name in ("arrival", "day", "wish", "offered"):
            case.pop(name, None)
        return False
    if told.get("line1"):
        case["address"] = {name: str(told[name]) for name in LINES if told.get(name)}
        await advance(talk)
        return True
    if case.get("step") == "address" and told.get("postcode") and not talk.chosen and len(talk.text.split()) <= POSTCODE_ALONE:
        await _look_at(talk, str(told["postcode"]))
        return True
    typed = addresses.written(talk.text, bool(told.get("name") and told.get("email"))) if case.get("step") == "address" else None
    if typed:
        case["address"] = typed[1]
        if typed[0]:
            case["name"] = typed[0]
        await advance(talk)
        return True
    days = case.get("offered") or []
    wished = told.get("day") or (case.get("wish") or {}).get("date")
    at = reading.ordinal(talk.text, len(days)) if case.get("step") == "day" else None
    if at is not None:
        wished = days[at]["day"]
    if case.get("step") in ("day", "confirm") and isinstance(wished, str):
        case.pop("wish", None)
        case.pop("day", None)
        await offer_days(talk, wished)
        return True
    return False


def ask_address(talk: Talk, response: str = "utter_ask_address") -> None:
    """Ask who it is and where the device goes back to, with a form that holds what is known."""
    case = talk.case
    if case.get("step") == "address" and response == "utter_ask_address":
        response = "utter_ask_address_again"
    case["step"] = "address"
    known = {**case, **(case.get("address") or {})}
    fields: list[dict[str, Any]] = [
        {"name": "name", "label": "Name", "type": "text", "required": True, "autocomplete": "name"},
        {"name": "email", "label": "E-mail", "type": "email", "required": True, "autocomplete": "email"},
        {"name": "phone", "label": "Phone", "type": "tel", "required": False, "autocomplete": "tel"},
        {"name": "line1", "label": "House and street", "type": "text", "required": True, "autocomplete": "address-line1"},
        {"name": "line2", "label": "Second line", "type": "text", "required": False, "autocomplete": "address-line2"},
        {"name": "city", "label": "Town", "type": "text", "required": True, "autocomplete": "address-level2"},
        {"name": "postcode", "label": "Postcode", "type": "text", "required": True, "autocomplete": "postal-code"},
    ]
    for field in fields:
        if known.get(field["name"]):
            field["value"] = known[field["name"]]
    talk.say(response, [{"type": "form", "fields": fields, "submit": "Continue", "payload": "/inform"}])


async def offer_days(talk: Talk, wished: str | None = None, note: str | None = None) -> None:
    """Offer days on which the parcel may arrive; the wished one is taken if it is among them."""
    case = talk.case
    try:
        days = await talk.backend.arrival_days(visit.ids(case), case["address"]["postcode"], DAYS)
    except Refused as refused:
        return await refuse(talk, refused)
    found = next((day for day in days if day["day"] == wished), None)
    if found:
        case["day"] = found
        return await advance(talk)
    case["step"], case["offered"] = "day", days[:SHOWN]
    items = [{"title": day["label"], "payload": quotes.payload("choose", day=day["day"])} for day in days[:SHOWN]]
    items.append({"title": "I'd rather bring it", "payload": quotes.payload("choose", arrival="drop_off")})
    response = note or ("utter_post_day_gone" if wished else "utter_ask_arrival_day")
    talk.say(response, words.choices(items), days="\n".join(day["label"] for day in days[:SHOWN]))
    return None


def summarise(talk: Talk) -> None:
    """Show all that is going to be booked and ask for the word."""
    case = talk.case
    case["step"] = "confirm"
    talk.say(
        "utter_post_summary",
        what=visit.listed(case),
        total=visit.total(case),
        label=case["day"]["label"],
        who=", ".join(str(case[name]) for name in reading.CONTACT if case.get(name)),
        address=", ".join(case["address"][name] for name in LINES if case["address"].get(name)),
    )


async def book(talk: Talk) -> None:
    """Make the booking, and say how the device is packed and where it goes."""
    case = talk.case
    customer = {name: case[name] for name in reading.CONTACT if case.get(name)}
    try:
        done = await talk.backend.book_by_post(visit.ids(case), case["day"]["day"], case["address"], customer)
    except Refused as refused:
        return await refuse(talk, refused)
    talk.say(
        "utter_post_booked",
        [words.booking_part(done)],
        reference=done["reference"],
        label=done["label"],
        email=case["email"],
        shop=done["location"]["name"],
        address=done["location"]["address"],
        packing="\n".join(f"- {line}" for line in done["packing"]),
    )
    talk.orders = [done["reference"], *talk.orders][:5]
    talk.case = customer
    await checklist.offer(talk, done["reference"], "utter_checklist_offer_post")
    return None


def unsafe(case: dict[str, Any]) -> bool:
    """Whether something of this may not go by post."""
    return any(fault["code"] == UNSAFE for one in visit.entries(case) for fault in one.get("faults") or [])


def never(talk: Talk, code: str) -> None:
    """Say why nothing can be posted; it may still be brought."""
    for name in ("arrival", "by_post", "address", "day", "offered"):
        talk.case.pop(name, None)
    talk.case["step"] = "quote"
    talk.say(NEVER[code])


async def refuse(talk: Talk, refused: Refused) -> None:
    """Every refusal leads on: to the form, to other days, to a new price, or back to bringing the device."""
    case = talk.case
    if refused.code in WRONG:
        field = refused.code.partition("_")[0]
        if field in reading.CONTACT:
            case.pop(field, None)
        return ask_address(talk, WRONG[refused.code])
    if refused.code in TAKEN:
        case.pop("day", None)
        return await offer_days(talk, note=TAKEN[refused.code])
    if refused.code in NEVER:
        return never(talk, refused.code)
    if refused.code in GONE_QUOTE:
        return await several.again(talk)
    if refused.code in ("too_many_bookings", "too_many_open_bookings"):
        return talk.say("utter_too_many_bookings")
    raise refused
