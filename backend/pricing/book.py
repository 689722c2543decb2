"""The price book: read from files into numbered versions, held in memory once per version and process."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.core import audit, locks
from backend.core.db import Session
from backend.core.held import Held
from backend.devices import catalogue

from .models import PartPrice, PriceBook
from .rules import Rates

DATA = Path(__file__).resolve().parent / "data"


class Tier(BaseModel):
    """Models whose parts cost about the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    models: tuple[str, ...]
    parts: dict[str, int] = Field(min_length=1)


class PriceFiles(BaseModel):
    """What the price files say."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tiers: dict[str, Tier]
    models: dict[str, dict[str, int]]
    rates: Rates
    digest: str

    def parts(self) -> dict[tuple[str, str], int]:
        """Return the price of every (model, service), a model's own prices over its tier's."""
        found: dict[tuple[str, str], int] = {}
        for name, tier in self.tiers.items():
            for slug in tier.models:
                if any(key[0] == slug for key in found):
                    raise ValueError(f"{slug} is in two tiers, {name} among them")
                found |= {(slug, service): amount for service, amount in tier.parts.items()}
        return found | {(slug, service): amount for slug, own in self.models.items() for service, amount in own.items()}


@dataclass(frozen=True, slots=True)
class Book:
    """One version of the price book; immutable."""

    version: int
    rates: Rates
    parts: Mapping[tuple[str, str], int]


def read(data: Path = DATA) -> PriceFiles:
    """Read and check the price files."""
    raw = {name: (data / f"{name}.yml").read_bytes() for name in ("parts", "rates")}
    parts = yaml.safe_load(raw["parts"])
    digest = hashlib.sha256(raw["parts"] + b"\0" + raw["rates"]).hexdigest()
    return PriceFiles.model_validate({**parts, "rates": yaml.safe_load(raw["rates"]), "digest": digest})


async def publish(session: Session, files: PriceFiles | None = None) -> int:
    """Bring the price book to what the files say and return the version in force; needs the catalogue published first."""
    files = files or read()
    await locks.take(session, "price_book")
    last = await session.scalar(select(PriceBook).order_by(PriceBook.version.desc()).limit(1))
    if last is not None and last.digest == files.digest:
        return last.version
    known, parts = await catalogue.current(session), files.parts()
    for slug, service in parts:
        device = known.devices.get(slug)
        if device is None or service not in known.services or device.category not in known.services[service].minutes:
            raise ValueError(f"a price for {service} on {slug}, which the catalogue does not know")
    version = last.version + 1 if last else 1
    session.add(PriceBook(version=version, digest=files.digest, rates=files.rates.model_dump(mode="json"), published_at=session.now()))
    await session.flush()
    rows = [
        {"book_version": version, "device_slug": slug, "service_code": service, "amount_minor": amount}
        for (slug, service), amount in parts.items()
    ]
    await session.execute(insert(PartPrice), rows)
    await audit.record(session, "price_book.published", version=version, prices=len(rows))
    return version


async def _load(session: Session) -> Book:
    version = await session.scalar(select(func.max(PriceBook.version))) or 0
    row = await session.get_one(PriceBook, version)
    rows = await session.scalars(select(PartPrice).where(PartPrice.book_version == version))
    prices = {(price.device_slug, price.service_code): price.amount_minor for price in rows}
    return Book(version, Rates.model_validate(row.rates), prices)


_current = Held(_load, PriceBook)


async def current(session: Session) -> Book:
    """Return the price book in force."""
    return await _current.get(session)
