"""The readable data files that seed the catalogue, parsed once and strictly."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from models.text.catalogue import entries

from .names import display_name, slug_of

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
KNOWLEDGE = HERE / "knowledge"

Category = Literal["phone", "tablet", "laptop", "desktop", "console", "watch"]
#: How dear a model's parts are among those of its kind; the price book derives prices from it.
PriceClass = Literal["flagship", "high", "mid", "entry"]
Connector = Literal["Lightning", "USB-C", "Micro-USB", "MagSafe", "MagSafe 2", "MagSafe 3", "barrel", "Surface Connect", "wireless", "own"]
VariantKind = Literal["size", "storage", "memory", "chip", "colour", "generation", "processor", "connection"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Specs(_Entry):
    """What a repair depends on, as far as we are sure of it."""

    screen: Annotated[str, Field(pattern=r"^(\d{1,2}(\.\d{1,2})? )?(OLED|LCD|mini-LED|MIP)( \+ \d{1,2}(\.\d{1,2})? OLED)?$")] | None = None
    battery: Annotated[str, Field(pattern=r"^\d{2,5}(\.\d{1,2})? (mAh|Wh)$")] | None = None
    connector: Connector | None = None


class DeviceEntry(_Entry):
    """One model as the files write it."""

    brand: str = Field(min_length=1)
    model: str = Field(min_length=1)
    category: Category
    year: int = Field(ge=1990, le=2100)
    price_class: PriceClass = Field(alias="class")
    aliases: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    variants: dict[VariantKind, tuple[str, ...]] = {}
    specs: Specs = Specs()
    #: Features it has not, out of those that faults and services need.
    without: tuple[str, ...] = ()

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
    needs: str | None = None


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
    needs: str | None = None

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
        features = {fault.needs for fault in self.faults} | {service.needs for service in self.services}
        for device in self.devices:
            if idle := set(device.without) - features:
                raise ValueError(f"{device.slug}: nothing needs {sorted(idle)}")
            for code, shares in self.priors.get(device.category, {}).items():
                if faults[code].needs not in device.without and all(services[name].needs in device.without for name in shares):
                    raise ValueError(f"{device.slug}: nothing is left that would mend {code}")
        return self


def read(data: Path = DATA, knowledge: Path = KNOWLEDGE) -> CatalogueFiles:
    """Read and check all data files; raises pydantic's ValidationError naming the entry that is wrong."""
    hashed = hashlib.sha256()

    def load(path: Path) -> object:
        raw = path.read_bytes()
        hashed.update(path.name.encode() + b"\0" + raw)
        return yaml.load(raw, Loader=_Loader)  # a safe loader, the fast one where there is one  # nosec B506

    devices = [
        entry for path in sorted(data.glob("*.yml")) for entry in TypeAdapter(list[DeviceEntry]).validate_python(entries(load(path)))
    ]
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
