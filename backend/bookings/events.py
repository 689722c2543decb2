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


@event
class CodeAsked(Event):
    """Somebody wants to prove that an order is theirs; whether there is such an order is looked up by whoever sends the code."""

    code_id: UUID
