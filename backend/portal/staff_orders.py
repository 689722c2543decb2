"""The staff room: what is in the workshop, one order in full, and moving its repairs on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BeforeValidator, Field

from backend.bookings import following
from backend.capacity import hours
from backend.capacity import queries as capacity
from backend.capacity.words import full_day_label
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.schema import Strict
from backend.identity import staff
from backend.portal import expected, forms, staff_room, words, workshop
from backend.portal.expected import Ready
from backend.portal.rendering import page, see_other
from backend.repairs import expecting, photos, queries, service
from backend.repairs.errors import MoveNotAllowed, ReadyClosed, ReadyPast, ReadyTooFar, RepairOver, StaleReady, StaleVersion
from backend.repairs.staff_schemas import OrderAnswer, OrderRow, StaffMove, StaffRepairDetail
from backend.repairs.stages import STAFF_LABELS, Stage

pages = Api("portal", page=True)

PER_PAGE = 25
DONE = {
    "moved": "The appointment has moved. The customer is told by e-mail.",
    "cancelled": "The appointment is cancelled. The customer is told by e-mail.",
    "links": "No link sent so far opens this order. The next e-mail brings a new one.",
    "ready": "The new time is set. The customer’s page shows it already.",
    "photos": "The photos are kept with the order.",
    "photo-removed": "The photo is taken off. It can be brought back for a day.",
    "photo-restored": "The photo is back.",
}
Done = Literal["", "moved", "cancelled", "links", "ready", "photos", "photo-removed", "photo-restored"]
#: What is over does not clutter the list of filters with its count.
_UNCOUNTED = frozenset({Stage.COLLECTED, Stage.SHIPPED, Stage.CLOSED, Stage.CANCELLED})


class Move(Strict):
    """What the buttons under a repair send; a form knows only text."""

    to: Annotated[Stage, Field(strict=False)]
    version: Annotated[int, Field(ge=1, le=2**31, strict=False)]
    note: Annotated[str, Field(max_length=2000)] = ""
    public: Annotated[bool, Field(strict=False)] = False


def _nothing(value: object) -> object:
    return None if value == "" else value


#: A form sends a field that was left empty all the same.
Chosen = Annotated[Stage | None, BeforeValidator(_nothing)]


@pages.get("/staff")
async def enter(session: Session) -> web.Response:
    """Lead to the first page of the staff room."""
    return see_other("/staff/orders")


@pages.get("/staff/orders")
async def list_orders(
    request: web.Request,
    session: Session,
    stage: Annotated[Chosen, Query] = None,
    q: Annotated[str, Query, Field(max_length=100)] = "",
    cursor: Annotated[UUID | None, Query] = None,
    view: Annotated[Literal["", "all"], Query] = "",
) -> web.Response:
    """List what matters today; or orders, newest first: all of them, those of a stage, or what somebody looks for."""
    zone = ZoneInfo((await hours.shop(session)).zone)
    if not (stage or q or cursor or view):
        return await _today(request, session, zone)
    listed, following = await queries.list_orders(session, stage=stage, q=q, before=cursor, limit=PER_PAGE)
    return page(
        request,
        "staff/orders.html",
        **await staff_room.head(session),
        groups=[Group("", "Appointment", [_row(OrderRow.of(one, zone)) for one in listed])] if listed else [],
        tabs=_tabs(await queries.count_by_stage(session), "all" if stage is None else stage, q),
        stage=stage.value if stage else "",
        q=q,
        older=_link(stage, q, cursor=following) if following else "",
        later=_link(stage, q, view="all") if cursor else "",
        idle=False,
    )


async def _today(request: web.Request, session: Session, zone: ZoneInfo) -> web.Response:
    day = await hours.working_day(session)
    expected = await queries.list_expected(session, datetime.combine(day + timedelta(days=1), time(), zone))
    here = await queries.list_in_house(session)
    groups = [
        Group(
            f"Expected {_named_day(day, session.now().astimezone(zone).date())}",
            "Appointment",
            [_row(OrderRow.of(one, zone)) for one in expected],
        ),
        Group("In the workshop", "Since", [_row(OrderRow.of(one, zone)) | {"at": _since(one)} for one in here]),
    ]
    counts = await queries.count_by_stage(session)
    return page(
        request,
        "staff/orders.html",
        **await staff_room.head(session),
        groups=[group for group in groups if group.orders],
        tabs=_tabs(counts, None, ""),
        stage="",
        q="",
        older="",
        later="",
        idle=bool(sum(counts.values())),
    )


@pages.get("/staff/orders/{reference}")
async def show_order(
    request: web.Request,
    session: Session,
    reference: str,
    moved: Annotated[Chosen, Query] = None,
    done: Annotated[Done, Query] = "",
) -> web.Response:
    """Show one order with its customer, its repairs and their history."""
    said = f"Moved to {STAFF_LABELS[moved].lower()}. The customer’s page shows it already." if moved else DONE.get(done)
    notice = {"tone": "good", "words": said} if said else None
    return await order_page(request, session, reference, notice=notice)


@pages.post("/staff/repairs/{repair_id}/moves")
async def move_repair(request: web.Request, session: Session, repair_id: UUID) -> web.Response:
    """Move a repair on and show its order again; what was typed is kept when it cannot be moved."""
    repair = await queries.get_repair(session, repair_id)
    reference = (await queries.get_order_of(session, repair)).reference
    form = await forms.read(request, Move)
    if form.values is None:
        return await _again(request, session, reference, repair_id, form, 422, "Look at what is marked and try again.")
    try:
        wanted = form.values
        await service.move(session, repair_id, wanted.to, version=wanted.version, note=wanted.note.strip() or None, public=wanted.public)
    except StaleVersion as stale:
        said = f"Somebody else moved this repair to {_named(stale)} meanwhile. Nothing was changed by you; look again."
        return await _again(request, session, reference, repair_id, form, 409, said)
    except MoveNotAllowed:
        return await _again(request, session, reference, repair_id, form, 422, MoveNotAllowed.title)
    return see_other(f"/staff/orders/{reference}?moved={wanted.to.value}")


@pages.post("/staff/repairs/{repair_id}/ready-by")
async def set_ready_by(request: web.Request, session: Session, repair_id: UUID) -> web.Response:
    """Set another time by which a repair will be ready and show its order again; what was typed is kept when it cannot be."""
    order = await queries.get_order_of(session, await queries.get_repair(session, repair_id))
    form = await forms.read(request, Ready)
    if form.values is None:
        return await _time_again(request, session, order.reference, repair_id, form, 422, "Look at what is marked and try again.")
    wanted = form.values
    zone = ZoneInfo((await capacity.get_location(session, order.location_id)).zone)
    try:
        await expecting.set_ready(session, repair_id, expected.moment(wanted.ready_by, zone), wanted.reason, seq=wanted.seq)
    except (StaleReady, RepairOver, ReadyPast, ReadyTooFar, ReadyClosed) as refusal:
        return await _time_again(request, session, order.reference, repair_id, form, refusal.status, refusal.title)
    return see_other(f"/staff/orders/{order.reference}?done=ready")


@pages.post("/staff/orders/{reference}/links/end")
async def end_links(request: web.Request, session: Session, reference: str) -> web.Response:
    """End the customer's links and show the order again."""
    order = (await queries.get_whole_order(session, reference)).order
    await following.end_links(session, order.reference)
    return see_other(f"/staff/orders/{order.reference}?done=links")


