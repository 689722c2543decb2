"""Socket tickets: a socket carries no cookie of ours, so a signed-in page fetches the right to open one, good once and for a moment."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from backend.core.db import Session
from backend.core.errors import Forbidden
from backend.core.ids import digest, token
from backend.core.principal import Principal
from backend.identity import sessions
from backend.identity.errors import TicketUnknown
from backend.identity.models import SocketTicket

PREFIX = "st_"
LONGEST = 128
LIFETIME = timedelta(seconds=30)


async def issue(session: Session) -> tuple[str, datetime]:
    """A ticket for the session behind this request, and until when it is good."""
    if session.principal.session_id is None:
        raise Forbidden
    ticket, expires_at = PREFIX + token(), session.now() + LIFETIME
    session.add(SocketTicket(token_hash=digest(ticket), session_id=session.principal.session_id, expires_at=expires_at))
    return ticket, expires_at


async def redeem(session: Session, ticket: str) -> Principal:
    """Whose ticket it is; it is used up by that. Raises TicketUnknown for one that is made up, used, late, or of an ended session."""
    if not ticket.startswith(PREFIX) or len(ticket) > LONGEST or not ticket.isascii():
        raise TicketUnknown
    used = delete(SocketTicket).where(SocketTicket.token_hash == digest(ticket)).returning(SocketTicket.session_id, SocketTicket.expires_at)
    row = (await session.execute(used)).one_or_none()
    if row is None or row.expires_at <= session.now():
        raise TicketUnknown
    signed_in = await sessions.find_live(session, row.session_id)
    if signed_in is None:
        raise TicketUnknown
    return signed_in.principal


async def forget_old(session: Session) -> None:
    """Delete tickets nobody used in time."""
    await session.execute(delete(SocketTicket).where(SocketTicket.expires_at < session.now()))
