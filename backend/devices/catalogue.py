"""The published catalogue in memory: read once per version and process, shared by search, prices and the snapshot."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from backend.core.db import Session
from backend.core.held import Held

from .errors import DeviceUnknown, FaultUnknown, ServiceUnknown
from .models import CatalogueVersion, DeviceModel, Fault, FaultService, RepairService
from .search import Hit, Index, Named


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
    aliases: tuple[str, ...]
    identifiers: tuple[str, ...]
    variants: Mapping[str, tuple[str, ...]]
    retired: bool


@dataclass(frozen=True, slots=True)
class KnownFault:
    """One fault."""

    code: str
    label: str
    phrase: str
    categories: frozenset[str]


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

    def fault(self, code: str, category: str) -> KnownFault:
        """Return a fault devices of the category can have; raises FaultUnknown."""
        found = self.faults.get(code)
        if found is None or category not in found.categories:
            raise FaultUnknown(fault=code)
        return found

    def service(self, code: str, category: str) -> KnownService:
        """Return a repair service offered for the category; raises ServiceUnknown."""
        found = self.services.get(code)
        if found is None or category not in found.minutes:
            raise ServiceUnknown(service=code)
        return found

    def likely(self, fault: str, category: str) -> Mapping[str, Decimal]:
        """Return the services that may mend the fault, each with its probability, likeliest first."""
        return self.priors.get((category, fault), {})

    def search(self, query: str, limit: int) -> list[tuple[Device, float]]:
        """Return the models a query may mean, best first, scored 0 to 100."""
        hits: list[Hit] = self.index.search(query, limit)
        return [(self.devices[hit.key], hit.score) for hit in hits]


async def _load(session: Session) -> Catalogue:
    version = await session.scalar(select(func.max(CatalogueVersion.version))) or 0
    rows = await session.scalars(select(DeviceModel).options(selectinload(DeviceModel.aliases)).order_by(DeviceModel.slug))
    devices = {row.slug: _device(row) for row in rows}
    faults = {
        row.code: KnownFault(row.code, row.label, row.phrase, frozenset(row.categories))
        for row in await session.scalars(select(Fault).order_by(Fault.position))
    }
    services = {row.code: _service(row) for row in await session.scalars(select(RepairService).order_by(RepairService.position))}
    priors: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for join in await session.scalars(select(FaultService).order_by(FaultService.prior.desc(), FaultService.service_code)):
        priors[join.category, join.fault_code][join.service_code] = join.prior
    index = Index(
        Named(device.slug, (device.name, f"{device.brand} {device.model}", device.model, *device.aliases, *device.identifiers), device.year)
        for device in devices.values()
        if not device.retired
    )
    return Catalogue(version, devices, faults, services, dict(priors), index)


def _device(row: DeviceModel) -> Device:
    names: dict[str, list[str]] = {"alias": [], "identifier": []}
    for alias in row.aliases:
        names[alias.kind].append(alias.text)
    return Device(
        id=row.id,
        slug=row.slug,
        brand=row.brand,
        model=row.model,
        name=row.name,
        category=row.category,
        year=row.year,
        aliases=tuple(names["alias"]),
        identifiers=tuple(names["identifier"]),
        variants={kind: tuple(values) for kind, values in row.variants.items()},
        retired=row.retired_at is not None,
    )


def _service(row: RepairService) -> KnownService:
    return KnownService(
        row.code, row.label, row.needs_part, tuple(row.grades), dict(row.minutes), row.skill, row.warranty_months, row.while_you_wait
    )


_current = Held(_load, CatalogueVersion)


async def current(session: Session) -> Catalogue:
    """Return the catalogue in force."""
    return await _current.get(session)
