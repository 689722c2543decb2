"""What the shop decides about bookings."""

from typing import ClassVar

from pydantic import Field

from backend.core.config import Config


class BookingConfig(Config):
    """How long a hold lasts and how much one visitor may book."""

    key: ClassVar[str] = "bookings"
    hold_minutes: int = Field(default=10, ge=1, le=60)
    #: Bookings a visitor may make in 24 hours.
    per_visitor_and_day: int = Field(default=5, ge=1, le=1000)
