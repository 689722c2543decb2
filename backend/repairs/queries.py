"""Reading repairs: for the workshop, for whoever knows a reference, and for the followers of a link."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from backend.bookings import queries as orders
from backend.bookings.checklist import Check, list_checks
from backend.bookings.errors import ReferenceUnknown
from backend.bookings.models import CONFIRMED, MAIL_IN, Booking, Order, ReturnAddress
from backend.capacity import queries as capacity
from backend.capacity.models import Location
from backend.conversations import queries as conversations
from backend.core.db import Session
from backend.customers import queries as customers
from backend.customers.models import ContactPoint, Customer
from backend.pricing import queries as pricing
from backend.pricing.models import Quote

from . import expecting, ready
from .errors import RepairUnknown
from .models import ReadyTime, Repair, RepairMove
from .photos import Kept, list_kept
from .ready import Outlook
from .stages import IN_HOUSE, Stage


@dataclass(frozen=True, slots=True)
class Told:
    """A repair with its moves, in order, and its quote."""

    repair: Repair
    moves: Sequence[RepairMove]
    quote: Quote
    #: By when it was expected to be ready, the time that holds last, and what can be said of it now.
    times: Sequence[ReadyTime]
    outlook: Outlook | None


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with everything that belongs to it."""

    order: Order
    booking: Booking
    location: Location
    repairs: Sequence[Told]
    checks: Sequence[Check]
    photos: Sequence[Kept]
    #: Where a device that came by post goes back to: for staff only.
    address: ReturnAddress | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the staff list."""

    order: Order
    booking: Booking
    customer: Customer
    contacts: dict[str, str]
    repairs: Sequence[Repair]
    quotes: dict[UUID, Quote]
    #: Whether one of them should have been ready by now.
    late: bool


async def get_repair(session: Session, repair_id: UUID) -> Repair:
    """Return a repair; raises RepairUnknown."""
    found = await session.get(Repair, repair_id)
    if found is None:
        raise RepairUnknown
    return found


async def get_move(session: Session, move_id: UUID) -> RepairMove:
    """Return a move; raises RepairUnknown."""
    found = await session.get(RepairMove, move_id)
    if found is None:
        raise RepairUnknown
    return found


async def list_by_reference(session: Session, reference: str) -> tuple[Order, Sequence[Repair]]:
    """Return the repairs of an order by its reference alone; callers show no more than the coarse stage. Raises ReferenceUnknown."""
    order = await orders.find_order(session, reference)
    if order is None:
        raise ReferenceUnknown
    return order, (await _repairs_of(session, [order.id]))[order.id]


async def list_own(session: Session) -> list[tuple[Order, Sequence[Repair]]]:
    """Return the asking visitor's own orders with their repairs, newest first."""
    mine = [order for order, _ in await orders.list_own(session)]
    repairs = await _repairs_of(session, [order.id for order in mine])
    return [(order, repairs[order.id]) for order in mine]


async def access_tracking(session: Session, token: str) -> Whole:
    """Return the order a tracking link leads to; raises TrackingUnknown."""
    return await _whole(session, await orders.access_tracked_order(session, token))


async def get_whole_order(session: Session, reference: str) -> Whole:
    """Return an order for staff; raises ReferenceUnknown."""
    order, _ = await orders.access_order(session, reference)
    return await _whole(session, order)


async def get_order_of(session: Session, repair: Repair) -> Order:
    """Return the order a repair belongs to."""
    return await orders.get_order(session, repair.order_id)


