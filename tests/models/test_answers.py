"""Short answers and corrections as customers give them to what was asked: dates, names, addresses, and faults in the shop's own words."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models.text import dates, patterns
from models.text.understanding import Understanding

NOW = datetime(2026, 11, 22, 19, 0, tzinfo=ZoneInfo("Europe/London"))  # a Sunday


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("mon 7th after 2", {"date": "2026-12-07", "time_from": "14:00"}),
        ("friday the 4th at 9:00", {"date": "2026-12-04", "time": "09:00"}),
        ("tues 1st in the morning", {"date": "2026-12-01", "part_of_day": "morning"}),
        ("friday the 27th", {"date": "2026-11-27"}),
        ("monday 4", {"date": "2026-11-23", "time": "16:00"}),
    ],
)
def test_a_weekday_with_its_date(text: str, when: dict[str, str]) -> None:
    found = dates.find(text, NOW)
    assert {**found, **when} == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name should be Jo Bloggs", "Jo Bloggs"),
        ("my nme is jo bloggs and my email is jo@example.com", "Jo Bloggs"),
        ("Jo Bloggs is the name", "Jo Bloggs"),
        ("can you put it under Jo Bloggs instead", "Jo Bloggs"),
        ("also it's stcuk on the logo", None),
        ("it's Jo", "Jo"),
    ],
)
def test_a_name_in_a_sentence(text: str, name: str | None) -> None:
    assert patterns.find(text).get("name") == name


def test_whoever_is_asked_for_a_name_tells_of_no_fault(understanding: Understanding) -> None:
    told = understanding.understand("its Mark Green", asked="name")
    assert (told["faults"], told["entities"]["name"]) == ([], "Mark Green")


def test_an_address_to_send_to_asks_nothing_about_the_post(understanding: Understanding) -> None:
    assert understanding.understand("you can send it to jo@example.com", asked="email")["intent"] == "inform"


@pytest.mark.parametrize(
    ("text", "faults", "denied"),
    [
        ("its not the lines or flicker, just the screen", ["screen_cracked"], "display_lines"),
        ("nothing wrong with the loudspeaker", [], "speaker"),
        ("no, the overheating is fine", [], "overheating"),
        ("forget the slow or freezing, it's the battery", ["battery_drains"], "slow"),
        ("its not charging", ["not_charging"], None),
        ("it's not turning on", ["no_power"], None),
        ("it's not the charging, it's the battery", ["battery_drains"], "not_charging"),
    ],
)
def test_what_the_shop_named_is_taken_back(understanding: Understanding, text: str, faults: list[str], denied: str | None) -> None:
    told: dict[str, Any] = understanding.understand(text)
    assert told["faults"] == faults
    assert (denied in told["entities"].get("denied_faults", [])) if denied else "denied_faults" not in told["entities"]
