"""Money as whole minor units, rounded in one place."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

EXPONENTS = {"GBP": 2, "EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}


def round_half_up(value: Fraction | Decimal) -> int:
    """Return the nearest whole number, halves away from zero."""
    exact = Fraction(value)
    sign = -1 if exact < 0 else 1
    return sign * int((abs(exact) * 2 + 1) // 2)


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of one currency in its minor unit (pence for GBP)."""

    minor: int
    currency: str = "GBP"

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency}")

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def share(self, factor: Fraction | Decimal | str | int) -> "Money":
        """Return this amount times an exact factor, rounded half up."""
        return Money(round_half_up(self.minor * Fraction(factor)), self.currency)

    def __str__(self) -> str:
        exponent = EXPONENTS[self.currency]
        value = Decimal(abs(self.minor)).scaleb(-exponent).quantize(Decimal(1).scaleb(-exponent), ROUND_HALF_UP)
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{'−' if self.minor < 0 else ''}{symbol}{value:,}"
