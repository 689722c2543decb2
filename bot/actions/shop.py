"""Questions about the shop, answered with what the backend says of it."""

import re
from datetime import date
from typing import Any

from bot.actions import booking, opening, quote, several, steps, words
from bot.actions.articles import answered
from bot.actions.dialogue import go_on, resume
from bot.actions.talk import Deed, Talk

HOLIDAYS = re.compile(r"\b(?:bank hol(?:iday)?s?|public holidays?|holidays|christmas|xmas|easter|new year|boxing day)\b", re.IGNORECASE)
OPENING = re.compile(r"\b(?:open(?:ing)?|clos(?:ed?|ing)|shut|hours)\b", re.IGNORECASE)
#: What is asked about money beside the ways to pay: the first that fits is answered.
MONEY = tuple(
    (response, re.compile(said))
    for response, said in (
        ("utter_discount", r"discount|student|\bnhs\b|match|\bbeat\b|money off|\boffers?\b|voucher|coupon|haggl|best price|knock|loyalty"),
        (
            "utter_too_dear",
            r"expensive|\bdear\b|steep|(?:too|so) much|pric(?:e)?y|rip ?off|afford|cheap|more than i|\ba lot\b|(?:lower|less)\b|blimey",
        ),
        ("utter_price_fixed", r"fixed|final|go up|chang|extra|hidden|surprise|on top|firm|stay the same|includ|all in\b"),
    )
)


def wishes_a_time(talk: Talk) -> bool:
    """Whether a day with an hour answers the question for a time: "is saturday at 10 ok?" while times are on offer."""
    told = talk.entities
    return talk.case.get("step") == "slot" and bool(told.get("date") and told.get("time")) and not OPENING.search(talk.text)


class OpeningHours(Deed):
    """When the shop is open: on the day that was asked about, on holidays, else now."""

    called = "action_opening_hours"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        if wishes_a_time(talk):
            await booking.continued(talk)
            return
        shop = await talk.backend.shop()
        said = talk.entities.get("date")
        if said and said != talk.turn.now.date().isoformat():
            self._day(talk, shop, date.fromisoformat(said))
        elif HOLIDAYS.search(talk.text) and shop["closed_days"]:
            talk.say("utter_hours_holidays", days=opening.closed_days(shop), week=opening.week(shop["hours"]))
        else:
            self._now(talk, shop)
        await resume(talk)

    def _day(self, talk: Talk, shop: dict[str, Any], day: date) -> None:
        hours, reason = opening.on(shop, day)
        values = {"day": words.day(day), "hours": hours, "week": opening.week(shop["hours"])}
        if reason:
            talk.say("utter_hours_day_reason", reason=reason, **values)
        else:
            talk.say("utter_hours_day_closed" if hours == opening.CLOSED else "utter_hours_day", **values)

    def _now(self, talk: Talk, shop: dict[str, Any]) -> None:
        today = shop["today"]
        values = {"week": opening.week(shop["hours"]), "today": today["hours"], "reason": today.get("reason") or ""}
        if today["open_now"]:
            talk.say("utter_hours_open", closes=words.moment(today["closes_at"]).strftime("%H:%M"), **values)
        elif today.get("opens_at"):
            opens = words.moment(today["opens_at"])
            talk.say("utter_hours_closed", opens=f"{words.day(opens)}, {opens:%H:%M}", **values)
        else:
            talk.say("utter_hours", **values)


class Money(Deed):
    """How to pay, and whether the price is the price."""

    called = "action_money"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        asked = next((response for response, words_ in MONEY if words_.search(talk.text.lower())), None)
        if asked is None:
            await answered(talk, "faq_payment_methods")
        elif quote.warned_again(talk):  # "is it ok to charge it" asks for no price
            asked = None
        elif asked == "utter_too_dear" and quote.wants_grade(talk):
            await go_on(talk)  # "the cheaper one, please"
            return
        elif asked == "utter_too_dear" and (cheaper := quote.cheaper(talk.case)):
            talk.case["suggested_grade"] = cheaper["grade"]
            talk.say("utter_cheaper_parts", words.choices([quote.grade_choice(cheaper)]), total=cheaper["total"]["text"])
            return
        else:
            talk.say(asked)
        if asked == "utter_too_dear":  # whoever finds it dear is not asked for a time in the same breath
            talk.task = {"kind": "handoff", "reason": "customer_asked"}
        else:
            await resume(talk)


class Supported(Deed):
    """Which devices are repaired; the one that was asked about first."""

    called = "action_supported"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        if await several.left_out(talk):
            await steps.advance(talk)
            return
        if talk.entities.get("thing") or talk.entities.get("device"):
            quote.say_repaired(talk)
        else:  # selling, unlocking or all of it: the articles know
            await answered(talk, talk.intent)
        if talk.entities.get("device"):
            await go_on(talk)  # who asks for one by name has it
        else:
            await resume(talk)
