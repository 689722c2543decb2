"""What breaks in the demo, and how each repair goes."""

from dataclasses import dataclass
from datetime import timedelta

from backend.pricing.rules import Urgency
from backend.repairs.stages import Stage

S = Stage
Path = tuple[tuple[Stage, timedelta, str | None], ...]


def _after(*, minutes: int = 0, hours: int = 0, days: int = 0) -> timedelta:
    return timedelta(minutes=minutes, hours=hours, days=days)


@dataclass(frozen=True, slots=True)
class Story:
    """A device, what is wrong with it, and the stages it goes through, each some time after the one before."""

    device: str
    faults: tuple[str, ...]
    path: Path
    urgency: Urgency = "standard"


#: Done while the customer waits.
QUICK: Path = (
    (S.RECEIVED, _after(minutes=3), None),
    (S.DIAGNOSING, _after(minutes=6), None),
    (S.REPAIRING, _after(minutes=9), None),
    (S.QUALITY_CHECK, _after(minutes=45), None),
    (S.READY, _after(minutes=12), "All done and tested. We are open until 18:00."),
    (S.COLLECTED, _after(hours=3), None),
    (S.CLOSED, _after(days=1), None),
)
#: A part has to come first.
WAITING: Path = (
    (S.RECEIVED, _after(minutes=5), None),
    (S.DIAGNOSING, _after(hours=1), None),
    (S.AWAITING_PARTS, _after(hours=2), "We have ordered the part; it should be here in two working days."),
    (S.REPAIRING, _after(days=2), "The part has arrived and we have started."),
    (S.QUALITY_CHECK, _after(hours=3), None),
    (S.READY, _after(minutes=40), "Repaired and tested for an hour. Please bring your receipt."),
    (S.COLLECTED, _after(days=1), None),
    (S.CLOSED, _after(days=1), None),
)
#: Needs a look, then the customer's word.
ASKED: Path = (
    (S.RECEIVED, _after(minutes=4), None),
    (S.DIAGNOSING, _after(hours=2), "It is on the bench."),
    (S.AWAITING_APPROVAL, _after(hours=3), "We have found the cause and sent you an estimate."),
    (S.REPAIRING, _after(days=1), None),
    (S.QUALITY_CHECK, _after(hours=6), None),
    (S.READY, _after(hours=1), "It is alive again."),
    (S.COLLECTED, _after(days=2), None),
    (S.CLOSED, _after(days=1), None),
)
#: Sometimes there is nothing to be done.
LOST: Path = (
    (S.RECEIVED, _after(minutes=4), None),
    (S.DIAGNOSING, _after(hours=2), None),
    (S.UNREPAIRABLE, _after(days=1), "The board is corroded beyond repair. We are sorry. You can collect it at any time."),
    (S.COLLECTED, _after(days=3), None),
    (S.CLOSED, _after(days=1), None),
)

STORIES: tuple[Story, ...] = (
    Story("apple-iphone-13", ("screen_cracked",), QUICK),
    Story("apple-iphone-12", ("battery_drains",), QUICK),
    Story("samsung-galaxy-s23-ultra", ("screen_cracked",), WAITING, "priority"),
    Story("samsung-galaxy-s22", ("not_charging",), QUICK),
    Story("google-pixel-7", ("screen_cracked", "battery_drains"), QUICK),
    Story("apple-iphone-11", ("no_power",), ASKED),
    Story("apple-iphone-14-pro", ("back_glass",), WAITING),
    Story("apple-macbook-air-13-m1", ("keyboard",), WAITING),
    Story("dell-xps-13", ("battery_drains",), QUICK),
    Story("hp-pavilion-15", ("hinge",), WAITING),
    Story("lenovo-thinkpad-x1-carbon", ("fan_noise",), QUICK),
    Story("apple-macbook-pro-14-m3", ("water_damage",), LOST),
    Story("samsung-galaxy-a54", ("rear_camera",), QUICK),
    Story("oneplus-11", ("speaker",), QUICK),
    Story("apple-iphone-15-pro", ("screen_cracked",), QUICK, "express"),
    Story("apple-iphone-se-3rd-generation", ("buttons",), QUICK),
)

NAMES: tuple[str, ...] = (
    "Amira Haddad",
    "Ben Whitaker",
    "Chloe Marsden",
    "Dilan Kaya",
    "Ewa Nowak",
    "Femi Adeyemi",
    "Grace Holroyd",
    "Harjit Gill",
    "Isla Pembroke",
    "Jamal Yusuf",
    "Kirsty Ogden",
    "Liam Barraclough",
    "Mei Tan",
    "Noah Firth",
    "Olivia Sykes",
    "Priya Nair",
    "Quentin Ball",
    "Rosa Delgado",
    "Sean O'Hara",
    "Tom Ackroyd",
    "Una Clegg",
    "Viktor Balogh",
    "Wendy Lister",
    "Yasmin Rahman",
)
