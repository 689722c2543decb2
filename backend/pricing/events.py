"""What happens to prices."""

from uuid import UUID

from backend.core.events import Event, event


@event
class PriceRequestAnswered(Event):
    """Somebody of the staff answered what the book has no price for."""

    request_id: UUID
