"""What is asked and answered about slots, holds and bookings."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Annotated, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from backend.capacity.models import Location
from backend.capacity.rules import Span
from backend.capacity.schemas import LocationAnswer
from backend.capacity.words import day_label, slot_label
from backend.core.money import Money
from backend.core.schema import Amount, Answer, Day, Moment, Strict
from backend.pricing import together
from backend.pricing.models import Quote
from backend.pricing.schemas import Coded, DeviceOfQuote

from . import mail_in
from .checklist import Done, Item
from .mail_in import Parcel
from .models import MAIL_IN, Booking, Hold, Order


def _one_line(value: str) -> str:
    value = " ".join(value.split())
    if not value or not value.isprintable():
        raise ValueError("must be one line of text")
    return value


class SlotAnswer(Answer):
    """A time that can be had, in the location's own time."""

    starts_at: datetime
    ends_at: datetime
    label: str

    @classmethod
    def of(cls, start: datetime, end: datetime, zone: ZoneInfo, label: str | None = None) -> "SlotAnswer":
        """Return the answer's form of a slot."""
        # In UTC, where the hour that comes twice is two hours.
        return _slot(start.astimezone(UTC), end.astimezone(UTC), zone, label)


@lru_cache(4096)  # the same weeks are asked about over and over
def _slot(start: datetime, end: datetime, zone: ZoneInfo, label: str | None) -> SlotAnswer:
    return SlotAnswer(starts_at=start.astimezone(zone), ends_at=end.astimezone(zone), label=label or slot_label(start, zone))


def label_of(order: Order, starts_at: datetime, zone: ZoneInfo) -> str:
    """Return when an order is expected: `Tue 25 Nov, 10:30`, or for a parcel `Tue 25 Nov, by post`."""
    if order.arrival == MAIL_IN:
        return f"{day_label(starts_at.astimezone(zone).date())}, by post"
    return slot_label(starts_at, zone)


class ArrivalDay(Answer):
    """A day on which a parcel may arrive."""

    day: date
    label: str

    @classmethod
    def of(cls, span: Span, zone: ZoneInfo) -> "ArrivalDay":
        """Return the answer's form of a day."""
        day = span[0].astimezone(zone).date()
        return cls(day=day, label=day_label(day))


class ArrivalDaysAnswer(Answer):
    """Days on which a parcel may arrive, soonest first, where it is sent, and how it is packed."""

    location: LocationAnswer
    days: list[ArrivalDay]
    packing: list[str]


class SlotsAnswer(Answer):
    """Times that can be had, soonest first."""

    location: LocationAnswer
    slots: list[SlotAnswer]


#: As many devices as one appointment takes.
DEVICES = 5
QuoteIds = Annotated[list[UUID], Field(min_length=1, max_length=DEVICES)]


class ForQuotes(Strict):
    """Names what it is for: `quote_id` for one device, `quote_ids` for several that come together."""

    quote_id: UUID | None = None
    quote_ids: QuoteIds | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if self.quote_id is not None and self.quote_ids is not None:
            raise ValueError("name either quote_id or quote_ids")
        if len({*self.quotes}) < len(self.quotes):
            raise ValueError("name each quote once")
        return self

    @property
    def quotes(self) -> list[UUID]:
        """Return all quotes named."""
        return self.quote_ids or ([self.quote_id] if self.quote_id else [])


class HoldRequest(ForQuotes):
    """Which time to hold for which quotes."""

    starts_at: Moment

    @model_validator(mode="after")
    def _for_something(self) -> Self:
        if not self.quotes:
            raise ValueError("name quote_id or quote_ids")
        return self


class HoldAnswer(Answer):
    """A held time."""

    id: UUID
    quote_id: UUID
    quote_ids: list[UUID]
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
            quote_ids=hold.quote_ids,
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


class AddressRequest(Strict):
    """Where a posted device goes back to; checked by the rules of mail-in."""

    line1: Annotated[str, Field(max_length=300)]
    line2: Annotated[str, Field(max_length=300)] | None = None
    city: Annotated[str, Field(max_length=300)]
    postcode: Annotated[str, Field(max_length=20)]


