"""How a price comes about: what is wrong and the price book in, lines out. The same input gives the same lines for ever."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.core.money import Money, round_half_up

from .errors import NoPrice, NothingToQuote

Urgency = Literal["standard", "priority", "express"]
LineKind = Literal["part", "labour", "urgency", "bench_fee", "vat"]

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

    @property
    def priced(self) -> bool:
        """Tell whether the book can price this work."""
        return not self.needs_part or self.part_minor is not None


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


class Line(_Value):
    """One line of a quote; the VAT line says what the total contains and adds nothing."""

    kind: LineKind
    label: str
    amount: Money
    service: str | None = None


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
    """Work the price out line by line; raises NoPrice where the book has none."""
    if missing := [work.code for work in basis.works if not work.priced]:
        raise NoPrice(services=missing)
    lines = _lines(basis, basis.works, with_bench_fee=bool(basis.open))
    total = _sum(basis, lines)
    vat = Money(round_half_up(total.minor * Fraction(basis.rates.vat) / (1 + Fraction(basis.rates.vat))), total.currency)
    percent = f"{basis.rates.vat * 100:f}".rstrip("0").rstrip(".")
    low, high = _range(basis, total)
    done = basis.works + ((basis.diagnostic,) if basis.open and basis.diagnostic else ())
    return Priced(
        lines=(*lines, Line(kind="vat", label=f"VAT {percent}% (included)", amount=vat)),
        total=total,
        vat=vat,
        low=low,
        high=high,
        minutes=sum(work.minutes for work in done),
        warranty_months=min((work.warranty_months for work in basis.works), default=0),
        services=tuple((work.code, work.label) for work in done),
    )


def _lines(basis: Basis, works: tuple[Work, ...], *, with_bench_fee: bool) -> list[Line]:
    rates, currency = basis.rates, basis.rates.currency
    lines: list[Line] = []
    worked = Money(0, currency)
    for work in works:
        if work.part_minor:
            lines.append(Line(kind="part", label=f"{work.label}: part", amount=Money(work.part_minor, currency), service=work.code))
        labour = Money(rates.labour_per_hour[basis.category], currency).share(Fraction(work.minutes, 60))
        lines.append(Line(kind="labour", label=f"{work.label}: labour, {work.minutes} min", amount=labour, service=work.code))
        worked += labour
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
