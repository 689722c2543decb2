"""A booking as a calendar file (RFC 5545), or as an invitation that mail programs act upon (RFC 5546)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vUri

from backend.capacity.models import Location
from backend.capacity.schemas import LocationAnswer
from backend.pricing import together
from backend.pricing.models import Quote

from .models import CANCELLED, MAIL_IN, Booking, Order


@dataclass(frozen=True, slots=True)
class People:
    """Who invites whom, each a name and an address; a mail program updates and removes the event by itself only if it knows them."""

    shop: tuple[str, str]
    guest: tuple[str, str]


def calendar_file(
    order: Order,
    booking: Booking,
    quotes: Sequence[Quote],
    location: Location,
    *,
    now: datetime,
    url: str | None = None,
    people: People | None = None,
) -> bytes:
    """Return the file; a later version of the same booking replaces the earlier one in the customer's calendar.

    Without `people` it names nobody, as anybody with the link may download it.
    """
    zone = ZoneInfo(location.zone)
    cancelled = booking.state == CANCELLED
    event = Event()
    event.add("uid", f"{booking.id}@revivatech")
    event.add("sequence", booking.version - 1)
    event.add("dtstamp", now)
    if order.arrival == MAIL_IN:
        # The day a parcel is expected on, whole, and nobody busy because of it.
        day = booking.starts_at.astimezone(zone).date()
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", booking.starts_at.astimezone(zone))
        event.add("dtend", booking.ends_at.astimezone(zone))
    arrives = "" if order.arrival != MAIL_IN else " arrives" if len(quotes) == 1 else " arrive"
    event.add("summary", f"{location.name}: {together.devices(quotes)}{arrives}")
    event.add("location", f"{location.name}, {LocationAnswer.of(location).address}")
    services = "\n".join(together.services(quotes))
    event.add("description", f"{services}\nReference {order.reference}" + (f"\n{url}" if url else ""))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if url:
        event.add("url", vUri(url))
    if people:
        event.add("organizer", _person(*people.shop))
        event.add("attendee", _person(*people.guest, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"))
    calendar = Calendar()
    calendar.add("prodid", "-//RevivaTech//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH" if people is None else "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    # The clock's rules travel with the file: a program must not guess what "Europe/London" means.
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _person(name: str, address: str, **params: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    # A quotation mark or a control character cannot be written inside a parameter (RFC 5545, 3.1).
    plain = "".join(char if char.isprintable() else " " for char in name).replace('"', "'")
    person.params["CN"] = " ".join(plain.split()) or address
    person.params.update(params)
    return person