async def _again(
    request: web.Request, session: Session, reference: str, repair_id: UUID, form: forms.Form[Move], status: int, said: str
) -> web.Response:
    notice = {"tone": "bad", "words": said}
    return await order_page(request, session, reference, status=status, notice=notice, typed={repair_id: form})


async def _time_again(
    request: web.Request, session: Session, reference: str, repair_id: UUID, form: forms.Form[Ready], status: int, said: str
) -> web.Response:
    return await order_page(request, session, reference, status=status, notice={"tone": "bad", "words": said}, timed={repair_id: form})


async def order_page(
    request: web.Request,
    session: Session,
    reference: str,
    *,
    status: int = 200,
    notice: dict[str, str] | None = None,
    typed: dict[UUID, forms.Form[Move]] | None = None,
    timed: dict[UUID, forms.Form[Ready]] | None = None,
) -> web.Response:
    """Draw an order, with what was typed and refused."""
    whole = await queries.get_whole_order(session, reference)
    order = OrderAnswer.of(whole, *await queries.get_customer_of(session, whole.order))
    known = {move.by for repair in order.repairs for move in repair.history if move.by}
    known |= {one.by for repair in order.repairs for one in repair.ready_times if one.by} | {photo.by for photo in order.photos if photo.by}
    names, zone, now = await staff.list_names(session, known), ZoneInfo(order.location.zone), session.now()
    repairs = [
        _repair(repair, names, (typed or {}).get(repair.id)) | {"expected": expected.shown(repair, (timed or {}).get(repair.id), zone, now)}
        for repair in order.repairs
    ]
    shown = order.model_dump() | {
        "repairs": repairs,
        "photos": [photo.model_dump() for photo in order.photos if photo.repair_id is None],
        "bench_photos": [photo.model_dump() | {"by": names.get(photo.by)} for photo in order.photos if photo.by],
        "removed_photos": [kept.photo.model_dump() for kept in await photos.list_kept(session, whole.order.id, removed=True)],
    }
    return page(
        request,
        "staff/order.html",
        status=status,
        **await staff_room.head(session),
        order=shown,
        notice=notice,
        upload=uuid4().hex,
    )


