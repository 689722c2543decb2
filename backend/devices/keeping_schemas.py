"""What managers send to keep the catalogue, and what staff see of it."""

from typing import Annotated

from pydantic import AfterValidator, Field

from backend.core.schema import Answer, Line, Strict

from .files import Category, Connector, PriceClass, VariantKind
from .known import Catalogue, Device
from .rules import shared_identifiers

SCREEN = r"^(\d{1,2}(\.\d{1,2})? )?(OLED|LCD|mini-LED|MIP)( \+ \d{1,2}(\.\d{1,2})? OLED)?$"
BATTERY = r"^\d{2,5}(\.\d{1,2})? (mAh|Wh)$"


def _distinct(values: list[str]) -> list[str]:
    return list({value.casefold(): value for value in reversed(values)}.values())[::-1]


Value = Annotated[Line, Field(max_length=40)]
Values = Annotated[list[Value], Field(min_length=1, max_length=20), AfterValidator(_distinct)]
Identifier = Annotated[Line, Field(max_length=30, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ,./()+-]*$")]


class SpecsWish(Strict):
    """What a repair depends on, as far as it is known."""

    screen: Annotated[str, Field(pattern=SCREEN)] | None = None
    battery: Annotated[str, Field(pattern=BATTERY)] | None = None
    connector: Connector | None = None


class ModelWish(Strict):
    """A model as it shall stand in the catalogue."""

    brand: Annotated[Line, Field(max_length=40)]
    model: Annotated[Line, Field(max_length=80)]
    category: Category
    year: Annotated[int, Field(ge=1990, le=2100)]
    price_class: PriceClass
    aliases: Annotated[list[Annotated[Line, Field(max_length=60)]], Field(max_length=20), AfterValidator(_distinct)] = []
    identifiers: Annotated[list[Identifier], Field(max_length=30), AfterValidator(_distinct)] = []
    variants: dict[VariantKind, Values] = {}
    specs: SpecsWish = SpecsWish()
    without: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20), AfterValidator(_distinct)] = []


class Revised(Strict):
    """What the sender believes about a model: how often it was changed."""

    revision: Annotated[int, Field(ge=1, le=2**31)]


class ModelChange(Revised):
    """A model as it shall stand from now on."""

    model: ModelWish


class StaffModel(Answer):
    """A model as staff see it."""

    slug: str
    name: str
    brand: str
    model: str
    category: str
    year: int
    price_class: str
    aliases: list[str]
    identifiers: list[str]
    variants: dict[str, list[str]]
    specs: dict[str, str]
    without: list[str]
    #: `file` while the shop's data files keep it, `staff` since somebody added or changed it here.
    source: str
    revision: int
    retired: bool
    #: Codes that other models bear too, with their addresses.
    shared_identifiers: dict[str, list[str]]

    @classmethod
    def of(cls, device: Device, known: Catalogue) -> "StaffModel":
        """Return the answer's form of a model."""
        return cls(
            slug=device.slug,
            name=device.name,
            brand=device.brand,
            model=device.model,
            category=device.category,
            year=device.year,
            price_class=device.price_class,
            aliases=list(device.aliases),
            identifiers=list(device.identifiers),
            variants={kind: list(values) for kind, values in device.variants.items()},
            specs=dict(device.specs),
            without=sorted(device.without),
            source=device.source,
            revision=device.revision,
            retired=device.retired,
            shared_identifiers=shared_identifiers(device.identifiers, device.slug, known.devices),
        )


class StaffModels(Answer):
    """Models of the catalogue, and how many there are in all."""

    items: list[StaffModel]
    total: int
