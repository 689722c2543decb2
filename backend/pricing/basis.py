"""What a price is made from and what it comes to: plain values, stored with a quote so that it can be worked out again."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.core.money import Money

from .adjustments import Adjustments

Urgency = Literal["standard", "priority", "express"]
LineKind = Literal["part", "labour", "bundle", "age", "season", "demand", "market", "urgency", "bench_fee", "by_hand", "vat"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UrgencyRate(_Value):
    """A share of labour between two limits (minor units)."""

    share: Decimal = Field(ge=0, le=5)
    minimum: int = Field(ge=0)
    maximum: int = Field(ge=0)


class Rates(_Value):
    """What the price book says beside part prices; amounts in minor units, VAT included."""

    currency: str
    labour_per_hour: dict[str, int]
    bench_fee: dict[str, int]
    urgency: dict[Literal["priority", "express"], UrgencyRate]
    vat: Decimal = Field(ge=0, lt=1)
    clear_from: Decimal = Field(gt=0, le=1)


class Work(_Value):
    """One repair service with what it takes on the device at hand; `part_minor` is None where the book has no price for a part it needs."""

    code: str
    label: str
    needs_part: bool
    part_minor: int | None
    minutes: int
    warranty_months: int
    #: Which part it is, and what it costs in each grade we stock; empty in quotes from before grades were told apart.
    grade: str | None = None
    grades: dict[str, int] = {}

    @property
    def part(self) -> str:
        """Return what the part's line says."""
        return f"{self.label}: {self.grade} part" if self.grade else f"{self.label}: part"

    def in_grade(self, grade: str) -> "Work":
        """Return the work with a part of this grade, or unchanged where we do not stock it."""
        return self.model_copy(update={"grade": grade, "part_minor": self.grades[grade]}) if grade in self.grades else self

    @property
    def priced(self) -> bool:
        """Tell whether the book can price this work."""
        return not self.needs_part or self.part_minor is not None


class HandLine(_Value):
    """One line that a person wrote."""

    label: str
    amount_minor: int


class ByHand(_Value):
    """A price made by a person, and why it is what it is."""

    lines: tuple[HandLine, ...]
    reason: str
    services: tuple[tuple[str, str], ...]
    minutes: int
    warranty_months: int


class Basis(_Value):
    """All that a price depends on; stored with the quote, so that the price can be worked out again."""

    category: str
    urgency: Urgency
    #: Repairs that are clear and will be done.
    works: tuple[Work, ...]
    #: For each fault that is not clear: what may turn out to be needed.
    open: dict[str, tuple[Work, ...]]
    diagnostic: Work | None
    rates: Rates
    adjustments: Adjustments = Adjustments()
    #: The day the price was made, and how many years after its first sale that was for the model.
    day: date | None = None
    years: int = 0
    #: Set where the book has no price and a person made one.
    by_hand: ByHand | None = None

    def in_grade(self, grade: str) -> "Basis":
        """Return the same with parts of this grade wherever we stock them."""
        return self.model_copy(
            update={
                "works": tuple(work.in_grade(grade) for work in self.works),
                "open": {fault: tuple(work.in_grade(grade) for work in works) for fault, works in self.open.items()},
            }
        )


class Line(_Value):
    """One line of a quote; the VAT line says what the total contains and adds nothing."""

    kind: LineKind
    label: str
    amount: Money
    service: str | None = None
    grade: str | None = None


class Priced(_Value):
    """A worked-out price."""

    lines: tuple[Line, ...]
    total: Money
    vat: Money
    low: Money | None
    high: Money | None
    minutes: int
    warranty_months: int
    services: tuple[tuple[str, str], ...]


class Plan(_Value):
    """What to do about the faults: services that are clear, and faults that need a look with their possible services."""

    services: tuple[str, ...]
    open: dict[str, tuple[str, ...]]
