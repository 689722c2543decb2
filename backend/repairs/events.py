"""What happens to repairs."""

from uuid import UUID

from backend.core.events import Event, event


@event
class RepairMoved(Event):
    """A repair went to another stage; the move says which, and whether its note is for the customer."""

    repair_id: UUID
    move_id: UUID


@event
class ReadyMoved(Event):
    """Staff set another time by which a repair will be ready, far enough from the last one to be news."""

    repair_id: UUID
    ready_id: UUID
