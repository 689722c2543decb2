"""Publishing the catalogue: the files seed the database, what staff added stays."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from backend.core import audit, hints, locks
from backend.core.db import Base, Session
from backend.core.ids import uuid7

from . import files as data_files
from .files import CatalogueFiles, DeviceEntry
from .models import CatalogueVersion, DeviceAlias, DeviceModel, Fault, FaultService, RepairService

STAFF, FILE = "staff", "file"


async def publish_catalogue(session: Session, files: CatalogueFiles | None = None) -> int:
    """Bring the database to what the files say and return the version in force; unchanged files change nothing."""
    files = files or data_files.read()
    await locks.take(session, "catalogue")
    last = await session.scalar(select(CatalogueVersion).order_by(CatalogueVersion.version.desc()).limit(1))
    if last is not None and last.digest == files.digest:
        return last.version
    await _merge_devices(session, files.devices)
    await _merge_knowledge(session, files)
    version = await next_version(session, digest=files.digest)
    await audit.record(session, "catalogue.published", version=version, devices=len(files.devices))
    return version


async def next_version(session: Session, *, digest: str | None = None) -> int:
    """Publish what the session has changed as the next version and return its number; the caller holds the catalogue's lock."""
    last = await session.scalar(select(CatalogueVersion).order_by(CatalogueVersion.version.desc()).limit(1))
    number = last.version + 1 if last else 1
    session.add(CatalogueVersion(version=number, digest=digest or (last.digest if last else ""), published_at=session.now()))
    await session.flush()
    await hints.send(session, "catalogue", {"version": number})
    return number


async def _merge_devices(session: Session, entries: tuple[DeviceEntry, ...]) -> None:
    rows = {row.slug: row for row in await session.scalars(select(DeviceModel).options(selectinload(DeviceModel.aliases)))}
    for entry in entries:
        row = rows.pop(entry.slug, None)
        if row is None:
            row = DeviceModel(id=uuid7(), slug=entry.slug, aliases=[])
            session.add(row)
        elif row.source == STAFF:
            continue
        row.brand, row.model, row.name, row.category, row.year = entry.brand, entry.model, entry.name, entry.category, entry.year
        row.price_class, row.specs, row.without = entry.price_class, entry.specs.model_dump(exclude_none=True), list(entry.without)
        row.variants = {kind: list(values) for kind, values in entry.variants.items()}
        row.source, row.retired_at = FILE, None
        merge_aliases(row, entry.aliases, entry.identifiers)
    for row in rows.values():
        # A model the files dropped may stand in old quotes: it is retired, not deleted.
        if row.source == FILE and row.retired_at is None:
            row.retired_at = session.now()
    await session.flush()


def merge_aliases(row: DeviceModel, aliases: Iterable[str], identifiers: Iterable[str]) -> None:
    """Give a model these other names in this order; those it has already are kept as they are."""
    wanted = [("alias", text) for text in aliases] + [("identifier", text) for text in identifiers]
    have = {(alias.kind, alias.text): alias for alias in row.aliases}
    for position, (kind, text) in enumerate(dict.fromkeys(wanted)):
        alias = have.pop((kind, text), None)
        if alias is None:
            row.aliases.append(DeviceAlias(kind=kind, text=text, position=position))
        else:
            alias.position = position
    for gone in have.values():
        row.aliases.remove(gone)


async def _merge_knowledge(session: Session, files: CatalogueFiles) -> None:
    faults: list[dict[str, object]] = [
        {
            "code": fault.code,
            "label": fault.label,
            "phrase": fault.phrase,
            "categories": list(fault.categories),
            "needs": fault.needs,
            "position": position,
        }
        for position, fault in enumerate(files.faults)
    ]
    services: list[dict[str, object]] = [
        {
            "code": service.code,
            "label": service.label,
            "needs_part": service.part,
            "grades": list(service.grades),
            "minutes": dict(service.minutes),
            "skill": service.skill,
            "warranty_months": service.warranty_months,
            "while_you_wait": service.while_you_wait,
            "needs": service.needs,
            "position": position,
        }
        for position, service in enumerate(files.services)
    ]
    await _upsert(session, Fault, faults)
    await _upsert(session, RepairService, services)
    await session.execute(delete(FaultService))
    joins = [
        {"category": category, "fault_code": fault, "service_code": service, "prior": prior}
        for category, rows in files.priors.items()
        for fault, shares in rows.items()
        for service, prior in shares.items()
    ]
    await session.execute(insert(FaultService), joins)


async def _upsert(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    statement = insert(table).values(rows)
    changed = {name: statement.excluded[name] for name in rows[0] if name != "code"}
    await session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changed))