def _repair(repair: StaffRepairDetail, names: dict[UUID, str], form: forms.Form[Move] | None) -> dict[str, Any]:
    return repair.model_dump() | {
        "work": ", ".join(one.label for one in repair.quote.services),
        "tone": workshop.tone(repair.stage),
        "ways": workshop.ways(repair),
        "typed_note": form.typed.get("note", "")[:4000] if form else "",
        "typed_public": bool(form and form.typed.get("public")),
        "note_error": form.errors.get("note", "") if form else "",
        "timeline": [_happening(move, names) for move in reversed(repair.history)],
    }


def _happening(move: StaffMove, names: dict[UUID, str]) -> dict[str, Any]:
    by = names.get(move.by) if move.by else None
    return {"title": STAFF_LABELS[move.stage], "text": move.note, "at": move.at, "public": move.public, "by": by}


@dataclass(frozen=True, slots=True)
class Group:
    """Orders under one heading, and what their moment means."""

    title: str
    moment: str
    orders: list[dict[str, Any]]


def _named_day(day: date, today: date) -> str:
    return {0: "today", 1: "tomorrow"}.get((day - today).days, f"on {full_day_label(day)}")


def _since(one: queries.Listed) -> datetime:
    return min(repair.moved_at for repair in one.repairs)


def _row(row: OrderRow) -> dict[str, Any]:
    first = row.repairs[0]
    return {
        "reference": row.reference,
        "customer": row.customer.name,
        "device": ", ".join(repair.device for repair in row.repairs),
        "contact": words.phone(row.customer.phone) if row.customer.phone else row.customer.email or "",
        "at": row.starts_at,
        "stage_label": first.stage_label,
        "tone": workshop.tone(first.stage),
        "late": row.late,
        "total": row.total.text,
    }


def _tabs(counts: dict[Stage, int], current: Stage | Literal["all"] | None, q: str) -> list[dict[str, Any]]:
    today = {"href": "/staff/orders", "label": "Today", "count": None, "current": current is None}
    everything = {"href": _link(None, q, view="all"), "label": "All", "count": None, "current": current == "all"}
    shown = [stage for stage in Stage if counts[stage] or stage is current]
    return [today, everything] + [
        {
            "href": _link(stage, q),
            "label": STAFF_LABELS[stage],
            "count": None if stage in _UNCOUNTED else counts[stage],
            "current": stage is current,
        }
        for stage in shown
    ]


def _link(stage: Stage | None, q: str, cursor: UUID | None = None, view: str = "") -> str:
    # Without anything wanted it would be today's page.
    view = "" if stage or q else view
    wanted = {"stage": stage.value if stage else "", "q": q, "cursor": str(cursor) if cursor else "", "view": view}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"/staff/orders?{query}" if query else "/staff/orders"


def _named(refusal: Refusal) -> str:
    return STAFF_LABELS[Stage(refusal.extra["stage"])].lower()
