"""What the shop decides about bookings."""

from typing import ClassVar

from pydantic import Field

from backend.core.config import Config


class BookingConfig(Config):
    """How long a hold lasts, how much one customer may book, and how late and how often they may change it; minutes unless said."""

    key: ClassVar[str] = "bookings"
    hold_minutes: int = Field(default=10, ge=1, le=60)
    #: Bookings a visitor may make in 24 hours.
    per_visitor_and_day: int = Field(default=5, ge=1, le=1000)
    #: Bookings under one e-mail address in 24 hours, whoever made them and whatever became of them: each writes to that address.
    per_email_and_day: int = Field(default=10, ge=1, le=1000)
    #: Bookings of all visitors of one network, behind which a whole street may sit.
    per_network_and_hour: int = Field(default=60, ge=1, le=10_000)
    per_network_and_day: int = Field(default=150, ge=1, le=10_000)
    #: Times held at the same moment for visitors of one network.
    holds_per_network: int = Field(default=40, ge=1, le=10_000)
    #: Appointments ahead of one visitor, or under one e-mail address.
    open_per_customer: int = Field(default=10, ge=1, le=1000)
    #: The latest a customer may move an appointment or give it up, before it begins.
    move_notice: int = Field(default=60, ge=0, le=10_080)
    cancel_notice: int = Field(default=0, ge=0, le=10_080)
    #: How often a customer may move one booking.
    moves: int = Field(default=3, ge=0, le=100)
    #: How many days a tracking link works.
    link_days: int = Field(default=365, ge=1, le=3650)
    #: How many days a browser that typed the code sent to an order's address may speak about the order.
    proof_days: int = Field(default=30, ge=1, le=3650)


class MailInConfig(Config):
    """From where the shop takes devices by post, and how many a day."""

    key: ClassVar[str] = "mail_in"
    offered: bool = True
    #: Days a parcel takes, at least.
    transit_days: int = Field(default=2, ge=1, le=14)
    parcels_a_day: int = Field(default=12, ge=1, le=1000)
    #: Postcode areas or districts we do not serve: forces' post, and islands a customs form stands before.
    outside: list[str] = ["BF", "GY", "IM", "JE"]
    #: Areas or districts a parcel takes longer from, in extra days; the longest match counts.
    further: dict[str, int] = {
        **dict.fromkeys(("BT", "HS", "ZE", "KW", "IV", "TR21", "TR22", "TR23", "TR24", "TR25"), 1),
        **dict.fromkeys((f"PA{district}" for district in range(20, 81)), 1),
        **dict.fromkeys((f"PH{district}" for district in (*range(19, 27), *range(30, 45), 49, 50)), 1),
        **dict.fromkeys(("KA27", "KA28", *(f"PO{district}" for district in range(30, 42))), 1),
    }
    #: Faults with which nothing may be put into the post.
    unsafe_faults: list[str] = ["battery_swollen"]
