"""Questions about the shop, answered with what the backend says of it."""

from typing import Any

from bot.actions import words
from bot.actions.dialogue import resume
from bot.actions.talk import Deed, Talk


def week(hours: list[dict[str, Any]]) -> str:
    """The week's hours, days with equal hours together: `Monday to Friday 09:00–18:00, Saturday closed`."""
    groups: list[list[Any]] = []
    for entry in hours:
        if groups and groups[-1][2] == entry["hours"]:
            groups[-1][1] = entry["day"]
        else:
            groups.append([entry["day"], entry["day"], entry["hours"]])
    return ", ".join(f"{first if first == last else f'{first} to {last}'} {said.lower()}" for first, last, said in groups)


class OpeningHours(Deed):
    """When the shop is open, today first."""

    called = "action_opening_hours"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        shop = await talk.backend.shop()
        today = shop["today"]
        values = {"week": week(shop["hours"]), "today": today["hours"], "reason": today.get("reason") or ""}
        if today["open_now"]:
            talk.say("utter_hours_open", closes=words.moment(today["closes_at"]).strftime("%H:%M"), **values)
        elif today.get("opens_at"):
            opens = words.moment(today["opens_at"])
            talk.say("utter_hours_closed", opens=f"{words.day(opens)}, {opens:%H:%M}", **values)
        else:
            talk.say("utter_hours", **values)
        await resume(talk)


class Location(Deed):
    """Where the shop is and how to reach it."""

    called = "action_location"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        shop = await talk.backend.shop()
        talk.say("utter_location", shop=shop["name"], address=shop["address"], phone=shop["phone"], email=shop["email"])
        await resume(talk)
