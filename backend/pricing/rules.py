"""How a price comes about: what is wrong and the price book in, lines out. The same input gives the same lines for ever."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.core.money import Money, round_half_up

from .adjustments import Adjustments, adjust
from .errors import NoPrice, NothingToQuote

Urgency = Literal["standard", "priority", "express"]
LineKind = Literal["part", "labour", "bundle", "age", "season", "demand", "market", "urgency", "bench_fee", "by_hand", "vat"]

#: What a service must reach to be among the possible outcomes that make up a range.
POSSIBLE_FROM = Decimal("0.10")
DIAGNOSTIC = "diagnostic"


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


def plan(priors: Mapping[str, Mapping[str, Decimal]], clear_from: Decimal, services: tuple[str, ...] = ()) -> Plan:
    """Choose the services for the faults (in the order told), unless the customer named services himself.

    A fault is clear when its likeliest service reaches `clear_from`; one whose likeliest service is done anyway counts as seen to.
    """
    if services:
        return Plan(services=tuple(dict.fromkeys(services)), open={})
    if not priors:
        raise NothingToQuote
    likeliest = {fault: max(shares.items(), key=lambda item: (item[1], item[0])) for fault, shares in priors.items() if shares}
    chosen = tuple(dict.fromkeys(service for service, share in likeliest.values() if share >= clear_from))
    still_open = {
        fault: tuple(service for service, share in priors[fault].items() if share >= POSSIBLE_FROM)
        for fault in priors
        if fault not in likeliest or (likeliest[fault][1] < clear_from and likeliest[fault][0] not in chosen)
    }
    return Plan(services=chosen, open=still_open)


def price(basis: Basis) -> Priced:
    """Work the price out line by line; raises NoPrice where the book has none and nobody made one."""
    if basis.by_hand is not None:
        return _by_hand(basis, basis.by_hand)
    if missing := [work.code for work in basis.works if not work.priced]:
        raise NoPrice(services=missing)
    lines = _lines(basis, basis.works, with_bench_fee=bool(basis.open))
    total = _sum(basis, lines)
    vat = _vat(basis, total)
    low, high = _range(basis, total)
    done = basis.works + ((basis.diagnostic,) if basis.open and basis.diagnostic else ())
    return Priced(
        lines=(*lines, vat),
        total=total,
        vat=vat.amount,
        low=low,
        high=high,
        minutes=sum(work.minutes for work in done),
        warranty_months=min((work.warranty_months for work in basis.works), default=0),
        services=tuple((work.code, work.label) for work in done),
    )


def _by_hand(basis: Basis, made: ByHand) -> Priced:
    lines = [Line(kind="by_hand", label=line.label, amount=Money(line.amount_minor, basis.rates.currency)) for line in made.lines]
    total = _sum(basis, lines)
    vat = _vat(basis, total)
    return Priced(
        lines=(*lines, vat),
        total=total,
        vat=vat.amount,
        low=None,
        high=None,
        minutes=made.minutes,
        warranty_months=made.warranty_months,
        services=made.services,
    )


def _vat(basis: Basis, total: Money) -> Line:
    rate = Fraction(basis.rates.vat)
    percent = f"{basis.rates.vat * 100:f}".rstrip("0").rstrip(".")
    amount = Money(round_half_up(total.minor * rate / (1 + rate)), total.currency)
    return Line(kind="vat", label=f"VAT {percent}% (included)", amount=amount)


def _lines(basis: Basis, works: tuple[Work, ...], *, with_bench_fee: bool) -> list[Line]:
    rates, currency = basis.rates, basis.rates.currency
    lines: list[Line] = []
    by_work: list[Money] = []
    parts = Money(0, currency)
    for work in works:
        if work.part_minor:
            part = Money(work.part_minor, currency)
            lines.append(Line(kind="part", label=work.part, amount=part, service=work.code, grade=work.grade))
            parts += part
        labour = Money(rates.labour_per_hour[basis.category], currency).share(Fraction(work.minutes, 60))
        lines.append(Line(kind="labour", label=f"{work.label}: labour, {work.minutes} min", amount=labour, service=work.code))
        by_work.append(labour)
    moved = adjust(basis.adjustments, by_work, parts, day=basis.day, years=basis.years)
    lines += [Line(kind=kind, label=label, amount=amount) for kind, label, amount in moved]
    worked = sum(by_work, Money(0, currency))
    if with_bench_fee:
        fee = Money(rates.bench_fee[basis.category], currency)
        lines.append(Line(kind="bench_fee", label="Diagnostic at the bench (comes off the repair)", amount=fee, service=DIAGNOSTIC))
        worked += fee
    if basis.urgency != "standard":
        rate = rates.urgency[basis.urgency]
        extra = min(max(worked.share(rate.share).minor, rate.minimum), rate.maximum)
        lines.append(Line(kind="urgency", label=f"{basis.urgency.capitalize()} service", amount=Money(extra, currency)))
    return lines


def _sum(basis: Basis, lines: list[Line]) -> Money:
    return sum((line.amount for line in lines), Money(0, basis.rates.currency))


def _bill(basis: Basis, works: tuple[Work, ...]) -> Money:
    return _sum(basis, _lines(basis, works, with_bench_fee=False))


def _range(basis: Basis, total: Money) -> tuple[Money | None, Money | None]:
    """Return the likely final bills, least and most: each open fault mended by its cheapest or dearest service; the bench fee comes off."""
    if not basis.open:
        return None, None
    cheapest, dearest = list(basis.works), list(basis.works)
    for candidates in basis.open.values():
        bills = sorted((work for work in candidates if work.priced), key=lambda work: (_bill(basis, (work,)), work.code))
        if not bills:
            return None, None
        cheapest.append(bills[0])
        dearest.append(bills[-1])
    return max(_bill(basis, _once(cheapest)), total), max(_bill(basis, _once(dearest)), total)


def _once(works: list[Work]) -> tuple[Work, ...]:
    return tuple({work.code: work for work in works}.values())


def other_grades(basis: Basis) -> list[tuple[str, Money]]:
    """Return what the same works cost with parts of another grade, for every grade that changes the total; cheapest first."""
    if basis.by_hand is not None:
        return []
    total = price(basis).total
    grades = dict.fromkeys(grade for work in basis.works for grade in work.grades)
    found = {grade: price(basis.in_grade(grade)).total for grade in grades}
    return sorted(((grade, other) for grade, other in found.items() if other != total), key=lambda item: item[1])
