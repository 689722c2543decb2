"""Keeping by when a repair will be ready: worked out as it goes, set by staff where they know better. The order's row is held meanwhile."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.bookings import queries as orders
from backend.bookings import service as bookings
from backend.bookings.joins import on_moved
from backend.bookings.models import MAIL_IN, Booking, Order
from backend.capacity import hours
from backend.capacity import queries as capacity
from backend.capacity.models import Location
from backend.capacity.rules import Calendar
from backend.core import audit, events
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.pricing.models import Quote

from . import ready
from .errors import RepairOver, RepairUnknown, StaleReady
from .events import ReadyMoved
from .models import ReadyTime, Repair
from .ready import Outlook
from .stages import Stage


async def set_ready(session: Session, repair_id: UUID, ready_by: datetime, reason: str, *, seq: int) -> ReadyTime:
    """Set another time, with what the customer is told; raises RepairUnknown, RepairOver, StaleReady, or what `ready.check` raises.

    `seq` is the number of the time that was seen, 0 for none. The customer's page shows it with the commit.
    """
    order_id = await session.scalar(select(Repair.order_id).where(Repair.id == repair_id))
    if order_id is None:
        raise RepairUnknown
    order = await session.get_one(Order, order_id, with_for_update=True, populate_existing=True)
    repair = await session.get_one(Repair, repair_id, with_for_update=True, populate_existing=True)
    if repair.at in ready.OVER:
        raise RepairOver
    history = (await list_times(session, [repair.id]))[repair.id]
    if seq != (history[-1].seq if history else 0):
        raise StaleReady
    now = session.now()
    location = await capacity.get_location(session, order.location_id)
    ready.check(await _calendar(session, location, ready_by), ready_by, now)
    told = ready.is_news(history, ready_by, now)
    made = _add(session, repair, history, ready_by, reason=reason, by=session.principal.id, told=told)
    await session.flush()
    if told:
        await events.record(session, ReadyMoved(repair_id=repair.id, ready_id=made.id))
    former = history[-1].ready_by if history else None
    await audit.record(session, "repair.ready_set", subject=repair.id, former=former, ready_by=ready_by, told=told)
    await bookings.touch(session, order)
    await session.flush()
    return made


async def begin(session: Session, order: Order, booking: Booking, repair: Repair) -> None:
    """Work out the time of a repair that has just been booked."""
    await _work_out(session, order, booking, repair, [])


@on_moved
async def follow_booking(session: Session, order: Order, booking: Booking) -> None:
    """Work the times of an order anew whose appointment was moved."""
    repairs = (await session.scalars(select(Repair).where(Repair.order_id == order.id, Repair.stage == Stage.BOOKED.value))).all()
    history = await list_times(session, [repair.id for repair in repairs])
    for repair in repairs:
        if not _set_by_staff(history[repair.id]):
            await _work_out(session, order, booking, repair, history[repair.id])


async def follow_move(session: Session, order: Order, repair: Repair, before: Stage) -> None:
    """Keep the time true when a repair has gone on: what staff set holds, what was worked out holds while the work does."""
    history = (await list_times(session, [repair.id]))[repair.id]
    current = history[-1].ready_by if history else None
    if repair.at in ready.OVER or (_set_by_staff(history) and current is not None):
        return
    if repair.at in ready.PAUSED:
        if current is not None:
            _add(session, repair, history, None)
    elif before is Stage.BOOKED or (current is None and repair.at is not Stage.DIAGNOSING):
        booking = await orders.get_booking_of(session, order.id)
        await _work_out(session, order, booking, repair, history)


async def list_times(session: Session, repair_ids: Collection[UUID]) -> dict[UUID, list[ReadyTime]]:
    """All times of some repairs, the one that holds last."""
    found: dict[UUID, list[ReadyTime]] = defaultdict(list)
    for row in await session.scalars(select(ReadyTime).where(ReadyTime.repair_id.in_(repair_ids)).order_by(ReadyTime.seq)):
        found[row.repair_id].append(row)
    return found


async def get_outlook(session: Session, location: Location, repair: Repair, history: Sequence[ReadyTime]) -> Outlook | None:
    """What can be said right now about when a repair will be ready."""
    ready_by = history[-1].ready_by if history else None
    if not history and repair.at is not Stage.BOOKED:
        return None  # from before times were kept
    return ready.outlook(await _calendar(session, location, ready_by or session.now()), repair.at, ready_by, session.now())


async def _work_out(session: Session, order: Order, booking: Booking, repair: Repair, history: Sequence[ReadyTime]) -> None:
    quotes = list(await orders.list_quotes(session, booking))
    (place,) = [at for at, quote in enumerate(quotes) if quote.id == repair.quote_id]
    quote, arriving = quotes[place], repair.at in (Stage.BOOKED, Stage.RECEIVED)
    if quote.low_minor is not None and arriving:
        return  # what is wrong has to be seen first
    # Devices that come together go over the bench one after the other.
    ahead = quotes[: place + 1] if arriving else [quote]
    location = await capacity.get_location(session, order.location_id)
    begins = max(booking.starts_at, session.now())
    calendar = await _calendar(session, location, begins)
    if (day := await _part_day(session, location, quote)) is not None:
        begins = max(begins, calendar.instant(day, time.min))
        calendar = await _calendar(session, location, begins)
    bench = timedelta(minutes=sum(one.duration_minutes for one in ahead))
    ready_by = ready.work_out(calendar, begins, bench, by_post=order.arrival == MAIL_IN)
    if ready_by != (history[-1].ready_by if history else None):
        _add(session, repair, history, ready_by)


def _add(
    session: Session,
    repair: Repair,
    history: Sequence[ReadyTime],
    ready_by: datetime | None,
    *,
    reason: str | None = None,
    by: UUID | None = None,
    told: bool = True,
) -> ReadyTime:
    seq = history[-1].seq + 1 if history else 1
    made = ReadyTime(id=uuid7(), repair_id=repair.id, seq=seq, ready_by=ready_by, reason=reason, by=by, told=told, at=session.now())
    session.add(made)
    return made


def _set_by_staff(history: Sequence[ReadyTime]) -> bool:
    return bool(history) and history[-1].by is not None


async def _part_day(session: Session, location: Location, quote: Quote) -> date | None:
    return await capacity.find_part_day(session, location, quote.device_slug, [service["code"] for service in quote.services])


async def _calendar(session: Session, location: Location, begins: datetime) -> Calendar:
    ahead = [begins.date() + timedelta(days=number) for number in (-1, hours.DAYS_AHEAD)]
    return await capacity.get_calendar(session, location, ahead)
