"""What a part costs on a model: tables of kind × service × class, times maker, age and screen. No session, no clock, no network."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.core.money import round_half_up
from backend.devices.catalogue import Catalogue, Device, KnownService
from backend.devices.files import Category, PriceClass

Ask = Literal["ask"]
Pence = Annotated[int, Field(ge=0, le=1_000_000)]
Factor = Annotated[Decimal, Field(gt=0, le=10)]
Grade = Literal["genuine", "premium", "standard"]
#: One price for each class, in this order.
CLASSES: tuple[PriceClass, ...] = ("entry", "mid", "high", "flagship")
ByClass = tuple[Pence | Ask, Pence | Ask, Pence | Ask, Pence | Ask]
#: A price of our own: for the usual grade, for each grade by name, or none because somebody has to look.
Own = Pence | dict[Grade, Pence] | Ask

T = TypeVar("T")
_INCHES = re.compile(r"^\d+(?:\.\d+)?")


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Age(_Value):
    """A factor for models up to so many years old."""

    up_to: int = Field(ge=0)
    factor: Factor


class Screens(_Value):
    """What kind and size of screen do to the price of one."""

    kinds: dict[Literal["OLED", "LCD", "mini-LED", "MIP", "folding"], Factor] = {}
    usual_inches: Decimal | None = None
    an_inch: Decimal = Decimal(0)
    least: Factor = Decimal(1)
    most: Factor = Decimal(1)

    def factor(self, screen: str | None) -> Decimal:
        """Return the factor for a screen as the catalogue describes it, such as `6.1 OLED` or `7.6 OLED + 6.2 OLED`."""
        if screen is None:
            return Decimal(1)
        kind = "folding" if "+" in screen else screen.split()[-1]
        found = _of(self.kinds, kind) or Decimal(1)
        inches = _INCHES.match(screen)
        if inches is None or self.usual_inches is None:
            return found
        size = 1 + (Decimal(inches[0]) - self.usual_inches) * self.an_inch
        return found * min(max(size, self.least), self.most)


class Factors(_Value):
    """How a price of the tables becomes the price for a model."""

    step: int = Field(ge=1)
    least: int = Field(ge=0)
    priced_in: int
    ages: tuple[Age, ...] = Field(min_length=1)
    makers: dict[Category, dict[str, Factor]]
    anybodys: frozenset[str]
    screen_services: frozenset[str]
    screens: dict[Category, Screens]
    grades: dict[str, dict[Grade, Factor]]

    @model_validator(mode="after")
    def _in_order(self) -> "Factors":
        if list(self.ages) != sorted(self.ages, key=lambda age: age.up_to):
            raise ValueError("ages: youngest first")
        if "usual" not in self.grades:
            raise ValueError("grades: the usual ones are missing")
        return self

    def age(self, year: int) -> Decimal | None:
        """Return the factor for a model first sold in a year; None when its parts are too hard to find."""
        years = max(self.priced_in - year, 0)
        return next((age.factor for age in self.ages if years <= age.up_to), None)

    def grade(self, service: str, grade: str) -> Decimal:
        """Return what a grade costs beside premium."""
        shares = self.grades["usual"] | self.grades.get(service, {})
        return _of(shares, grade) or Decimal(1)


class Tables(_Value):
    """The tables of part prices with their factors."""

    parts: dict[Category, dict[str, ByClass]] = {}
    factors: Factors

    def price(self, device: Device, service: KnownService) -> int | None:
        """Return what the part of the usual grade costs; None where nobody can say without looking."""
        by_class = _of(_of(self.parts, device.category) or {}, service.code)
        amount = _of(dict(zip(CLASSES, by_class, strict=True)), device.price_class) if by_class else None
        if amount is None or amount == "ask":
            return None
        if service.code in self.factors.anybodys:
            return amount
        age = self.factors.age(device.year)
        if age is None:
            return None
        exact = amount * age * (_of(_of(self.factors.makers, device.category) or {}, device.brand) or 1)
        if service.code in self.factors.screen_services:
            exact *= (_of(self.factors.screens, device.category) or Screens()).factor(device.specs.get("screen"))
        return self._whole(exact)

    def graded(self, service: KnownService, usual: int, named: Mapping[str, int]) -> dict[str, int]:
        """Return the price of every grade in stock, the usual one first; prices named for a grade go before factors."""
        first = self.factors.grade(service.code, service.grades[0])
        derived = {grade: self._whole(usual * self.factors.grade(service.code, grade) / first) for grade in service.grades[1:]}
        return {grade: named.get(grade, ({service.grades[0]: usual} | derived)[grade]) for grade in service.grades}

    def _whole(self, exact: Decimal) -> int:
        return max(round_half_up(exact / self.factors.step) * self.factors.step, self.factors.least)


def _of(rows: Mapping[Any, T], name: str) -> T | None:
    """Look up a name from the catalogue, which may hold names that no table has."""
    return rows.get(name)


def offered(known: Catalogue) -> list[tuple[Device, KnownService]]:
    """Return every model with every service offered for it that needs a part."""
    services = [service for service in known.services.values() if service.needs_part]
    devices = [device for device in known.devices.values() if not device.retired]
    return [(device, service) for device in devices for service in services if service.possible_on(device)]
