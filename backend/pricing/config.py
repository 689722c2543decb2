"""What the shop decides about quotes."""

from typing import ClassVar

from pydantic import Field

from backend.core.config import Config


class PricingConfig(Config):
    """How long a quote holds, and how soon people answer what the book has no price for."""

    key: ClassVar[str] = "pricing"
    quote_days: int = Field(default=7, ge=1, le=90)
    #: Opening hours within which somebody prices by hand what was asked.
    answer_hours: int = Field(default=4, ge=1, le=72)
    #: Prices asked of people that wait for an answer: of one visitor, and of all visitors of one network.
    open_per_visitor: int = Field(default=5, ge=1, le=1000)
    open_per_network: int = Field(default=25, ge=1, le=10_000)
