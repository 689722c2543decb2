"""The verbs of the workshop: open, move on, end."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from backend.bookings import changes
from backend.bookings import queries as orders
from backend.bookings import service as bookings
from backend.bookings.joins import on_cancelled, on_opened
from backend.bookings.models import Booking, Order
from backend.core import audit, events
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.pricing.models import Quote

from . import expecting
from .errors import RepairUnknown
from .events import RepairMoved
from .models import Repair, RepairMove
from .stages import Stage


@on_opened
async def open_repairs(session: Session, order: Order, booking: Booking, quotes: Sequence[Quote]) -> None:
    """Open a repair for each device an order was booked for."""
    now = session.now()
    for quote in quotes:
        repair = Repair(
            id=uuid7(),
            order_id=order.id,
            quote_id=quote.id,
            device_slug=quote.device_slug,
            device_name=quote.device_name,
            stage=Stage.BOOKED.value,
            version=1,
            created_at=now,
            moved_at=now,
        )
        session.add(repair)
        await session.flush()
        session.add(RepairMove(repair_id=repair.id, seq=1, to_stage=Stage.BOOKED.value, public=True, by=session.principal.id, at=now))
        await expecting.begin(session, order, booking, repair)


@on_cancelled
async def end_repairs(session: Session, order: Order, booking: Booking) -> None:
    """End the repairs of an order whose booking was given up; the devices never came, so there is nothing to hand back."""
    for repair in await session.scalars(select(Repair).where(Repair.order_id == order.id).with_for_update()):
        if repair.at is Stage.BOOKED:
            session.add(
                repair.move(
                    Stage.CANCELLED, expected_version=repair.version, note=None, public=True, by=session.principal.id, now=session.now()
                )
            )


async def move(session: Session, repair_id: UUID, to: Stage, *, version: int, note: str | None = None, public: bool = False) -> Repair:
    """Move a repair on; raises RepairUnknown, StaleVersion or MoveNotAllowed. The customer's page is told in the commit."""
    order_id = await session.scalar(select(Repair.order_id).where(Repair.id == repair_id))
    if order_id is None:
        raise RepairUnknown
    # The order first, as everybody who changes an order does.
    order = await session.get_one(Order, order_id, with_for_update=True, populate_existing=True)
    repair = await session.get_one(Repair, repair_id, with_for_update=True, populate_existing=True)
    before = repair.at
    done = repair.move(to, expected_version=version, note=note, public=public, by=session.principal.id, now=session.now())
    session.add(done)
    if before is Stage.BOOKED:
        if to is not Stage.CANCELLED:
            await changes.mark_attended(session, order.id)
        elif not await _others_stand(session, repair):
            await changes.give_up(session, order, await orders.get_booking_of(session, order.id))
    await expecting.follow_move(session, order, repair, before)
    await bookings.touch(session, order)
    await events.record(session, RepairMoved(repair_id=repair.id, move_id=done.id))
    await audit.record(session, "repair.moved", subject=repair.id, from_stage=before.value, to_stage=to.value, public=public)
    await session.flush()
    return repair


async def _others_stand(session: Session, repair: Repair) -> bool:
    """Whether another device of the order is still to be repaired: then its appointment stands."""
    others = select(Repair.id).where(Repair.order_id == repair.order_id, Repair.id != repair.id, Repair.stage != Stage.CANCELLED.value)
    return (await session.scalar(others.limit(1))) is not None
