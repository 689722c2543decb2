"""The readable files the price book is published from, parsed once and strictly."""

import hashlib
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from .adjustments import Adjustments
from .basis import Rates
from .parts import Own, Tables

DATA = Path(__file__).resolve().parent / "data"
NAMES = ("parts", "factors", "own", "rates", "adjustments")


class Group(BaseModel):
    """Models whose parts cost the same."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    models: tuple[str, ...]
    parts: dict[str, Own] = Field(min_length=1)


class PriceFiles(BaseModel):
    """What the price files say."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    tables: Tables
    groups: dict[str, Group]
    models: dict[str, dict[str, Own]]
    rates: Rates
    adjustments: Adjustments
    digest: str

    def own(self) -> dict[tuple[str, str], Own]:
        """Return the prices we know better than the tables by (model, service), a model's own over its group's."""
        found: dict[tuple[str, str], Own] = {}
        for name, group in self.groups.items():
            for slug in group.models:
                if any(key[0] == slug for key in found):
                    raise ValueError(f"{slug} is in two groups, {name} among them")
                found |= {(slug, service): price for service, price in group.parts.items()}
        return found | {(slug, service): price for slug, prices in self.models.items() for service, price in prices.items()}


def read(data: Path = DATA) -> PriceFiles:
    """Read and check the price files."""
    hashed, said = hashlib.sha256(), {}
    for name in NAMES:
        raw = (data / f"{name}.yml").read_bytes()
        hashed.update(name.encode() + b"\0" + raw)
        said[name] = yaml.safe_load(raw)
    tables = {"parts": said["parts"], "factors": said["factors"]}
    whole = {**said["own"], "tables": tables, "rates": said["rates"], "adjustments": said["adjustments"], "digest": hashed.hexdigest()}
    return PriceFiles.model_validate(whole)
