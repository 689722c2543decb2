"""Repairs without a ready price over HTTP: customers ask, staff answer."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from backend.capacity import hours
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.limits import Allowance

from . import queries, unpriced
from .schemas import QuoteAnswer
from .unpriced_schemas import ByHandWish, DeclineWish, PriceRequestAnswer, PriceRequestWish, StaffPriceRequest, StaffPriceRequests

api = Api("price requests")
#: Prices asked of people in an hour, refused ones too.
ASKED = Allowance("price-requests", visitor=20, address=60, seconds=3_600)


@api.post("/api/v1/price-requests", status=201, allowance=ASKED)
async def ask_for_price(session: Session, body: PriceRequestWish) -> PriceRequestAnswer:
    """Have a repair priced by people, and hear by when; refused with `price_known` where a quote can be had at once."""
    row = await unpriced.ask(
        session,
        device=body.device,
        faults=body.faults,
        services=body.services,
        urgency=body.urgency,
        name=body.name,
        email=body.email,
    )
    return PriceRequestAnswer.of(row, (await hours.shop(session)).zone)


@api.get("/api/v1/price-requests")
async def list_price_requests(
    session: Session,
    state: Annotated[Literal["open", "priced", "declined"], Query] = "open",
    cursor: Annotated[UUID | None, Query] = None,
    limit: Annotated[int, Query, Field(ge=1, le=100)] = 100,
) -> StaffPriceRequests:
    """List what waits for a price, the most pressing first, or what was answered, the newest first."""
    rows, following = await unpriced.list_requests(session, state=state, after=cursor, limit=limit)
    return StaffPriceRequests(requests=[StaffPriceRequest.of(row, session.now()) for row in rows], next_cursor=following)


@api.post("/api/v1/price-requests/{request_id}/answer", status=201, idempotent=True)
async def answer_price_request(session: Session, request_id: UUID, body: ByHandWish) -> QuoteAnswer:
    """Price a request by hand; the customer gets the quote in the chat, and by e-mail where an address is known."""
    quote = await unpriced.answer(
        session,
        request_id,
        lines=body.hand_lines(),
        reason=body.reason,
        minutes=body.duration_minutes,
        warranty_months=body.warranty_months,
    )
    return QuoteAnswer.of(await queries.access_quote(session, quote.id))


@api.post("/api/v1/price-requests/{request_id}/decline", idempotent=True)
async def decline_price_request(session: Session, request_id: UUID, body: DeclineWish) -> StaffPriceRequest:
    """Tell the customer that we cannot do it, and why."""
    await unpriced.decline(session, request_id, reason=body.reason)
    return StaffPriceRequest.of(await unpriced.get_request(session, request_id), session.now())
