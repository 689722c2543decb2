"""What a mail about a booking needs to know, read fresh when the mail is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.bookings import queries as bookings
from backend.bookings.models import CANCELLED, MAIL_IN, Booking, Order
from backend.bookings.schemas import label_of
from backend.capacity import queries as capacity
from backend.capacity.models import Location
from backend.capacity.schemas import LocationAnswer
from backend.core.db import Session
from backend.customers import queries as customers
from backend.pricing import together
from backend.pricing.models import Quote


@dataclass(frozen=True, slots=True)
class Visit:
    """One booking with everything that belongs to it."""

    order: Order
    booking: Booking
    quotes: Sequence[Quote]
    location: Location
    name: str
    email: str | None

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the shop tells the time."""
        return ZoneInfo(self.location.zone)

    @property
    def address(self) -> str:
        """Return where the shop is, on one line."""
        return LocationAnswer.of(self.location).address

    @property
    def label(self) -> str:
        """Return when it begins, as `Tue 25 Nov, 10:30`, or the day a parcel is expected."""
        return label_of(self.order, self.booking.starts_at, self.zone)

    @property
    def by_post(self) -> bool:
        """Tell whether the device comes by post."""
        return self.order.arrival == MAIL_IN

    @property
    def devices(self) -> str:
        """Return the devices by name."""
        return together.devices(self.quotes)

    @property
    def services(self) -> str:
        """Return what will be done."""
        return "; ".join(together.services(self.quotes))

    def services_of(self, quote_id: UUID) -> str:
        """Return what will be done to the device of one quote."""
        return together.services([quote for quote in self.quotes if quote.id == quote_id] or self.quotes)[0]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Return what a mail about it lists; the price only while it stands."""
        stands = self.booking.state != CANCELLED
        rows: list[tuple[str, str]] = []
        for quote in self.quotes:
            rows += [("Device", quote.device_name), ("Repair", together.services([quote])[0])]
            rows += [("Price", price([quote]))] if stands else []
        together_ = [("Together", self.price)] if stands and len(self.quotes) > 1 else []
        return [*rows, *together_, ("Reference", self.order.reference)]

    @property
    def price(self) -> str:
        """Return the quoted price in words."""
        return price(self.quotes)


def price(quotes: Sequence[Quote]) -> str:
    """Return what quotes come to in words, as a range where a fault has to be seen first."""
    spread = together.spread(quotes)
    return f"{spread[0]} to {spread[1]}, VAT included" if spread else f"{together.total(quotes)}, VAT included"


async def get_visit(session: Session, booking_id: UUID) -> Visit:
    """Return a booking's facts; raises what the slices raise when it does not exist."""
    return await _visit(session, await bookings.get_booking(session, booking_id))


async def get_visit_of_order(session: Session, order_id: UUID) -> Visit:
    """Return the facts of an order's booking."""
    return await _visit(session, await bookings.get_booking_of(session, order_id))


async def _visit(session: Session, booking: Booking) -> Visit:
    order = await bookings.get_order(session, booking.order_id)
    customer = await customers.get_customer(session, order.customer_id)
    contacts = await customers.list_contacts(session, [customer.id])
    return Visit(
        order=order,
        booking=booking,
        quotes=await bookings.list_quotes(session, booking),
        location=await capacity.get_location(session, order.location_id),
        name=customer.name,
        email=contacts[customer.id].get("email"),
    )
