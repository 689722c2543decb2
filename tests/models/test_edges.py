"""Understanding at its edges: what is denied, taken away, named by a feast, or only looks like a name."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.text import dates, feasts, patterns
from models.text.understanding import Understanding

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=ZoneInfo("Europe/London"))  # a Wednesday


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("the backs smashed n all and the battery is knackered", ["battery_drains", "back_glass"]),
        ("my phones screens cracked", ["screen_cracked"]),
        ("screen broken", ["screen_cracked"]),
        ("me screens gone", ["screen_cracked"]),
        ("screen is dead", ["display_black"]),
        ("usb c port is loose", ["not_charging"]),
        ("usb ports loose on my laptop", ["ports_hdmi"]),
        ("glass isnt cracked", []),
        ("glass isn't cracked, it's the battery", ["battery_drains"]),
        ("screen is not even scratched but the battery is swollen", ["battery_swollen"]),
        ("the screen isn't cracked, just not responding to touch", ["touch_unresponsive"]),
        ("it's not just cracked, the screen is black", ["display_black"]),
        ("can you remove and replace the back glass", ["back_glass"]),
        ("remove the camera", []),
        ("take the battery off", []),
        ("can u do an iphone 12 batt today?", ["battery_drains"]),
    ],
)
def test_faults_at_the_edges(understanding: Understanding, text: str, faults: list[str]) -> None:
    assert understanding.understand(text)["faults"] == faults


def test_a_phone_has_no_fault_of_a_laptop(understanding: Understanding) -> None:
    told = understanding.understand("the hinge and the battery are broken", device="apple-iphone-13")
    assert told["faults"] == ["battery_drains"]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("christmas day", {"date": "2026-12-25"}),
        ("boxing day 10am", {"date": "2026-12-26", "time": "10:00"}),
        ("new years day", {"date": "2027-01-01"}),
        ("new year's eve", {"date": "2026-12-31"}),
        ("bank holiday monday", {"date": "2026-12-28"}),
        ("good friday", {"date": "2027-03-26"}),
        ("after christmas", {"date_from": "2026-12-26", "date_to": "2027-01-08"}),
        ("before friday", {"date_from": "2026-11-18", "date_to": "2026-11-19"}),
        ("are you open bank holidays", {}),
        ("i got it for christmas", {}),
        ("book it for christmas day", {"date": "2026-12-25"}),
        ("can you book me in for christmas eve", {"date": "2026-12-24"}),
        ("any appointments for boxing day", {"date": "2026-12-26"}),
        ("i booked a holiday, it was a present for christmas", {}),
        ("happy new year", {}),
        ("32nd of december", {"date_invalid": "32nd of december"}),
        ("the 35th", {"date_invalid": "the 35th"}),
        ("not tomorrow, friday", {"date": "2026-11-20"}),
        ("friday aft about 3ish", {"date": "2026-11-20", "part_of_day": "afternoon", "time": "15:00"}),
        ("make it 11", {"time": "11:00"}),
    ],
)
def test_days_at_the_edges(text: str, when: dict[str, object]) -> None:
    assert dates.find(text, NOW) == when


def test_the_bank_holidays_of_england() -> None:
    """As gov.uk lists them, days in lieu included."""
    assert [f"{day:%d.%m}" for day in feasts.bank_holidays(2022) if day.month in (1, 4, 12)] == [
        "03.01",
        "15.04",
        "18.04",
        "26.12",
        "27.12",
    ]
    assert [f"{day:%d.%m}" for day in feasts.bank_holidays(2026)] == [
        "01.01",
        "03.04",
        "06.04",
        "04.05",
        "25.05",
        "31.08",
        "25.12",
        "28.12",
    ]
    assert feasts.bank_holidays(2027)[-2:] == [date(2027, 12, 27), date(2027, 12, 28)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sorry Alan Fry", "Alan Fry"),
        ("no its Joe not Jo", "Joe"),
        ("april o'neil", "April O'neil"),
        ("jo", "Jo"),
        ("sorry mate", None),
        ("make it friday", None),
        ("no worries", None),
        ("is it secure", None),
        ("<script>", None),
    ],
)
def test_an_answer_that_is_a_name(text: str, name: str | None) -> None:
    assert patterns.answered_name(text)[0] == name


def test_a_header_names_nobody() -> None:
    assert patterns.find("jo@example.com\nBcc: all@example.com") == {"email": "jo@example.com"}
    assert patterns.find("Name: Jo Bloggs\njo@example.com")["name"] == "Jo Bloggs"


@pytest.mark.parametrize(
    ("text", "thing", "done"),
    [
        ("do you fix toasters?", "toasters", False),
        ("can you mend my boiler", "boilers", False),
        ("do you repair old phones", "phones", True),
        ("do you change batteries", None, None),
        ("can you fix my daughters phone", "phones", True),
        ("can you fix it today", None, None),
    ],
)
def test_what_is_not_ours_to_mend(understanding: Understanding, text: str, thing: str | None, done: bool | None) -> None:
    told = understanding.understand(text)["entities"]
    assert (told.get("thing"), told.get("done")) == (thing, done)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("and for the 13?", "apple-iphone-13"),
        ("no the mini", "apple-iphone-13-mini"),
        ("what about the 14 pro max", "apple-iphone-14-pro-max"),
        ("at 13", None),
        ("friday the 14", None),
        ("the last one", None),
    ],
)
def test_a_brother_by_the_end_of_its_name(understanding: Understanding, text: str, slug: str | None) -> None:
    assert understanding.understand(text, NOW, asked="quote", device="apple-iphone-13-pro")["entities"].get("device") == slug


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("my speaker is completely dead", ["speaker"]),
        ("it is dead as a doornail", ["no_power"]),
        ("it buzzes when somebody texts but it stays dark, i cant see a thing", ["display_black"]),
        ("touch only works on the left", ["touch_unresponsive"]),
        ("the touch does not work and the glass isn't broken", ["touch_unresponsive"]),
        ("had a new battery put in at the market, now the speaker crackles", ["speaker"]),
        ("it's not a virus but it is slow", ["slow"]),
        ("the back one is fine but selfies are misty", ["front_camera"]),
        ("telly says no signal when i plug the playstation in", ["ports_hdmi"]),
        ("it does not hold its charge", ["battery_drains"]),
        ("what do you do with the old battery", []),
        ("the screen is fine, the rest is ok too", []),
        ("my phone is broken", []),
        ("squash leaked all over my tablet", ["water_damage"]),
        ("how many pounds are we talking for a laptop screen", ["screen_cracked"]),
    ],
)
def test_faults_as_people_put_them(understanding: Understanding, text: str, faults: list[str]) -> None:
    assert understanding.understand(text)["faults"] == faults


@pytest.mark.parametrize("address", ["browser.e77b@example.com", "cracked-screen@example.com", "wifi@virus.example"])
def test_an_address_tells_of_no_fault(understanding: Understanding, address: str) -> None:
    assert understanding.understand(f"it's Aoife O'Brien and my email is {address}")["faults"] == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("my son sat on his switch lite", None),
        ("the dog sat down on my macbook", None),
        ("sat the 28th", "2026-11-28"),
        ("sat in the morning please", "2026-11-21"),
        ("book me sat down the shop", "2026-11-21"),
    ],
)
def test_who_sat_on_it_names_no_day(text: str, day: str | None) -> None:
    assert dates.find(text, NOW).get("date") == day


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("is 4.30 tomorrow ok for an iphone se 2020 battery", ["battery_drains"]),
        ("the battery is ok for now, the screen is cracked", ["screen_cracked"]),
        ("ok an ipad 9 battery", ["battery_drains"]),
        ("my ps5 makes a loud noise and the controller drifts", ["fan_noise", "controller_drift"]),
        ("screens gone funny lines all over", ["display_lines"]),
        ("screen went black with lines", ["display_black", "display_lines"]),
    ],
)
def test_what_is_asked_of_a_time_takes_no_part_away(understanding: Understanding, text: str, faults: list[str]) -> None:
    assert understanding.understand(text)["faults"] == faults
