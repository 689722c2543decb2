"""The readable data files that seed the catalogue, parsed once and strictly."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from .names import display_name, slug_of

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
KNOWLEDGE = HERE / "knowledge"

Category = Literal["phone", "tablet", "laptop", "desktop", "console", "watch"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeviceEntry(_Entry):
    """One model as the files write it."""

    brand: str = Field(min_length=1)
    model: str = Field(min_length=1)
    category: Category
    year: int = Field(ge=1990, le=2100)
    aliases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    variants: dict[str, tuple[str, ...]] = {}

    @property
    def slug(self) -> str:
        """Return the model's stable address."""
        return slug_of(self.brand, self.model)

    @property
    def name(self) -> str:
        """Return what people read."""
        return display_name(self.brand, self.model)


class FaultEntry(_Entry):
    """One fault as the files write it."""

    code: str
    label: str
    phrase: str
    categories: tuple[Category, ...]


class ServiceEntry(_Entry):
    """One repair service as the files write it."""

    code: str
    label: str
    part: bool
    grades: tuple[Literal["genuine", "premium", "standard"], ...]
    minutes: dict[Category, int]
    skill: str
    warranty_months: int = Field(ge=0)
    while_you_wait: bool

    @model_validator(mode="after")
    def _graded(self) -> "ServiceEntry":
        if self.part != bool(self.grades):
            raise ValueError(f"{self.code}: a part and its grades come together")
        return self


Priors = dict[Category, dict[str, dict[str, Decimal]]]


class CatalogueFiles(_Entry):
    """Everything the files say, with a digest that changes when any of it does."""

    devices: tuple[DeviceEntry, ...]
    faults: tuple[FaultEntry, ...]
    services: tuple[ServiceEntry, ...]
    priors: Priors
    digest: str

    @model_validator(mode="after")
    def _whole(self) -> "CatalogueFiles":
        slugs = [device.slug for device in self.devices]
        if twice := {slug for slug in slugs if slugs.count(slug) > 1}:
            raise ValueError(f"models described twice: {sorted(twice)}")
        faults, services = {fault.code: fault for fault in self.faults}, {service.code: service for service in self.services}
        for category, rows in self.priors.items():
            for code, shares in rows.items():
                where = f"priors of {category}, {code}"
                if code not in faults or category not in faults[code].categories:
                    raise ValueError(f"{where}: this category does not have this fault")
                if strange := [name for name in shares if name not in services or category not in services[name].minutes]:
                    raise ValueError(f"{where}: not served: {strange}")
                if sum(shares.values()) != 1:
                    raise ValueError(f"{where}: shares add up to {sum(shares.values())}")
        for fault in self.faults:
            if missing := [category for category in fault.categories if fault.code not in self.priors.get(category, {})]:
                raise ValueError(f"{fault.code}: no services named for {missing}")
        return self


def read(data: Path = DATA, knowledge: Path = KNOWLEDGE) -> CatalogueFiles:
    """Read and check all data files; raises pydantic's ValidationError naming the entry that is wrong."""
    hashed = hashlib.sha256()

    def load(path: Path) -> object:
        raw = path.read_bytes()
        hashed.update(path.name.encode() + b"\0" + raw)
        return yaml.load(raw, Loader=_Loader)  # a safe loader, the fast one where there is one  # nosec B506

    devices = [entry for path in sorted(data.glob("*.yml")) for entry in TypeAdapter(list[DeviceEntry]).validate_python(load(path))]
    faults, services, priors = (load(knowledge / f"{name}.yml") for name in ("faults", "services", "priors"))
    return CatalogueFiles.model_validate(
        {"devices": devices, "faults": faults, "services": services, "priors": _exact(priors), "digest": hashed.hexdigest()}
    )


def _exact(priors: object) -> object:
    # YAML gives binary floats; their shortest text is what the file says.
    if isinstance(priors, dict):
        return {key: _exact(value) for key, value in priors.items()}
    return str(priors) if isinstance(priors, float) else priors


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
