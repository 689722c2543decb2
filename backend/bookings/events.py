"""What happens to bookings."""

from uuid import UUID

from backend.core.events import Event, event


@event
class BookingConfirmed(Event):
    """A booking was made: the customer is expected."""

    booking_id: UUID


@event
class BookingRescheduled(Event):
    """A booking was moved to another time."""

    booking_id: UUID


@event
class BookingCancelled(Event):
    """A booking was given up."""

    booking_id: UUID
