"""What the crowd says, read from `words/*.yml`: written for these customers and for nothing else."""

import functools
import random
from pathlib import Path
from typing import Any

import yaml

from backend.devices import files

FOLDER = Path(__file__).parent / "words"


@functools.cache
def read(name: str) -> Any:
    """One file of words."""
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))


@functools.cache
def labels() -> dict[str, str]:
    """How the shop calls each fault, by code, in small letters: what a customer finds in a price."""
    return {fault.code: fault.label.lower() for fault in files.read().faults}


@functools.cache
def categories() -> dict[str, str]:
    """The kind of each model that the crowd owns, by its name in the catalogue; a name the catalogue lacks is a slip of ours."""
    known = {device.name: device.category for device in files.read().devices}
    return {entry["is"]: known[entry["is"]] for entry in read("devices")}


@functools.cache
def impossible(name: str) -> frozenset[str]:
    """The faults this model cannot have, for want of a fan or a disc drive."""
    catalogue = files.read()
    lacks = next(set(device.without) for device in catalogue.devices if device.name == name)
    return frozenset(fault.code for fault in catalogue.faults if fault.needs in lacks)


def one_of(dice: random.Random, kind: str, **values: str) -> str:
    """One of the ways to say this."""
    return str(dice.choice(read("talk")[kind])).format(**values)


def weighted(dice: random.Random, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """One of the entries, by weight."""
    return dice.choices(entries, [entry["weight"] for entry in entries])[0]
