"""How a price comes about: what is wrong and the price book in, lines out. The same input gives the same lines for ever."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from backend.core.money import Money, round_half_up

from .adjustments import adjust
from .basis import Basis, ByHand, Line, Plan, Priced, Work
from .errors import NoPrice, NothingToQuote

#: What a service must reach to be among the possible outcomes that make up a range.
POSSIBLE_FROM = Decimal("0.10")
DIAGNOSTIC = "diagnostic"


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
        # Beside what is done anyway: a service that is among it already adds nothing, however dear it is alone.
        priced = [work for work in candidates if work.priced]
        bills = sorted(priced, key=lambda work: (_bill(basis, _once([*basis.works, work])), work.code))
        if not bills:
            return None, None
        cheapest.append(bills[0])
        dearest.append(bills[-1])
    least, most = (max(_bill(basis, _once(works)), total) for works in (cheapest, dearest))
    return min(least, most), max(least, most)


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
