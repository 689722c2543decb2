"""Reading quotes."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import aliased, selectinload

from backend.core.db import Session
from backend.core.principal import Principal

from .errors import QuoteExpired, QuoteReplaced, QuoteUnknown
from .models import Quote

# Built once: putting it together costs more than running it.
_NEWER = aliased(Quote)
_OFFER = select(Quote, exists().where(_NEWER.series_id == Quote.series_id, _NEWER.version > Quote.version)).where(
    Quote.id == bindparam("quote_id")
)


def owns(principal: Principal, quote: Quote) -> bool:
    """Tell whether the principal may see the quote: staff, its visitor, or the conversation it was made in."""
    if principal.kind == "system" or principal.may("technician"):
        return True
    if quote.visitor_id is not None and quote.visitor_id == principal.visitor_id:
        return True
    return quote.conversation_id is not None and quote.conversation_id == principal.conversation_id


async def access_quote(session: Session, quote_id: UUID) -> Quote:
    """Return a quote with its lines if the principal may see it; raises QuoteUnknown."""
    quote = await session.get(Quote, quote_id, options=[selectinload(Quote.lines)])
    if quote is None or not owns(session.principal, quote):
        raise QuoteUnknown
    return quote


async def access_offer(session: Session, quote_id: UUID) -> Quote:
    """Return a quote (without its lines) one can still act on; raises QuoteUnknown, QuoteExpired or QuoteReplaced."""
    found = (await session.execute(_OFFER, {"quote_id": quote_id})).first()
    if found is None or not owns(session.principal, found[0]):
        raise QuoteUnknown
    quote: Quote = found[0]
    if session.now() >= quote.valid_until:
        raise QuoteExpired(valid_until=quote.valid_until.isoformat())
    if found[1]:
        raise QuoteReplaced
    return quote


async def list_quotes(session: Session, ids: Iterable[UUID]) -> dict[UUID, Quote]:
    """Return quotes with their lines by id; for callers who have checked who asks."""
    rows = await session.scalars(select(Quote).where(Quote.id.in_(list(ids))).options(selectinload(Quote.lines)))
    return {row.id: row for row in rows}
