"""What is asked and answered about slots, holds and bookings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.capacity.models import Location
from backend.capacity.schemas import LocationAnswer
from backend.capacity.words import slot_label
from backend.core.money import Money
from backend.core.schema import Amount, Answer, Moment, Strict
from backend.pricing.models import Quote
from backend.pricing.schemas import Coded, DeviceOfQuote

from .models import Booking, Hold, Order


class SlotAnswer(Answer):
    """A time that can be had, in the location's own time."""

    starts_at: datetime
    ends_at: datetime
    label: str

    @classmethod
    def of(cls, start: datetime, end: datetime, zone: ZoneInfo) -> "SlotAnswer":
        """Return the answer's form of a slot."""
        return cls(starts_at=start.astimezone(zone), ends_at=end.astimezone(zone), label=slot_label(start, zone))


class SlotsAnswer(Answer):
    """Times that can be had, soonest first."""

    location: LocationAnswer
    slots: list[SlotAnswer]


class HoldRequest(Strict):
    """Which time to hold for which quote."""

    quote_id: UUID
    starts_at: Moment


class HoldAnswer(Answer):
    """A held time."""

    id: UUID
    quote_id: UUID
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime
    label: str

    @classmethod
    def of(cls, hold: Hold, zone: ZoneInfo) -> "HoldAnswer":
        """Return the answer's form of a hold."""
        return cls(
            id=hold.id,
            quote_id=hold.quote_id,
            starts_at=hold.starts_at.astimezone(zone),
            ends_at=hold.ends_at.astimezone(zone),
            expires_at=hold.expires_at,
            label=slot_label(hold.starts_at, zone),
        )


class CustomerRequest(Strict):
    """Who comes; checked by the customers' rules, which give each field a code of its own."""

    name: Annotated[str, Field(max_length=500)]
    email: Annotated[str, Field(max_length=500)]
    phone: Annotated[str, Field(max_length=60)] | None = None


class BookingRequest(Strict):
    """Book a held time (`hold_id`), or a quote at a time directly (`quote_id` and `starts_at`)."""

    quote_id: UUID | None = None
    starts_at: Moment | None = None
    hold_id: UUID | None = None
    customer: CustomerRequest


class RescheduleRequest(Strict):
    """When to come instead."""

    starts_at: Moment


class BookingAnswer(Answer):
    """A booking as whoever made it sees it."""

    reference: str
    booking_id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    label: str
    device: DeviceOfQuote
    services: list[Coded]
    total: Amount
    location: LocationAnswer
    #: Only in the answer to the booking itself: the link's secret is not kept.
    tracking_url: str | None = None
    calendar_url: str | None = None

    @classmethod
    def of(cls, order: Order, booking: Booking, quote: Quote, location: Location, tracking_url: str | None = None) -> "BookingAnswer":
        """Return the answer's form of a booking."""
        zone = ZoneInfo(location.zone)
        return cls(
            reference=order.reference,
            booking_id=booking.id,
            state=booking.state,
            starts_at=booking.starts_at.astimezone(zone),
            ends_at=booking.ends_at.astimezone(zone),
            label=slot_label(booking.starts_at, zone),
            device=DeviceOfQuote(slug=quote.device_slug, name=quote.device_name),
            services=[Coded(**service) for service in quote.services],
            total=Amount.of(Money(quote.total_minor, quote.currency)),
            location=LocationAnswer.of(location),
            tracking_url=tracking_url,
            calendar_url=f"{tracking_url}/calendar.ics" if tracking_url else None,
        )


class BookingsAnswer(Answer):
    """Bookings, newest first."""

    items: list[BookingAnswer]
