"""What managers change about the catalogue: adding, changing and retiring models. Each change is a version the assistant takes over."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from backend.core import audit, locks, race
from backend.core.db import Session
from backend.core.ids import uuid7

from . import catalogue, rules
from .errors import DeviceUnknown, FeatureUnknown, ModelChanged, ModelExists, NameTaken, NameTooGeneral, NameUnreadable, YearAhead
from .keeping_schemas import ModelWish
from .known import Catalogue, Device
from .models import DeviceModel
from .names import display_name, slug_of
from .service import STAFF, merge_aliases, next_version

#: Addresses our own pages use.
_OURS = frozenset({"new"})


async def add_model(session: Session, wish: ModelWish) -> Device:
    """Put a model into the catalogue; raises ModelExists, NameTaken, NameTooGeneral, NameUnreadable, FeatureUnknown or YearAhead."""
    known = await _locked(session)
    slug = slug_of(wish.brand, wish.model)
    if not slug or slug in _OURS:
        raise NameUnreadable
    if slug in known.devices:
        raise ModelExists(slug=slug, retired=known.devices[slug].retired)
    _check(session, known, wish, slug)
    row = DeviceModel(id=uuid7(), slug=slug, source=STAFF, revision=1, aliases=[])
    _write(row, wish)
    session.add(row)
    return await _published(session, "catalogue.model_added", row)


async def change_model(session: Session, slug: str, wish: ModelWish, *, revision: int) -> Device:
    """Change a model, whose address stays; raises what `add_model` does, DeviceUnknown, or ModelChanged when it is not the one seen."""
    known = await _locked(session)
    row = await _row(session, slug, revision)
    _check(session, known, wish, slug)
    _write(row, wish)
    return await _published(session, "catalogue.model_changed", row)


async def retire_model(session: Session, slug: str, *, revision: int) -> Device:
    """Offer a model no longer; orders go on naming it. Raises DeviceUnknown or ModelChanged."""
    await _locked(session)
    row = await _row(session, slug, revision)
    row.retired_at = row.retired_at or session.now()
    return await _published(session, "catalogue.model_retired", row)


async def offer_model(session: Session, slug: str, *, revision: int) -> Device:
    """Offer a retired model again; raises DeviceUnknown, ModelChanged, or NameTaken when another model bears one of its names by now."""
    known = await _locked(session)
    row = await _row(session, slug, revision)
    device = known.devices[slug]
    _free(rules.names_of(device.brand, device.model, device.name, device.aliases), known, slug)
    row.retired_at = None
    return await _published(session, "catalogue.model_offered", row)


async def _locked(session: Session) -> Catalogue:
    await locks.take(session, "catalogue")
    await race.before("catalogue.change")
    # What is held may be older than the lock: whoever had it before us has just published.
    return await catalogue.read(session)


async def _row(session: Session, slug: str, revision: int) -> DeviceModel:
    row = (await session.scalars(select(DeviceModel).where(DeviceModel.slug == slug).options(selectinload(DeviceModel.aliases)))).first()
    if row is None:
        raise DeviceUnknown
    if row.revision != revision:
        raise ModelChanged(revision=row.revision)
    return row


def _check(session: Session, known: Catalogue, wish: ModelWish, slug: str) -> None:
    if wish.year > session.now().year + 1:
        raise YearAhead
    if strange := sorted(set(wish.without) - known.features):
        raise FeatureUnknown(features=strange)
    brands = {device.brand for device in known.devices.values()} | {wish.brand}
    if general := rules.too_general(wish.aliases, brands):
        raise NameTooGeneral(names=general)
    _free(rules.names_of(wish.brand, wish.model, display_name(wish.brand, wish.model), wish.aliases), known, slug)


def _free(names: Iterable[str], known: Catalogue, slug: str) -> None:
    others = (device for device in known.devices.values() if device.slug != slug and not device.retired)
    if taken := rules.clashes(names, others):
        raise NameTaken(clashes=[{"name": clash.name, "slug": clash.device.slug, "device": clash.device.name} for clash in taken])


def _write(row: DeviceModel, wish: ModelWish) -> None:
    row.brand, row.model, row.name = wish.brand, wish.model, display_name(wish.brand, wish.model)
    row.category, row.year, row.price_class = wish.category, wish.year, wish.price_class
    row.variants = {kind: list(values) for kind, values in wish.variants.items()}
    row.specs, row.without = wish.specs.model_dump(exclude_none=True), list(wish.without)
    merge_aliases(row, wish.aliases, wish.identifiers)


async def _published(session: Session, action: str, row: DeviceModel) -> Device:
    """Count the change, publish it with an audit row, and return the model as everybody sees it from the commit on."""
    if action != "catalogue.model_added":
        row.revision += 1
    row.source = STAFF  # from now on the data files leave it alone
    await session.flush()
    version = await next_version(session)
    await audit.record(session, action, subject=row.id, slug=row.slug, revision=row.revision, version=version)
    return catalogue.device_of(row)
