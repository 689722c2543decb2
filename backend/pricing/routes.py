"""Quotes over HTTP."""

from uuid import UUID

from backend.core.api import Api
from backend.core.db import Session
from backend.core.limits import Allowance

from . import queries, service
from .schemas import QuoteAnswer, QuoteRequest

api = Api("quotes")
#: Quotes made; people try a few devices and change their minds.
QUOTES = Allowance("quotes", visitor=60, address=600)


@api.post("/api/v1/quotes", status=201, allowance=QUOTES)
async def make_quote(session: Session, body: QuoteRequest) -> QuoteAnswer:
    """Price a repair; refused with `no_price` where people have to look first."""
    quote = await service.make_quote(
        session,
        device=body.device,
        faults=body.faults,
        services=body.services,
        urgency=body.urgency,
        replaces=body.replaces,
        grade=body.grade,
    )
    return QuoteAnswer.of(quote)


@api.get("/api/v1/quotes/{quote_id}")
async def get_quote(session: Session, quote_id: UUID) -> QuoteAnswer:
    """Show a quote to whoever it was made for."""
    return QuoteAnswer.of(await queries.access_quote(session, quote_id))
