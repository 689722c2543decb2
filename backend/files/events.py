"""What happened with files."""

from uuid import UUID

from backend.core.events import Event, event


@event
class PhotosSent(Event):
    """A message with photos stands in a conversation."""

    message_id: UUID