class MailInRequest(Strict):
    """A device that comes by post: when it will arrive, and where it goes back to."""

    arrives_on: Day
    address: AddressRequest

    def parcel(self) -> Parcel:
        """Return it checked; raises AddressInvalid or PostcodeInvalid."""
        to = self.address
        return Parcel(self.arrives_on, mail_in.address(to.line1, to.line2, to.city, to.postcode))


class BookingRequest(ForQuotes):
    """Book a held time (`hold_id`), quotes at a time directly (with `starts_at`), or by post (with `mail_in`)."""

    starts_at: Moment | None = None
    hold_id: UUID | None = None
    mail_in: MailInRequest | None = None
    customer: CustomerRequest


class CodeRequest(Strict):
    """For which order a code is wanted."""

    reference: Annotated[str, Field(min_length=1, max_length=40)]


class CodeAnswer(Answer):
    """The same whether there is such an order or not: if there is, a code is on its way to its address."""

    reference: str
    valid_minutes: int


class ProofRequest(CodeRequest):
    """The code from the mail; spaces and dashes between the digits do not matter."""

    code: Annotated[str, Field(min_length=6, max_length=12, pattern=r"^[0-9](?:[ -]?[0-9]){5} *$")]

    @property
    def digits(self) -> str:
        """Return the six digits."""
        return "".join(char for char in self.code if char.isdigit())


class CheckRequest(Strict):
    """How far the customer is with one thing."""

    item: Item
    answer: Done
    note: Annotated[str, Field(max_length=200), AfterValidator(_one_line)] | None = None


class CheckAnswer(Answer):
    """One thing to see to before the visit; `answer` is null while nothing was said."""

    item: Item
    label: str
    answer: Done | None
    note: str | None
    answered_at: datetime | None


class ChecklistAnswer(Answer):
    """What to see to before the visit, in the order it is asked."""

    reference: str
    items: list[CheckAnswer]


class RescheduleRequest(Strict):
    """When to come instead."""

    starts_at: Moment


class BookedRepair(Answer):
    """One device of a booking."""

    device: DeviceOfQuote
    services: list[Coded]
    total: Amount

    @classmethod
    def of(cls, quote: Quote) -> "BookedRepair":
        """Return the answer's form of a quote that is booked."""
        return cls(
            device=DeviceOfQuote(slug=quote.device_slug, name=quote.device_name),
            services=[Coded(**service) for service in quote.services],
            total=Amount.of(Money(quote.total_minor, quote.currency)),
        )


class BookingAnswer(Answer):
    """A booking as whoever made it sees it."""

    reference: str
    booking_id: UUID
    state: str
    starts_at: datetime
    ends_at: datetime
    label: str
    #: `drop_off`, or `mail_in` for a device that comes by post; its times are then those of the day it is expected.
    arrival: str
    #: How a device that comes by post is packed.
    packing: list[str]
    #: The first device; `repairs` has all of them.
    device: DeviceOfQuote
    #: What is done to all devices, and what it comes to.
    services: list[Coded]
    total: Amount
    repairs: list[BookedRepair]
    location: LocationAnswer
    #: Only in the answer to the booking itself: the link's secret is not kept.
    tracking_url: str | None = None
    calendar_url: str | None = None

    @classmethod
    def of(
        cls, order: Order, booking: Booking, quotes: Sequence[Quote], location: Location, tracking_url: str | None = None
    ) -> "BookingAnswer":
        """Return the answer's form of a booking."""
        zone = ZoneInfo(location.zone)
        repairs = [BookedRepair.of(quote) for quote in quotes]
        return cls(
            reference=order.reference,
            booking_id=booking.id,
            state=booking.state,
            starts_at=booking.starts_at.astimezone(zone),
            ends_at=booking.ends_at.astimezone(zone),
            label=label_of(order, booking.starts_at, zone),
            arrival=order.arrival,
            packing=list(mail_in.packing({quote.category for quote in quotes}, order.reference)) if order.arrival == MAIL_IN else [],
            device=repairs[0].device,
            services=[service for repair in repairs for service in repair.services],
            total=Amount.of(together.total(quotes)),
            repairs=repairs,
            location=LocationAnswer.of(location),
            tracking_url=tracking_url,
            calendar_url=f"{tracking_url}/calendar.ics" if tracking_url else None,
        )


class BookingsAnswer(Answer):
    """Bookings, newest first."""

    items: list[BookingAnswer]


class FollowedAnswer(Answer):
    """The order a shown tracking link leads to."""

    reference: str
