"""The price book: published from files in numbered versions, held in memory once per version and process."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.core import audit, locks
from backend.core.db import Session
from backend.core.held import Held
from backend.devices import catalogue
from backend.devices.catalogue import Catalogue, Device, KnownService

from .adjustments import Adjustments
from .basis import Rates
from .files import PriceFiles, read
from .models import PartPrice, PriceBook
from .parts import Own, Tables, offered

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the price book; immutable."""

    version: int
    rates: Rates
    tables: Tables | None
    own: Mapping[tuple[str, str], Own]
    adjustments: Adjustments

    def part(self, device: Device, service: KnownService) -> Mapping[str, int]:
        """Return what the part costs in each grade, the usual grade first; nothing where a person has to look."""
        said = self.own.get((device.slug, service.code))
        if not service.grades or said == "ask":
            return {}
        named: dict[str, int] = dict(said.items()) if isinstance(said, dict) else {}
        usual = said if isinstance(said, int) else named.get(service.grades[0])
        if usual is None and self.tables is not None:
            usual = self.tables.price(device, service)
        if usual is None:
            return named
        return self.tables.graded(service, usual, named) if self.tables else {service.grades[0]: usual, **named}

    def gaps(self, known: Catalogue) -> list[tuple[Device, KnownService]]:
        """Return every model with a service offered for it whose part has no price."""
        return [(device, service) for device, service in offered(known) if not self.part(device, service)]


async def publish(session: Session, files: PriceFiles | None = None) -> int:
    """Bring the price book to what the files say and return the version in force; needs the catalogue published first."""
    files = files or read()
    await locks.take(session, "price_book")
    last = await session.scalar(select(PriceBook).order_by(PriceBook.version.desc()).limit(1))
    if last is not None and last.digest == files.digest:
        return last.version
    known, own = await catalogue.current(session), files.own()
    _check(known, files, own)
    version = last.version + 1 if last else 1
    said = {name: getattr(files, name).model_dump(mode="json") for name in ("rates", "tables", "adjustments")}
    session.add(PriceBook(version=version, digest=files.digest, published_at=session.now(), **said))
    await session.flush()
    if own:
        await session.execute(insert(PartPrice), [_row(version, *where, price) for where, price in own.items()])
    gaps = Book(version, files.rates, files.tables, own, files.adjustments).gaps(known)
    if gaps:
        # The staff page of prices shows them all.
        such_as = [f"{device.slug}: {service.code}" for device, service in gaps[:3]]
        log.info("no_price_in_book", version=version, gaps=len(gaps), such_as=such_as)
    await audit.record(session, "price_book.published", version=version, prices=len(offered(known)) - len(gaps), gaps=len(gaps))
    return version


def _check(known: Catalogue, files: PriceFiles, own: Mapping[tuple[str, str], Own]) -> None:
    """Refuse prices for what the catalogue does not know, and in grades we do not stock."""
    for slug, code in own:
        device, service, price = known.devices.get(slug), known.services.get(code), own[slug, code]
        if device is None or service is None or device.category not in service.minutes:
            raise ValueError(f"a price for {code} on {slug}, which the catalogue does not know")
        if isinstance(price, dict) and not set(price) <= set(service.grades):
            raise ValueError(f"a price for {code} on {slug} in a grade that is not stocked")
    for category, rows in files.tables.parts.items():
        for code in rows:
            if code not in known.services or category not in known.services[code].minutes or not known.services[code].needs_part:
                raise ValueError(f"prices for {code} on a {category}, where it is not offered with a part")


def _row(version: int, slug: str, code: str, price: Own) -> dict[str, object]:
    amount = price if isinstance(price, int) else None
    named = price if isinstance(price, dict) else {}
    return {"book_version": version, "device_slug": slug, "service_code": code, "amount_minor": amount, "grades": named}


async def read_version(session: Session, version: int) -> Book:
    """Return one version as it was published, in force or not."""
    row = await session.get_one(PriceBook, version)
    rows = await session.scalars(select(PartPrice).where(PartPrice.book_version == version))
    own = {(price.device_slug, price.service_code): price.said for price in rows}
    tables = Tables.model_validate(row.tables) if row.tables else None
    return Book(version, Rates.model_validate(row.rates), tables, own, Adjustments.model_validate(row.adjustments))


async def _load(session: Session) -> Book:
    return await read_version(session, await session.scalar(select(func.max(PriceBook.version))) or 0)


_current = Held(_load, PriceBook)


async def current(session: Session) -> Book:
    """Return the price book in force."""
    return await _current.get(session)
