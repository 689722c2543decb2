"""How a price comes about."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.money import Money, round_half_up
from backend.pricing import rules
from backend.pricing.adjustments import Adjustments
from backend.pricing.basis import Basis, Work
from backend.pricing.errors import NoPrice, NothingToQuote
from backend.pricing.files import read

RATES = read().rates
CLEAR = Decimal("0.6")


def work(code: str = "screen", part: int | None = 9500, minutes: int = 45, *, needs_part: bool = True, warranty: int = 12) -> Work:
    return Work(code=code, label=code.capitalize(), needs_part=needs_part, part_minor=part, minutes=minutes, warranty_months=warranty)


DIAGNOSTIC = work("diagnostic", None, 30, needs_part=False, warranty=0)


def basis(*works: Work, urgency: str = "standard", doubtful: dict[str, tuple[Work, ...]] | None = None) -> Basis:
    facts: dict[str, Any] = {
        "category": "phone",
        "urgency": urgency,
        "works": works,
        "open": doubtful or {},
        "diagnostic": DIAGNOSTIC,
        "rates": RATES,
    }
    return Basis(**facts)


def shares(**given: str) -> dict[str, Decimal]:
    return {service: Decimal(share) for service, share in given.items()}


def test_part_and_labour_add_up_and_vat_is_inside() -> None:
    priced = rules.price(basis(work()))
    assert [(line.kind, line.amount.minor) for line in priced.lines] == [("part", 9500), ("labour", 3600), ("vat", 2183)]
    assert priced.total == Money(13100) and priced.vat == Money(2183) and priced.minutes == 45 and priced.warranty_months == 12


@pytest.mark.parametrize(
    ("urgency", "minutes", "extra"),
    [
        ("priority", 45, 1000),
        ("priority", 60, 1200),
        ("priority", 180, 2500),
        ("express", 45, 2000),
        ("express", 60, 2400),
        ("express", 240, 5000),
    ],
)
def test_urgency_is_a_share_of_labour_within_limits(urgency: str, minutes: int, extra: int) -> None:
    priced = rules.price(basis(work(minutes=minutes), urgency=urgency))
    assert [line.amount.minor for line in priced.lines if line.kind == "urgency"] == [extra]


def test_a_missing_part_price_is_no_price_and_never_free() -> None:
    with pytest.raises(NoPrice) as refused:
        rules.price(basis(work(), work("back_glass", None)))
    assert refused.value.extra == {"services": ["back_glass"]}


def test_an_open_fault_costs_the_bench_fee_and_shows_a_range() -> None:
    likely = (work("battery", 2900, 30), work("board_repair", None, 180, needs_part=False), work("odd_part", None))
    priced = rules.price(basis(doubtful={"no_power": likely}))
    assert [(line.kind, line.amount.minor) for line in priced.lines if line.kind != "vat"] == [("bench_fee", 2500)]
    assert (priced.low, priced.high) == (Money(5300), Money(14400))
    assert priced.services == (("diagnostic", "Diagnostic"),) and priced.minutes == 30 and priced.warranty_months == 0


def test_what_is_done_anyway_is_the_least_an_open_fault_can_come_to() -> None:
    screen, port = work("screen", 21100, 45), work("charge_port", 2200, 45)
    priced = rules.price(basis(screen, doubtful={"no_power": (screen, port)}))
    assert (priced.low, priced.high) == (priced.total, rules.price(basis(screen, port)).total)
    assert priced.low is not None and priced.high is not None and priced.low < priced.high


def test_nothing_priced_among_the_possible_means_no_range() -> None:
    priced = rules.price(basis(doubtful={"no_power": (work("odd_part", None),)}))
    assert priced.low is None and priced.total == Money(2500)


def test_several_faults_on_one_device_make_one_bill() -> None:
    priced = rules.price(basis(work(), work("battery", 2900, 30)))
    assert priced.total == Money(9500 + 3600 + 2900 + 2400) and priced.minutes == 75


def test_plan_takes_the_likeliest_service_once() -> None:
    plan = rules.plan({"screen_cracked": shares(screen="0.97", glass="0.03"), "touch": shares(screen="0.82", board="0.18")}, CLEAR)
    assert plan.services == ("screen",) and plan.open == {}


def test_plan_leaves_open_what_needs_a_look() -> None:
    plan = rules.plan(
        {"no_power": shares(battery="0.35", board="0.30", port="0.30", rare="0.05"), "back": shares(back_glass="0.9", housing="0.1")}, CLEAR
    )
    assert plan.services == ("back_glass",) and plan.open == {"no_power": ("battery", "board", "port")}


def test_plan_counts_a_fault_as_seen_to_by_work_done_anyway() -> None:
    plan = rules.plan(
        {"screen_cracked": shares(screen="0.98", housing="0.02"), "display_black": shares(screen="0.48", board="0.40", ram="0.12")}, CLEAR
    )
    assert plan.services == ("screen",) and plan.open == {}


def test_plan_does_what_the_customer_named() -> None:
    assert rules.plan({"no_power": shares(battery="0.4", board="0.6")}, CLEAR, ("battery", "battery")).services == ("battery",)
    with pytest.raises(NothingToQuote):
        rules.plan({}, CLEAR)


def moved(works: tuple[Work, ...] = (work(),), *, day: date | None = None, years: int = 0, **factors: Any) -> list[tuple[str, int]]:
    given_basis = basis(*works).model_copy(update={"adjustments": Adjustments.model_validate(factors), "day": day, "years": years})
    return [(line.kind, line.amount.minor) for line in rules.price(given_basis).lines if line.kind not in ("part", "labour", "vat")]


def test_services_after_the_longest_share_its_labour() -> None:
    bundle = {"share": "-0.40", "maximum": 4000}
    assert moved(bundle=bundle) == []
    assert moved((work(), work("battery", 2900, 30)), bundle=bundle) == [("bundle", -960)]
    assert moved((work(minutes=240), work("housing", 9900, 240)), bundle=bundle) == [("bundle", -4000)]
    with pytest.raises(ValueError, match="never cost more"):
        Adjustments.model_validate({"bundle": {"share": "0.1", "maximum": 100}})


def test_an_older_device_takes_more_care() -> None:
    ages = [{"from_years": 10, "share": "0.15", "maximum": 500}, {"from_years": 8, "share": "0.10", "maximum": 1000}]
    assert moved(years=7, device_age=ages) == []
    assert moved(years=8, device_age=ages) == [("age", 360)]
    assert moved(years=12, device_age=ages) == [("age", 500)]
    with pytest.raises(ValueError, match="oldest first"):
        Adjustments.model_validate({"device_age": ages[::-1]})


@pytest.mark.parametrize(
    ("day", "lines"),
    [
        (date(2026, 12, 20), []),
        (date(2026, 12, 21), [("season", 180)]),
        (date(2027, 1, 3), [("season", 180)]),
        (date(2027, 1, 4), []),
        (date(2026, 6, 1), [("season", -100)]),
        (None, []),
    ],
)
def test_a_season_counts_on_its_days_also_over_new_year(day: date | None, lines: list[tuple[str, int]]) -> None:
    winter = {"label": "Holidays", "first": "12-21", "last": "01-03", "share": "0.05", "maximum": 500}
    summer = {"label": "Summer", "first": "06-01", "last": "08-31", "share": "-0.05", "maximum": 100}
    assert moved(day=day, seasons=[winter, summer]) == lines


def test_demand_and_market_are_off_and_within_limits_when_on() -> None:
    assert read().adjustments.demand is None and read().adjustments.market is None
    assert moved(demand={"share": "0.10", "maximum": 300}, market={"share": "0.05", "maximum": 9000}) == [("demand", 300), ("market", 475)]


def test_another_grade_is_another_price_in_its_own_line() -> None:
    graded = work().model_copy(update={"grade": "premium", "grades": {"premium": 9500, "genuine": 14700}})
    given_basis = basis(graded, work("battery", 2900, 30))
    assert [line.label for line in rules.price(given_basis).lines if line.kind == "part"] == ["Screen: premium part", "Battery: part"]
    genuine = rules.price(given_basis.in_grade("genuine"))
    assert next((line.label, line.amount.minor) for line in genuine.lines if line.kind == "part") == ("Screen: genuine part", 14700)
    assert rules.other_grades(given_basis) == [("genuine", genuine.total)]
    assert rules.price(given_basis.in_grade("standard")) == rules.price(given_basis)


SHARES = st.decimals("-0.5", "0.5", places=2).map(str)
LIMITED = st.fixed_dictionaries({"share": SHARES, "maximum": st.integers(0, 10_000)})


@given(
    parts=st.lists(st.integers(0, 500_000), min_size=1, max_size=5),
    minutes=st.lists(st.integers(1, 480), min_size=5, max_size=5),
    bundle=st.integers(0, 50).map(lambda share: {"share": f"-0.{share:02}", "maximum": 4000}),
    demand=LIMITED,
    market=LIMITED,
    years=st.integers(0, 30),
    fuzzy=st.booleans(),
)
def test_whatever_acts_the_lines_add_up_stay_within_limits_and_hurry_never_costs_less(
    parts: list[int], minutes: list[int], bundle: Any, demand: Any, market: Any, years: int, fuzzy: bool
) -> None:
    factors = Adjustments.model_validate(
        {"bundle": bundle, "demand": demand, "market": market, "device_age": [{"from_years": 8, "share": "0.10", "maximum": 1000}]}
    )
    works = [work(f"s{number}", part, minutes[number]) for number, part in enumerate(parts)]
    doubtful: dict[str, tuple[Work, ...]] = {"no_power": (work("battery", 2900, 30),)} if fuzzy else {}
    totals = []
    for urgency in ("standard", "priority", "express"):
        plain = basis(*works, urgency=urgency, doubtful=doubtful)
        given_basis = plain.model_copy(update={"adjustments": factors, "years": years, "day": date(2026, 11, 24)})
        priced = rules.price(given_basis)
        by_kind = {line.kind: line.amount.minor for line in priced.lines}
        assert sum(line.amount.minor for line in priced.lines if line.kind != "vat") == priced.total.minor > 0
        assert priced.vat.minor == round_half_up(Fraction(priced.total.minor, 6))
        assert -4000 <= by_kind.get("bundle", 0) <= 0 <= by_kind.get("age", 0) <= 1000
        assert abs(by_kind.get("demand", 0)) <= demand["maximum"] and abs(by_kind.get("market", 0)) <= market["maximum"]
        assert priced.low is None or priced.high is None or priced.total <= priced.low <= priced.high
        assert rules.price(Basis.model_validate_json(given_basis.model_dump_json())) == priced
        totals.append(priced.total)
    assert totals == sorted(totals)


@given(
    parts=st.lists(st.integers(0, 500_000), min_size=1, max_size=6),
    minutes=st.integers(1, 480),
    urgency=st.sampled_from(["standard", "priority", "express"]),
)
def test_lines_always_add_up_and_come_out_again(parts: list[int], minutes: int, urgency: str) -> None:
    given_basis = basis(*(work(f"s{number}", part, minutes) for number, part in enumerate(parts)), urgency=urgency)
    priced = rules.price(given_basis)
    assert sum(line.amount.minor for line in priced.lines if line.kind != "vat") == priced.total.minor
    assert 0 <= priced.total.minor - priced.vat.minor * 6 <= 5 or 0 <= priced.vat.minor * 6 - priced.total.minor <= 5
    assert rules.price(Basis.model_validate_json(given_basis.model_dump_json())) == priced
