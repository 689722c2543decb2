"""The published catalogue in memory: read once per version and process, shared by search, prices and the snapshot."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from backend.core.db import Session
from backend.core.held import Held

from .known import Catalogue, Device, KnownFault, KnownService
from .models import CatalogueVersion, DeviceModel, Fault, FaultService, RepairService
from .search import Index, Named

if TYPE_CHECKING:
    from backend.core.site import Site

__all__ = ["Catalogue", "Device", "KnownFault", "KnownService", "at_hand", "current", "device_of", "index_of", "read"]


def index_of(devices: Iterable[Device]) -> Index:
    """Return the search index over the models that are not retired."""
    return Index(
        Named(device.slug, (device.name, f"{device.brand} {device.model}", device.model, *device.aliases, *device.identifiers), device.year)
        for device in devices
        if not device.retired
    )


async def read(session: Session) -> Catalogue:
    """Return the catalogue as the database has it this moment, for whoever is about to change it."""
    version = await session.scalar(select(func.max(CatalogueVersion.version))) or 0
    rows = await session.scalars(select(DeviceModel).options(selectinload(DeviceModel.aliases)).order_by(DeviceModel.slug))
    devices = {row.slug: device_of(row) for row in rows}
    faults = {
        row.code: KnownFault(row.code, row.label, row.phrase, frozenset(row.categories), row.needs)
        for row in await session.scalars(select(Fault).order_by(Fault.position))
    }
    services = {row.code: _service(row) for row in await session.scalars(select(RepairService).order_by(RepairService.position))}
    priors: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for join in await session.scalars(select(FaultService).order_by(FaultService.prior.desc(), FaultService.service_code)):
        priors[join.category, join.fault_code][join.service_code] = join.prior
    index = await session.site.pool.run(index_of, list(devices.values()))
    return Catalogue(version, devices, faults, services, dict(priors), index)


_current = Held(read, CatalogueVersion)


async def current(session: Session) -> Catalogue:
    """Return the catalogue in force."""
    return await _current.get(session)


async def at_hand(site: "Site") -> Catalogue:
    """Return the catalogue in force for a search as people type, which needs no transaction."""
    return await _current.at_hand(site)


def device_of(row: DeviceModel) -> Device:
    """Return a model as the catalogue holds it."""
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
        price_class=row.price_class,
        aliases=tuple(names["alias"]),
        identifiers=tuple(names["identifier"]),
        variants={kind: tuple(values) for kind, values in row.variants.items()},
        specs=dict(row.specs),
        without=frozenset(row.without),
        retired=row.retired_at is not None,
        source=row.source,
        revision=row.revision,
    )


def _service(row: RepairService) -> KnownService:
    return KnownService(
        code=row.code,
        label=row.label,
        needs_part=row.needs_part,
        grades=tuple(row.grades),
        minutes=dict(row.minutes),
        skill=row.skill,
        warranty_months=row.warranty_months,
        while_you_wait=row.while_you_wait,
        needs=row.needs,
    )
