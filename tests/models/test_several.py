"""Texts about several devices are taken apart; texts about one are left alone."""

import pytest

from models.text.several import apart
from models.text.understanding import ZONE, Understanding


@pytest.fixture(scope="module")
def understanding():
    return Understanding.load()


def _told(understanding, text):
    found = apart(understanding, text, understanding.understand(text)["intent"], None, ZONE)
    return [(one["entities"].get("device") or one["kind"] or "?", one["faults"]) for one in found]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "my iphone 13 screen is smashed and also my daughter's ipad won't charge",
            [("apple-iphone-13", ["screen_cracked"]), ("?", ["not_charging"])],
        ),
        (
            "cracked screen on my iphone 13 and my ipad air 5",
            [("apple-iphone-13", ["screen_cracked"]), ("apple-ipad-air-5th-generation", [])],
        ),
        ("my pixel 7a battery dies, plus me laptop wont turn on", [("google-pixel-7a", ["battery_drains"]), ("laptop", ["no_power"])]),
    ],
)
def test_each_device_has_its_own_words(understanding, text, told):
    assert _told(understanding, text) == told


@pytest.mark.parametrize(
    "text",
    [
        "my iphone is knackered, its an iphone 13 and the battery dies",
        "how much for an iphone 13 screen or iphone 14 screen",
        "no sorry not the iphone 13, the iphone 14",
        "screen and battery on my iphone 13 please",
        "dell xps 13 keyboard and screen hinge",
        "do you fix iphones and ipads",
        "",
    ],
)
def test_one_device_stays_one(understanding, text):
    assert _told(understanding, text) == []
