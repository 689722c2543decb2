"""Messages that were once taken for something near by: who blames us, who would find us, and who asks before coming."""

import pytest

from models.text.understanding import Understanding


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("the screen you put on is lifting", "complaint"),
        ("the screen you fitted has come loose", "complaint"),
        ("the battery you put in drains fast", "complaint"),
        ("the battery you fitted drains, is that under guarantee", "faq_warranty"),
        ("the screen a market stall put on is lifting", "describe_problem"),
        ("how do i find you", "faq_location"),
        ("is there a guarantee on it", "faq_warranty"),
        ("can i just turn up", "faq_other"),
        ("do i need an appointment", "faq_other"),
        ("can you lend me one", "faq_other"),
        ("no that time doesn't work", "deny"),
        ("no that day's no good for me", "deny"),
        ("and another iphone 11 with a dead battery", "describe_problem"),
    ],
)
def test_a_neighbour_is_not_taken_for_it(understanding: Understanding, text: str, intent: str) -> None:
    assert understanding.understand(text)["intent"] == intent


@pytest.mark.parametrize("text", ["and another iphone 11 with a dead battery", "my tablet has a knackered battery"])
def test_a_dead_battery_is_the_battery(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text)["faults"] == ["battery_drains"]
