"""What the shop knows about devices, as immutable values: models, faults, repair services, and how they hang together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from .errors import DeviceUnknown, FaultUnknown, ServiceUnknown
from .search import Index

_SHARE = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Device:
    """One model, with all its names."""

    id: UUID
    slug: str
    brand: str
    model: str
    name: str
    category: str
    year: int
    #: How dear its parts are: flagship, high, mid or entry.
    price_class: str
    aliases: tuple[str, ...]
    identifiers: tuple[str, ...]
    variants: Mapping[str, tuple[str, ...]]
    specs: Mapping[str, str]
    without: frozenset[str]
    retired: bool
    #: `file` while the data files keep it, `staff` since somebody added or changed it in the shop.
    source: str
    revision: int


@dataclass(frozen=True, slots=True)
class KnownFault:
    """One fault."""

    code: str
    label: str
    phrase: str
    categories: frozenset[str]
    needs: str | None

    def possible_on(self, where: Device | str) -> bool:
        """Tell whether a model, or any device of a category, can have it."""
        if isinstance(where, str):
            return where in self.categories
        return where.category in self.categories and self.needs not in where.without


@dataclass(frozen=True, slots=True)
class KnownService:
    """One repair service."""

    code: str
    label: str
    needs_part: bool
    grades: tuple[str, ...]
    minutes: Mapping[str, int]
    skill: str
    warranty_months: int
    while_you_wait: bool
    needs: str | None

    def possible_on(self, where: Device | str) -> bool:
        """Tell whether it is offered for a model, or for any device of a category."""
        if isinstance(where, str):
            return where in self.minutes
        return where.category in self.minutes and self.needs not in where.without


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of everything the shop knows about devices; immutable."""

    version: int
    devices: Mapping[str, Device]
    faults: Mapping[str, KnownFault]
    services: Mapping[str, KnownService]
    priors: Mapping[tuple[str, str], Mapping[str, Decimal]]
    index: Index

    def device(self, slug: str) -> Device:
        """Return a model we still serve; raises DeviceUnknown."""
        found = self.devices.get(slug)
        if found is None or found.retired:
            raise DeviceUnknown
        return found

    def any_device(self, slug: str) -> Device:
        """Return a model, one we no longer serve too; raises DeviceUnknown."""
        if slug not in self.devices:
            raise DeviceUnknown
        return self.devices[slug]

    @property
    def features(self) -> frozenset[str]:
        """Return the features that any fault or service needs."""
        needs = {one.needs for one in self.faults.values()} | {one.needs for one in self.services.values()}
        return frozenset(one for one in needs if one)

    def listed(self, q: str = "", *, category: str | None = None, retired: bool = False) -> list[Device]:
        """Return models for a list: the best matches of a search, else the newest first; either those on offer or the retired ones."""
        if q.strip() and not retired:
            found = [device for device, _ in self.search(q, 50)]
        else:
            asked = q.casefold().split()
            found = sorted(
                (device for device in self.devices.values() if all(word in _said_of(device) for word in asked)),
                key=lambda device: (-device.year, device.brand, device.name),
            )
        return [device for device in found if device.retired is retired and category in (None, device.category)]

    def fault(self, code: str, where: Device | str) -> KnownFault:
        """Return a fault that a model, or any device of a category, can have; raises FaultUnknown."""
        found = self.faults.get(code)
        if found is None or not found.possible_on(where):
            raise FaultUnknown(fault=code)
        return found

    def service(self, code: str, where: Device | str) -> KnownService:
        """Return a repair service offered for a model, or for any device of a category; raises ServiceUnknown."""
        found = self.services.get(code)
        if found is None or not found.possible_on(where):
            raise ServiceUnknown(service=code)
        return found

    def likely(self, fault: str, where: Device | str) -> Mapping[str, Decimal]:
        """Return the services that may mend the fault, each with its probability, likeliest first.

        For a model, those that need what it has not drop out and the others share their part.
        """
        if isinstance(where, str):
            return self.priors.get((where, fault), {})
        shares = self.priors.get((where.category, fault), {})
        left = {code: share for code, share in shares.items() if self.services[code].possible_on(where)}
        whole = sum(left.values())
        return shares if len(left) == len(shares) else {code: (share / whole).quantize(_SHARE) for code, share in left.items()}

    def search(self, query: str, limit: int) -> list[tuple[Device, float]]:
        """Return the models a query may mean, best first, scored 0 to 100."""
        return [(self.devices[hit.key], hit.score) for hit in self.index.search(query, limit)]


def _said_of(device: Device) -> str:
    return " ".join((device.name, device.brand, *device.aliases, *device.identifiers)).casefold()
