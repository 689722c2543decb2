"""A booking as a calendar file (RFC 5545)."""

from datetime import datetime

from icalendar import Calendar, Event, vUri

from backend.capacity.models import Location
from backend.capacity.schemas import LocationAnswer
from backend.pricing.models import Quote

from .models import CANCELLED, Booking, Order


def calendar_file(order: Order, booking: Booking, quote: Quote, location: Location, *, now: datetime, url: str | None = None) -> bytes:
    """Return the file; a later version of the same booking replaces the earlier one in the customer's calendar."""
    event = Event()
    event.add("uid", f"{booking.id}@revivatech")
    event.add("sequence", booking.version - 1)
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", f"{location.name}: {quote.device_name}")
    event.add("location", LocationAnswer.of(location).address)
    services = ", ".join(service["label"] for service in quote.services)
    event.add("description", f"{services}\nReference {order.reference}" + (f"\n{url}" if url else ""))
    event.add("status", "CANCELLED" if booking.state == CANCELLED else "CONFIRMED")
    if url:
        event.add("url", vUri(url))
    calendar = Calendar()
    calendar.add("prodid", "-//RevivaTech//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if booking.state == CANCELLED else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
