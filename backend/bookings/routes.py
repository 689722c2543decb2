"""Slots, holds and bookings over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BeforeValidator, Field

from backend.capacity import queries as capacity
from backend.capacity.schemas import LocationAnswer
from backend.core import address, limits
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.principal import Principal
from backend.core.site import Site
from backend.pricing import queries as pricing

from . import changes, checklist, following, holds, mail_in, proof, queries, service
from .allowances import CHANGES, CHECKS, FOLLOWS, HOLDS, PROOFS, TIMES
from .errors import CodeExpired, CodeLocked, CodeWrong
from .models import Booking, Order
from .schemas import (
    DEVICES,
    ArrivalDay,
    ArrivalDaysAnswer,
    BookingAnswer,
    BookingRequest,
    BookingsAnswer,
    CheckAnswer,
    ChecklistAnswer,
    CheckRequest,
    CodeAnswer,
    CodeRequest,
    FollowedAnswer,
    HoldAnswer,
    HoldRequest,
    ProofRequest,
    RescheduleRequest,
    SlotAnswer,
    SlotsAnswer,
    label_of,
)
from .work import work_of

api = Api("bookings")


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


#: `quote=…`, once for each device.
Quotes = Annotated[list[UUID], Query, BeforeValidator(_several), Field(min_length=1, max_length=DEVICES)]


@api.get("/api/v1/slots", allowance=TIMES)
async def list_slots(
    session: Session,
    quote: Quotes,
    from_: Annotated[date | None, Query, Field(alias="from")] = None,
    days: Annotated[int, Query, Field(ge=1, le=31)] = 7,
    limit: Annotated[int, Query, Field(ge=1, le=200)] = 200,
) -> SlotsAnswer:
    """List the times at which the repairs of some quotes can be booked together; a time the asker already holds counts as free."""
    offers = [await pricing.access_offer(session, one) for one in quote]
    location = await capacity.get_location(session)
    own = await queries.find_own_hold(session)
    work = await work_of(session, offers, location)
    spans = await capacity.list_slots(
        session, location, work.minutes, from_, days, limit, skills=work.skills, not_before=work.not_before, but=[own.id] if own else []
    )
    zone = ZoneInfo(location.zone)
    return SlotsAnswer(location=LocationAnswer.of(location), slots=[SlotAnswer.of(start, end, zone) for start, end in spans])


@api.get("/api/v1/arrival-days", allowance=TIMES)
async def list_arrival_days(
    session: Session,
    quote: Quotes,
    postcode: Annotated[str, Query, Field(max_length=20)],
    from_: Annotated[date | None, Query, Field(alias="from")] = None,
    days: Annotated[int, Query, Field(ge=1, le=31)] = 14,
) -> ArrivalDaysAnswer:
    """List the days on which posted devices may arrive from a postcode; refused where we take no parcels from."""
    offers = [await pricing.access_offer(session, one) for one in quote]
    location = await capacity.get_location(session)
    zone = ZoneInfo(location.zone)
    found = await mail_in.list_days(session, location, offers, postcode, from_, days)
    return ArrivalDaysAnswer(
        location=LocationAnswer.of(location),
        days=[ArrivalDay.of(span, zone) for span in found],
        packing=list(mail_in.packing({offer.category for offer in offers})),
    )


@api.post("/api/v1/holds", status=201, allowance=HOLDS)
async def make_hold(session: Session, body: HoldRequest) -> HoldAnswer:
    """Hold a time for ten minutes, in place of the one held before."""
    held = await holds.hold(session, body.quotes, body.starts_at)
    location = await capacity.get_location(session, held.location_id)
    return HoldAnswer.of(held, ZoneInfo(location.zone))


@api.delete("/api/v1/holds/{hold_id}")
async def let_hold_go(session: Session, hold_id: UUID) -> None:
    """Give a held time back."""
    await holds.let_go(session, hold_id)


@api.post("/api/v1/bookings", status=201, idempotent=True, allowance=CHANGES)
async def create_booking(session: Session, body: BookingRequest) -> BookingAnswer:
    """Book the repair of one device or of several that come together; the answer alone carries the link to the tracking page."""
    order, booking, quotes, location = await service.confirm(
        session,
        quote_ids=body.quotes,
        hold_id=body.hold_id,
        starts_at=body.starts_at,
        parcel=body.mail_in.parcel() if body.mail_in else None,
        name=body.customer.name,
        email=body.customer.email,
        phone=body.customer.phone,
    )
    return BookingAnswer.of(order, booking, quotes, location, await service.link(session, order.id))


@api.get("/api/v1/bookings")
async def list_bookings(session: Session) -> BookingsAnswer:
    """List the asking visitor's own bookings."""
    return BookingsAnswer(items=[await _answer(session, order, booking) for order, booking in await queries.list_own(session)])


