"""A catalogue of any size: the real models, and made-up ones named as makers name theirs."""

import itertools
import random
import time
from collections.abc import Sequence

from backend.devices import files
from backend.devices.files import DeviceEntry
from backend.devices.search import Index, Named
from tests.bench.load import Sample

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


def typed(devices: Sequence[DeviceEntry], count: int) -> list[str]:
    """Different things people type while they look for these: whole names, nicknames, codes, beginnings, and slips of the thumb."""
    dice, made = random.Random(5), dict[str, None]()
    while len(made) < count:
        device = dice.choice(devices)
        name = dice.choice((device.name, device.model, *device.aliases, *device.identifiers)).lower()
        at = dice.randrange(1, max(2, len(name) - 1))
        made[dice.choice((name, name[: at + 2], name[:at] + name[at + 1 :], name[:at] + name[at : at + 2][::-1] + name[at + 2 :]))] = None
    return list(made)


def search_times(devices: Sequence[DeviceEntry], queries: Sequence[str]) -> Sample:
    """How long each query takes, nothing remembered."""
    index = Index(
        Named(one.slug, (one.name, f"{one.brand} {one.model}", one.model, *one.aliases, *one.identifiers), one.year) for one in devices
    )
    sample = Sample()
    for query in queries:
        began = time.perf_counter()
        index.search(query)
        sample.seconds.append(time.perf_counter() - began)
    return sample
