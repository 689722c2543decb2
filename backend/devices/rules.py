"""Which names a model may have: each must lead to one model only, and say more than a family or a maker does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.text.naming import bag, general

from .known import Device


@dataclass(frozen=True, slots=True)
class Clash:
    """A name that already leads to another model."""

    name: str
    device: Device


def names_of(brand: str, model: str, display: str, aliases: Iterable[str]) -> tuple[str, ...]:
    """Return all that people may call a model."""
    return (display, f"{brand} {model}", *aliases)


def clashes(names: Iterable[str], others: Iterable[Device]) -> list[Clash]:
    """Return the names that lead to another model already, read as the assistant reads them: by their words, in any order."""
    owners: dict[frozenset[str], Device] = {}
    for other in others:
        for name in names_of(other.brand, other.model, other.name, other.aliases):
            owners.setdefault(bag(name), other)
    return [Clash(name, owners[bag(name)]) for name in dict.fromkeys(names) if bag(name) in owners]


def too_general(aliases: Iterable[str], brands: Iterable[str]) -> list[str]:
    """Return the nicknames that say no more than a maker, a family or a number: "the pro", "samsung phone", "13"."""
    makers = {word for brand in brands for word in bag(brand)}
    return [name for name in aliases if general(name, makers)]


def shared_identifiers(identifiers: Iterable[str], slug: str, devices: Mapping[str, Device]) -> dict[str, list[str]]:
    """Return the printed codes that other models on offer bear too, each with their addresses; about those the assistant asks."""
    wanted = {code.casefold(): code for code in identifiers}
    found: dict[str, list[str]] = {}
    for other in devices.values():
        if other.slug != slug and not other.retired:
            for code in other.identifiers:
                if code.casefold() in wanted:
                    found.setdefault(wanted[code.casefold()], []).append(other.slug)
    return found