async def list_orders(
    session: Session,
    *,
    stage: Stage | None = None,
    q: str = "",
    conversation_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> tuple[list[Listed], UUID | None]:
    """Return orders for staff, newest first, and the cursor of the next page; `q` looks in references, names, contacts and devices.

    Those of a conversation are those made in it and those its customer has or follows.
    """
    statement = _ORDERS.order_by(Order.created_at.desc(), Order.id.desc())
    if before is not None:
        last = await orders.get_order(session, before)
        statement = statement.where(or_(Order.created_at < last.created_at, (Order.created_at == last.created_at) & (Order.id < last.id)))
    if stage is not None:
        statement = statement.where(exists().where(Repair.order_id == Order.id, Repair.stage == stage.value))
    for word in q.split()[:6]:
        statement = statement.where(_contains(word))
    if conversation_id is not None:
        conversation = await conversations.access_conversation(session, conversation_id)
        statement = statement.where(await orders.of_conversation(session, conversation.id, conversation.visitor_id))
    found = await _listed(session, statement.limit(limit + 1))
    page = found[:limit]
    return page, page[-1].order.id if len(found) > limit else None


async def list_expected(session: Session, until: datetime, limit: int = 100) -> list[Listed]:
    """Return the orders that should have come by a moment and have not, the earliest appointment first."""
    statement = _ORDERS.where(Booking.state == CONFIRMED, Booking.starts_at < until).order_by(Booking.starts_at, Order.id)
    return await _listed(session, statement.limit(limit))


async def list_in_house(session: Session, limit: int = 100) -> list[Listed]:
    """Return the orders whose devices are here, the one nobody has touched for longest first."""
    # A repair that was given up before its device came has made no move but that one.
    given_up = (Repair.stage == Stage.CANCELLED.value) & (Repair.version > 2)
    here = select(Repair.order_id).where(or_(Repair.stage.in_([stage.value for stage in IN_HOUSE]), given_up))
    moved = select(func.min(Repair.moved_at)).where(Repair.order_id == Order.id).correlate(Order).scalar_subquery()
    statement = _ORDERS.where(Order.id.in_(here))
    return await _listed(session, statement.order_by(moved, Order.id).limit(limit))


_ORDERS = select(Order, Booking, Customer).join(Booking, Booking.order_id == Order.id).join(Customer, Customer.id == Order.customer_id)


async def _listed(session: Session, statement: Select[Order, Booking, Customer]) -> list[Listed]:
    rows = (await session.execute(statement)).all()
    repairs = await _repairs_of(session, [order.id for order, _, _ in rows])
    contacts = await customers.list_contacts(session, {customer.id for _, _, customer in rows})
    quotes = await pricing.list_quotes(session, {repair.quote_id for found in repairs.values() for repair in found})
    late = await _late(session, [repair for found in repairs.values() for repair in found])
    return [
        Listed(order, booking, customer, contacts[customer.id], found, quotes, any(repair.id in late for repair in found))
        for order, booking, customer in rows
        for found in (repairs[order.id],)
    ]


async def _late(session: Session, repairs: Collection[Repair]) -> set[UUID]:
    in_hand = [repair.id for repair in repairs if repair.at in IN_HOUSE - ready.OVER]
    times = await expecting.list_times(session, in_hand) if in_hand else {}
    now = session.now()
    return {repair_id for repair_id, history in times.items() if (until := history[-1].ready_by) is not None and until < now}


async def count_by_stage(session: Session) -> dict[Stage, int]:
    """Return how many repairs are in each stage."""
    rows = await session.execute(select(Repair.stage, func.count()).group_by(Repair.stage))
    counts = dict(rows.all())
    return {stage: counts.get(stage.value, 0) for stage in Stage}


async def get_customer_of(session: Session, order: Order) -> tuple[Customer, dict[str, str]]:
    """Return an order's customer and how to reach him."""
    customer = await customers.get_customer(session, order.customer_id)
    return customer, (await customers.list_contacts(session, [customer.id]))[customer.id]


async def _whole(session: Session, order: Order) -> Whole:
    repairs = (await _repairs_of(session, [order.id]))[order.id]
    quotes = await pricing.list_quotes(session, {repair.quote_id for repair in repairs})
    moves: dict[UUID, list[RepairMove]] = defaultdict(list)
    wanted = select(RepairMove).where(RepairMove.repair_id.in_([repair.id for repair in repairs])).order_by(RepairMove.seq)
    for row in await session.scalars(wanted):
        moves[row.repair_id].append(row)
    location = await capacity.get_location(session, order.location_id)
    times = await expecting.list_times(session, [repair.id for repair in repairs])
    return Whole(
        order=order,
        booking=await orders.get_booking_of(session, order.id),
        location=location,
        repairs=[
            Told(
                repair,
                moves[repair.id],
                quotes[repair.quote_id],
                times[repair.id],
                await expecting.get_outlook(session, location, repair, times[repair.id]),
            )
            for repair in repairs
        ],
        checks=await list_checks(session, order, [quotes[repair.quote_id] for repair in repairs]),
        photos=await list_kept(session, order.id),
        address=await orders.find_return_address(session, order.id) if order.arrival == MAIL_IN else None,
    )


async def _repairs_of(session: Session, order_ids: Iterable[UUID]) -> dict[UUID, list[Repair]]:
    wanted = list(order_ids)
    found: dict[UUID, list[Repair]] = {order_id: [] for order_id in wanted}
    for repair in await session.scalars(select(Repair).where(Repair.order_id.in_(wanted)).order_by(Repair.created_at, Repair.id)):
        found[repair.order_id].append(repair)
    return found


def _contains(word: str) -> ColumnElement[bool]:
    return or_(
        Order.reference.icontains(word, autoescape=True),
        Customer.name.icontains(word, autoescape=True),
        exists().where(Repair.order_id == Order.id, Repair.device_name.icontains(word, autoescape=True)),
        exists().where(ContactPoint.customer_id == Customer.id, ContactPoint.value.icontains(word, autoescape=True)),
    )
