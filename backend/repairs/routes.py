"""Repairs over HTTP: status by reference, the followed link, and the workshop's list and moves."""

import asyncio
import contextlib
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import Field

from backend.bookings import queries as orders
from backend.bookings.calendar_file import calendar_file
from backend.capacity import queries as capacity
from backend.core import address, limits
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.principal import Principal
from backend.core.site import Site

from . import bench_photos, expecting, queries, service
from .bench_photos import Shot
from .live import streams
from .schemas import CoarseRepair, DetailAnswer, StatusAnswer, StatusesAnswer, TrackedRepair, TrackingAnswer
from .staff_schemas import (
    MoveRequest,
    OrderAnswer,
    OrderRow,
    OrdersAnswer,
    PhotosRequest,
    ReadyRequest,
    ReadyTimeAnswer,
    StaffRepair,
)
from .stages import Stage

api = Api("repairs")

#: Seconds between signs of life on a stream, so that proxies keep it and a gone client is noticed.
HEARTBEAT = 15.0
#: Looks by reference a minute by one asker: people mistype, guessers need millions.
LOOKS = 20
LOOKS_AN_ADDRESS = 120


@api.get("/api/v1/repairs/status")
async def get_status(
    site: Site, request: web.Request, principal: Principal, reference: Annotated[str, Query, Field(max_length=40)]
) -> StatusAnswer:
    """Tell the coarse stage of an order; no personal data, and only so many questions a minute."""
    asker = principal.conversation_id or principal.id or address.of(request, site.settings)
    await limits.hit(site, f"status:{principal.kind}:{asker}", LOOKS, 60)
    if principal.kind == "visitor":
        # A new visitor is quickly made: all those of one address together have a limit too.
        await limits.hit(site, f"status:address:{address.of(request, site.settings)}", LOOKS_AN_ADDRESS, 60)
    async with site.work(principal) as session:
        order, repairs = await queries.list_by_reference(session, reference)
        return StatusAnswer(reference=order.reference, repairs=[CoarseRepair.of(repair) for repair in repairs])


@api.get("/api/v1/repairs")
async def list_repairs(session: Session) -> StatusesAnswer:
    """List the asking visitor's own orders and where each device stands."""
    return StatusesAnswer(
        items=[
            StatusAnswer(reference=order.reference, repairs=[CoarseRepair.of(repair) for repair in repairs])
            for order, repairs in await queries.list_own(session)
        ]
    )


@api.get("/api/v1/bookings/{reference}/repairs")
async def list_booking_repairs(session: Session, reference: str) -> DetailAnswer:
    """Show where each device of a booking stands, with what was written for the customer, to whoever may change the booking."""
    order, _ = await orders.access_order(session, reference)
    whole = await queries.get_whole_order(session, order.reference)
    return DetailAnswer(reference=order.reference, repairs=[TrackedRepair.of(whole, told) for told in whole.repairs])


@api.get("/api/v1/tracking/{token}")
async def get_tracking(session: Session, token: str) -> TrackingAnswer:
    """Show an order to whoever has its link."""
    return TrackingAnswer.of(await queries.access_tracking(session, token))


@api.get("/track/{token}/calendar.ics")
async def get_calendar_file(session: Session, token: str) -> web.Response:
    """Give the booking as a calendar file."""
    whole = await queries.access_tracking(session, token)
    url = f"{session.settings.public_url}/track/{token}"
    body = calendar_file(whole.order, whole.booking, [told.quote for told in whole.repairs], whole.location, now=session.now(), url=url)
    headers = {"Content-Disposition": f'attachment; filename="{whole.order.reference}.ics"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)


@api.get("/api/v1/tracking/{token}/events")
async def follow_tracking(site: Site, request: web.Request, token: str) -> web.StreamResponse:
    """Stream a hint (`event: changed`, data `{"rev": n}`) at every change of the order; the page then asks again."""
    async with site.work() as session:
        order = (await queries.access_tracking(session, token)).order
    ours = streams(site)
    with ours.follow(order.id) as changed:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        await response.prepare(request)
        # What changed between the page and this stream is told at once.
        changed.set()
        # The client closing its page is the usual end.
        with contextlib.suppress(ConnectionResetError):
            while not ours.closing and not _gone(request):
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        await changed.wait()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                changed.clear()
                if ours.closing:
                    break
                async with site.work() as session:
                    rev = (await orders.get_order(session, order.id)).rev
                await response.write(f'event: changed\ndata: {{"rev": {rev}}}\n\n'.encode())
    return response


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


@api.get("/api/v1/orders")
async def list_orders(
    session: Session,
    stage: Annotated[Stage | None, Query] = None,
    q: Annotated[str, Query, Field(max_length=100)] = "",
    conversation: Annotated[UUID | None, Query] = None,
    cursor: Annotated[UUID | None, Query] = None,
    limit: Annotated[int, Query, Field(ge=1, le=100)] = 50,
) -> OrdersAnswer:
    """List orders for staff, newest first; those of a conversation are those made in it and those its customer has or follows."""
    listed, following = await queries.list_orders(session, stage=stage, q=q, conversation_id=conversation, before=cursor, limit=limit)
    zone = ZoneInfo((await capacity.get_location(session)).zone)
    return OrdersAnswer(items=[OrderRow.of(row, zone) for row in listed], next_cursor=following)


@api.get("/api/v1/orders/{reference}")
async def get_order(session: Session, reference: str) -> OrderAnswer:
    """Show an order to staff."""
    whole = await queries.get_whole_order(session, reference)
    return OrderAnswer.of(whole, *await queries.get_customer_of(session, whole.order))


@api.post("/api/v1/repairs/{repair_id}/moves")
async def move_repair(session: Session, repair_id: UUID, body: MoveRequest) -> StaffRepair:
    """Move a repair on; refused with `stale_version` when somebody else has in the meantime."""
    note = body.note.strip() if body.note else None
    return StaffRepair.of(await service.move(session, repair_id, body.to, version=body.version, note=note or None, public=body.public))


@api.post("/api/v1/repairs/{repair_id}/ready-by")
async def set_ready_by(session: Session, repair_id: UUID, body: ReadyRequest) -> ReadyTimeAnswer:
    """Set another time by which a repair will be ready; refused with `stale_ready` when somebody else has in the meantime."""
    return ReadyTimeAnswer.model_validate(await expecting.set_ready(session, repair_id, body.ready_by, body.reason, seq=body.seq))


@api.post("/api/v1/orders/{reference}/photos", status=201)
async def add_photos(session: Session, reference: str, body: PhotosRequest) -> OrderAnswer:
    """Keep pictures from the bench with an order; they were brought by `POST /api/v1/files` before. The same again changes nothing."""
    order, _ = await orders.access_order(session, reference)
    shots = [Shot(one.file_id, one.caption, one.public) for one in body.photos]
    await bench_photos.add(session, order, body.repair_id, shots)
    whole = await queries.get_whole_order(session, order.reference)
    return OrderAnswer.of(whole, *await queries.get_customer_of(session, whole.order))
