"""The HTTP side of identity: the ticket with which the desk opens its socket."""

from datetime import datetime

from backend.core.api import Api
from backend.core.db import Session
from backend.core.schema import Answer
from backend.identity import tickets

api = Api("staff")


class Ticket(Answer):
    """The right to open one socket."""

    ticket: str
    expires_at: datetime


@api.post("/api/v1/socket-tickets", status=201)
async def issue_ticket(session: Session) -> Ticket:
    """Give the signed-in member of staff a ticket for one socket of the desk: good once, for thirty seconds."""
    ticket, expires_at = await tickets.issue(session)
    return Ticket(ticket=ticket, expires_at=expires_at)
