"""The published catalogue in memory: read once per version and process, shared by search, prices and the snapshot."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from backend.core.db import Session

from .known import Catalogue, Device, KnownFault, KnownService
from .models import CatalogueVersion, DeviceModel, Fault, FaultService, RepairService
from .search import Index, Named

if TYPE_CHECKING:
    from backend.core.site import Site

__all__ = ["Catalogue", "Device", "KnownFault", "KnownService", "at_hand", "current", "device_of", "forget", "index_of"]

#: Seconds for which `at_hand` does not look whether a newer version was published.
FRESH = 1.0


class _Held:
    """What one process holds."""

    def __init__(self) -> None:
        self.catalogue: Catalogue | None = None
        self.looked_at = 0.0
        self.loading = asyncio.Lock()


_held: "WeakKeyDictionary[Site, _Held]" = WeakKeyDictionary()


async def current(session: Session) -> Catalogue:
    """Return the catalogue in force; costs one small query unless a new version was published."""
    version = await session.scalar(select(func.max(CatalogueVersion.version))) or 0
    held = _held.setdefault(session.site, _Held())
    if held.catalogue is None or held.catalogue.version != version:
        async with held.loading:  # of many who find a new version one reads it
            if held.catalogue is None or held.catalogue.version != version:
                held.catalogue = await _load(session, version)
    return held.catalogue


async def at_hand(site: "Site") -> Catalogue:
    """Return a catalogue that was in force at most a second ago; for searches as people type, which need no transaction."""
    held = _held.setdefault(site, _Held())
    if held.catalogue is None or time.monotonic() - held.looked_at > FRESH:
        async with site.work() as session:
            found = await current(session)
        held.looked_at = time.monotonic()
        return found
    return held.catalogue


def forget(site: "Site") -> None:
    """Make the next look a real one; whoever publishes calls this, so that he finds what he published."""
    _held.setdefault(site, _Held()).looked_at = float("-inf")


def index_of(devices: Iterable[Device]) -> Index:
    """Return the search index over the models that are not retired."""
    return Index(
        Named(device.slug, (device.name, f"{device.brand} {device.model}", device.model, *device.aliases, *device.identifiers), device.year)
        for device in devices
        if not device.retired
    )


async def _load(session: Session, version: int) -> Catalogue:
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