@api.get("/api/v1/bookings/{reference}")
async def get_booking(session: Session, reference: str) -> BookingAnswer:
    """Show a booking to whoever made it, and to staff."""
    return await _answer(session, *await queries.access_order(session, reference))


@api.get("/api/v1/bookings/{reference}/slots", allowance=TIMES)
async def list_booking_slots(
    session: Session,
    reference: str,
    from_: Annotated[date | None, Query, Field(alias="from")] = None,
    days: Annotated[int, Query, Field(ge=1, le=31)] = 7,
    limit: Annotated[int, Query, Field(ge=1, le=200)] = 200,
) -> SlotsAnswer:
    """List the times a booking can be moved to; refused as the move itself would be."""
    order, booking = await queries.access_order(session, reference)
    if (refusal := (await changes.refusals(session, booking))[0]) is not None:
        raise refusal
    location = await capacity.get_location(session, order.location_id)
    zone = ZoneInfo(location.zone)
    spans = await changes.list_times(session, order, booking, from_, days, limit)
    slots = [SlotAnswer.of(start, end, zone, label_of(order, start, zone)) for start, end in spans]
    return SlotsAnswer(location=LocationAnswer.of(location), slots=slots)


@api.post("/api/v1/bookings/{reference}/reschedule", idempotent=True, allowance=CHANGES)
async def reschedule_booking(session: Session, reference: str, body: RescheduleRequest) -> BookingAnswer:
    """Move a booking to another time."""
    return await _answer(session, *await changes.reschedule(session, reference, body.starts_at))


@api.post("/api/v1/bookings/{reference}/cancel", idempotent=True, allowance=CHANGES)
async def cancel_booking(session: Session, reference: str) -> BookingAnswer:
    """Give a booking up."""
    return await _answer(session, *await changes.cancel(session, reference))


@api.post("/api/v1/tracking/{token}/conversation", allowance=FOLLOWS)
async def follow_order(session: Session, token: str) -> FollowedAnswer:
    """Let the asking visitor's conversation speak about the order of a tracking link: as much as the link's page shows and does."""
    return FollowedAnswer(reference=(await following.follow(session, token)).reference)


@api.post("/api/v1/orders/{reference}/links/end")
async def end_links(session: Session, reference: str) -> None:
    """End every tracking link of an order, such as one that reached the wrong hands; the next mail about it brings a new one."""
    await following.end_links(session, reference)


@api.get("/api/v1/bookings/{reference}/checklist")
async def get_checklist(session: Session, reference: str) -> ChecklistAnswer:
    """Show what to see to before the visit."""
    order, booking = await queries.access_order(session, reference)
    checks = await checklist.list_checks(session, order, await queries.list_quotes(session, booking))
    return ChecklistAnswer(reference=order.reference, items=[CheckAnswer.model_validate(check) for check in checks])


@api.put("/api/v1/bookings/{reference}/checklist", allowance=CHECKS)
async def answer_check(session: Session, reference: str, body: CheckRequest) -> ChecklistAnswer:
    """Note how far the customer is with one thing of the checklist."""
    checks = await checklist.answer(session, reference, body.item, body.answer, body.note)
    items = [CheckAnswer.model_validate(check) for check in checks]
    return ChecklistAnswer(reference=queries.tidy_reference(reference), items=items)


@api.post("/api/v1/orders/codes", status=202)
async def ask_code(site: Site, request: web.Request, principal: Principal, body: CodeRequest) -> CodeAnswer:
    """Send a code to the address on file of an order, if there is one; the answer is the same either way."""
    wanted = queries.tidy_reference(body.reference)
    await limits.hit(site, f"code:{principal.visitor_id}", proof.ASKS_AN_HOUR, 3600)
    if principal.kind == "visitor":
        await limits.hit(site, f"code:address:{address.of(request, site.settings)}", proof.ASKS_AN_ADDRESS, 3600)
    async with site.work(principal) as session:
        await proof.ask(session, wanted)
    return CodeAnswer(reference=wanted, valid_minutes=int(proof.VALID.total_seconds() // 60))


@api.post("/api/v1/orders/proofs", allowance=PROOFS)
async def prove_order(session: Session, body: ProofRequest) -> FollowedAnswer | CodeWrong | CodeExpired | CodeLocked:
    """Take the code from the mail; from now on this browser may see the order, move it and cancel it, as with its link."""
    proven = await proof.prove(session, body.reference, body.digits)
    return FollowedAnswer(reference=proven.reference) if isinstance(proven, Order) else proven


async def _answer(session: Session, order: Order, booking: Booking) -> BookingAnswer:
    location = await capacity.get_location(session, order.location_id)
    return BookingAnswer.of(order, booking, await queries.list_quotes(session, booking), location)
