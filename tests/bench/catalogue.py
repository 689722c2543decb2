"""A catalogue of any size: the real models, and made-up ones named as makers name theirs."""

import itertools

from backend.devices import files
from backend.devices.files import DeviceEntry

_MAKERS = ("Acme", "Borealis", "Cirrus", "Dynamo", "Ember", "Fjord", "Gale", "Halcyon", "Indigo", "Juno", "Krypton", "Lumen")
_LINES = ("Nova", "Vertex", "Orbit", "Pulse", "Zen", "Flux", "Atlas", "Echo", "Quartz", "Titan")
_ENDS = ("", " Pro", " Plus", " Ultra", " Lite", " Max", " mini")
_KINDS = ("phone", "tablet", "laptop", "console", "watch")


def entries(count: int) -> tuple[DeviceEntry, ...]:
    """The models of the data files, filled up to `count`."""
    real = files.read().devices
    made = itertools.islice(itertools.product(range(1, 40), _ENDS, _LINES, _MAKERS), max(count - len(real), 0))
    return (*real, *(_entry(at, *parts) for at, parts in enumerate(made)))


def _entry(at: int, number: int, end: str, line: str, maker: str) -> DeviceEntry:
    letters = line[:1].lower()
    return DeviceEntry.model_validate(
        {
            "brand": maker,
            "model": f"{line} {number}{end}",
            "category": _KINDS[at % len(_KINDS)],
            "year": 2015 + at % 11,
            "class": "mid",
            "aliases": (f"{letters}{number}{end.lower()} {maker.lower()}", f"{maker} {letters}{number}{end[1:2].lower()}"),
            "identifiers": (f"{maker[:2].upper()}-{letters.upper()}{at:05d}",),
            "variants": {"storage": ("128 GB", "256 GB"), "colour": ("Black", "Blue")},
        }
    )
