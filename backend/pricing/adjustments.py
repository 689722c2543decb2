"""What moves a price beside parts and labour: several services at once, age, season, demand and market, each within limits."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.core.money import Money

Kind = Literal["bundle", "age", "season", "demand", "market"]


class Share(BaseModel):
    """A share of an amount, never more than a maximum either way (minor units); less than nothing makes it cheaper."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    share: Decimal = Field(ge=Decimal("-0.5"), le=Decimal("0.5"))
    maximum: int = Field(ge=0)

    def of(self, amount: Money) -> Money:
        """Return the share of an amount, rounded half up and kept within the limit."""
        exact = amount.share(self.share)
        return Money(max(-self.maximum, min(exact.minor, self.maximum)), exact.currency)


class DeviceAge(Share):
    """Older devices take more care: glue that has set, clips that break, screws that have rusted in."""

    from_years: int = Field(ge=1)


class Season(Share):
    """Days of the year, both named ones included, such as `12-08` to `12-24`; may run over New Year."""

    label: str = Field(min_length=1, max_length=60)
    first: str = Field(pattern=r"^\d\d-\d\d$")
    last: str = Field(pattern=r"^\d\d-\d\d$")

    def covers(self, day: date) -> bool:
        """Tell whether a day is in the season."""
        said = f"{day:%m-%d}"
        return self.first <= said <= self.last if self.first <= self.last else said >= self.first or said <= self.last


class Adjustments(BaseModel):
    """The factors in force; one that is not named changes nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    #: Of the labour of every service but the longest: the device is opened only once.
    bundle: Share | None = None
    #: Of labour; the first that reaches the device's years counts.
    device_age: tuple[DeviceAge, ...] = ()
    #: Of labour; the first that covers the day counts.
    seasons: tuple[Season, ...] = ()
    #: Of labour and of parts.
    demand: Share | None = None
    market: Share | None = None

    @model_validator(mode="after")
    def _sensible(self) -> "Adjustments":
        if self.bundle is not None and self.bundle.share > 0:
            raise ValueError("bundle: several services at once never cost more")
        if list(self.device_age) != sorted(self.device_age, key=lambda age: -age.from_years):
            raise ValueError("device_age: oldest first")
        return self


class Adjusted(NamedTuple):
    """One factor's line."""

    kind: Kind
    label: str
    amount: Money


def adjust(factors: Adjustments, labour: Sequence[Money], parts: Money, *, day: date | None, years: int) -> list[Adjusted]:
    """Return what each factor adds or takes off, from the labour of each service and the sum of parts; none acts on another."""
    if not labour:
        return []
    worked = sum(labour, Money(0, parts.currency))
    old = next((age for age in factors.device_age if years >= age.from_years), None)
    season = next((season for season in factors.seasons if day is not None and season.covers(day)), None)
    found: list[tuple[Kind, str, Share | None, Money]] = [
        ("bundle", "Done in one go, shared labour", factors.bundle, worked - max(labour)),
        ("age", f"Care for an older device, {years} years", old, worked),
        ("season", season.label if season else "", season, worked),
        ("demand", "Demand at the moment", factors.demand, worked),
        ("market", "Part prices at the moment", factors.market, parts),
    ]
    lines = [Adjusted(kind, label, factor.of(of)) for kind, label, factor, of in found if factor]
    return [line for line in lines if line.amount.minor]
