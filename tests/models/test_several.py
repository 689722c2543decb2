"""Texts about several devices are taken apart; texts about one are left alone."""

import pytest

from models.text.several import apart
from models.text.understanding import ZONE


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a couple of pixel 7s need new batteries", [("google-pixel-7", ["battery_drains"])] * 2),
        ("3 ipads 9th gen cracked screens", [("apple-ipad-9th-generation", ["screen_cracked"])] * 3),
        (
            "my iphone 12 screen and my other iphone 12 battery",
            [("apple-iphone-12", ["screen_cracked"]), ("apple-iphone-12", ["battery_drains"])],
        ),
        (
            "2 samsung s21s with cracked screens and a macbook air m1 that wont turn on",
            [*[("samsung-galaxy-s21", ["screen_cracked"])] * 2, ("apple-macbook-air-13-m1", ["no_power"])],
        ),
    ],
)
def test_several_of_one_kind_are_counted(understanding, text, told):
    assert _told(understanding, text) == told


@pytest.mark.parametrize(
    "text",
    [
        "two cracks on my iphone 13 screen",
        "my iphone 13 was repaired two times",
        "both cameras on my iphone 13 are broken",
        "my two year old iphone 12 battery is bad",
        "iphone se 2 screen cracked",
        "ipad mini 2 screen",
        "galaxy z flip 4 screen",
        "2 ps5 controllers drifting",
        "iphone 6s screen cracked, two cracks",
    ],
)
def test_a_number_beside_something_else_counts_no_devices(understanding, text):
    assert _told(understanding, text) == [] and understanding.understand(text)["device"]


def test_a_digit_that_is_short_for_a_word_counts_nothing(understanding):
    assert _told(understanding, "hw mch 4 ip14 scrn") == []
    assert understanding.understand("quote 4 iphone 13 screen")["entities"]["device"] == "apple-iphone-13"


def test_a_hurried_ultra_is_no_plain_model(understanding):
    assert understanding.understand("s23 ultr screen cracked")["entities"]["device"] == "samsung-galaxy-s23-ultra"


def test_a_reader_we_do_not_mend_is_no_tablet_of_its_maker(understanding):
    assert understanding.understand("my kindle paperwhite screen is broken")["entities"]["unknown_device"] == "kindle paperwhite"
