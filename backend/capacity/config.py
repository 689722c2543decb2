"""What the shop decides about its calendar."""

from typing import ClassVar

from pydantic import Field

from backend.core.config import Config


class CapacityConfig(Config):
    """How slots are cut and how early and late they are offered; minutes unless said."""

    key: ClassVar[str] = "capacity"
    grid: int = Field(default=30, ge=5, le=240)
    #: Kept free on a bench after each appointment.
    buffer: int = Field(default=10, ge=0, le=120)
    #: The soonest a customer can come.
    notice: int = Field(default=60, ge=0, le=10_080)
    horizon_days: int = Field(default=60, ge=1, le=400)
    #: A longer repair takes a bench for this long; the rest is done between appointments.
    longest: int = Field(default=240, ge=30, le=480)
