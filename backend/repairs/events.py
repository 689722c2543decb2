"""What happens to repairs."""

from uuid import UUID

from backend.core.events import Event, event


@event
class RepairMoved(Event):
    """A repair went to another stage; the move says which, and whether its note is for the customer."""

    repair_id: UUID
    move_id: UUID
