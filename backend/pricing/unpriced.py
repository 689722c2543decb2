"""What the price book has no price for: asked by customers, answered by staff once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from backend.capacity import hours
from backend.core import audit, config, events, locks
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.customers import rules as customers
from backend.identity import visitors

from . import rules, service
from .basis import ByHand, HandLine, Urgency
from .config import PricingConfig
from .errors import NoPrice, PriceKnown, PriceRequestUnknown, TooManyPriceRequests, TotalInvalid
from .errors import PriceRequestAnswered as AnsweredAlready
from .events import PriceRequestAnswered
from .models import PriceRequest, Quote

#: What a quote by hand may come to, in minor units.
TOTAL_LIMIT = 2_000_000


async def ask(
    session: Session,
    *,
    device: str,
    faults: list[str],
    services: list[str],
    urgency: Urgency,
    name: str | None = None,
    email: str | None = None,
) -> PriceRequest:
    """Have staff asked for a price; the same open question is asked only once. Raises PriceKnown, TooManyPriceRequests, EmailInvalid …"""
    wish = await service.understand(session, device=device, faults=faults, services=services, urgency=urgency)
    try:
        rules.price(wish.basis)
    except NoPrice as refused:
        missing: list[str] = refused.extra["services"]
    else:
        raise PriceKnown
    who = session.principal
    reached = {"name": customers.name(name) if name else None, "email": customers.email(email) if email else None}
    settings = await config.get(session, PricingConfig)
    await locks.take(session, visitors.queue_of(who.visitor_id), f"price_requests:{who.visitor_id}")
    mine = select(PriceRequest).where(PriceRequest.visitor_id == who.visitor_id, PriceRequest.state == "open")
    waiting = (await session.scalars(mine)).all()
    for row in waiting:
        if (row.device_slug, row.faults, row.missing) == (wish.device.slug, wish.faults, missing):
            row.name, row.email = reached["name"] or row.name, reached["email"] or row.email
            return row
    if len(waiting) >= settings.open_per_visitor or await _count_near(session, who.visitor_id) >= settings.open_per_network:
        raise TooManyPriceRequests
    due = await hours.after_working(session, timedelta(hours=settings.answer_hours))
    row = PriceRequest(
        id=uuid7(),
        state="open",
        device_slug=wish.device.slug,
        device_name=wish.device.name,
        faults=wish.faults,
        services=[{"code": work.code, "label": work.label} for work in wish.basis.works],
        missing=missing,
        urgency=urgency,
        visitor_id=who.visitor_id,
        conversation_id=who.conversation_id,
        asked_at=session.now(),
        due_at=due.at,
        **reached,
    )
    session.add(row)
    await audit.record(session, "price.asked", subject=row.id, device=row.device_slug, missing=missing)
    await session.flush()
    return row


async def answer(
    session: Session, request_id: UUID, *, lines: Sequence[HandLine], reason: str, minutes: int, warranty_months: int
) -> Quote:
    """Price a request by hand: the customer gets a quote with these lines and this reason; raises PriceRequestAnswered, TotalInvalid."""
    row = await _open(session, request_id)
    if not 0 < sum(line.amount_minor for line in lines) <= TOTAL_LIMIT:
        raise TotalInvalid
    wish = await service.understand(
        session,
        device=row.device_slug,
        faults=[fault["code"] for fault in row.faults],
        services=[one["code"] for one in row.services],
        urgency=cast("Urgency", row.urgency),
    )
    made = ByHand(
        lines=tuple(lines),
        reason=reason,
        services=tuple((one["code"], one["label"]) for one in row.services),
        minutes=minutes,
        warranty_months=warranty_months,
    )
    basis = wish.basis.model_copy(update={"by_hand": made})
    quote = await service.store(session, wish, basis, visitor_id=row.visitor_id, conversation_id=row.conversation_id)
    row.quote_id = quote.id
    await _close(session, row, "priced", reason)
    return quote


async def decline(session: Session, request_id: UUID, *, reason: str) -> None:
    """Answer that we cannot do it, and why; raises PriceRequestAnswered."""
    await _close(session, await _open(session, request_id), "declined", reason)


async def list_requests(
    session: Session, *, state: str = "open", after: UUID | None = None, limit: int = 100
) -> tuple[Sequence[PriceRequest], UUID | None]:
    """Return requests, open ones by when they are due, others newest first, and the cursor (`after`) of the next page."""
    opened = state == "open"
    moment = PriceRequest.due_at if opened else PriceRequest.answered_at
    found = select(PriceRequest).where(PriceRequest.state == state)
    found = found.order_by(moment if opened else moment.desc(), PriceRequest.id)
    if after is not None:
        last = await get_request(session, after)
        then = last.due_at if opened else last.answered_at
        further = moment > then if opened else moment < then
        found = found.where(or_(further, and_(moment == then, PriceRequest.id > last.id)))
    rows = (await session.scalars(found.limit(limit + 1))).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def count_open(session: Session) -> int:
    """Return how many requests wait."""
    return await session.scalar(select(func.count()).where(PriceRequest.state == "open")) or 0


async def _count_near(session: Session, visitor_id: UUID | None) -> int:
    near = select(func.count()).where(PriceRequest.state == "open", visitors.near(PriceRequest.visitor_id, visitor_id))
    return await session.scalar(near) or 0


async def get_request(session: Session, request_id: UUID) -> PriceRequest:
    """Return a request; raises PriceRequestUnknown."""
    row = await session.get(PriceRequest, request_id)
    if row is None:
        raise PriceRequestUnknown
    return row


async def _open(session: Session, request_id: UUID) -> PriceRequest:
    row = await session.get(PriceRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise PriceRequestUnknown
    if row.state != "open":
        raise AnsweredAlready(state=row.state)
    return row


async def _close(session: Session, row: PriceRequest, state: str, reason: str) -> None:
    row.state, row.reason, row.answered_at, row.answered_by = state, reason, session.now(), session.principal.id
    await audit.record(session, f"price.{state}", subject=row.id, device=row.device_slug, reason=reason)
    await events.record(session, PriceRequestAnswered(request_id=row.id))
