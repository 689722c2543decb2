"""What the shop decides about quotes."""

from typing import ClassVar

from pydantic import Field

from backend.core.config import Config


class PricingConfig(Config):
    """How long a quote holds."""

    key: ClassVar[str] = "pricing"
    quote_days: int = Field(default=7, ge=1, le=90)
