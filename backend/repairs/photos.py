"""Photos kept with an order: those its conversation showed before the booking, and those that come while it is open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.bookings import service as bookings
from backend.bookings.joins import on_opened
from backend.bookings.models import Booking, Order
from backend.core import audit, events, locks
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.site import Site
from backend.files import queries as files
from backend.files.errors import FileUnknown
from backend.files.events import PhotosSent
from backend.files.models import File
from backend.files.schemas import FileAnswer

from .models import OrderPhoto, Repair
from .stages import Stage

#: A photo that was sent longer before a booking belongs to another story.
BEFORE = timedelta(days=30)
#: After these nothing more is done, and nothing more belongs to the order.
_OVER = (Stage.COLLECTED.value, Stage.SHIPPED.value, Stage.CLOSED.value, Stage.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo of an order with links, when it was sent, and whether the customer's page shows it."""

    photo: FileAnswer
    sent_at: datetime
    public: bool
    #: Of one from the bench: which device it shows, and who took it.
    repair_id: UUID | None = None
    by: UUID | None = None


@on_opened
async def keep_earlier(session: Session, order: Order, booking: Booking, quoted: object) -> None:
    """Keep what was sent before the booking, since the same visitor's last order, with the new order."""
    if order.visitor_id is None:
        return
    await locks.take(session, _name(order.visitor_id))
    last = await session.scalar(
        select(Order.created_at)
        .where(Order.visitor_id == order.visitor_id, Order.id != order.id)
        .order_by(Order.created_at.desc())
        .limit(1)
    )
    after = max(session.now() - BEFORE, last) if last else session.now() - BEFORE
    await _add(session, order.id, [file.id for file in await files.list_sent(session, order.visitor_id, after=after)], session.now())


@events.on(PhotosSent)
async def keep_later(site: Site, event: PhotosSent, delivery: Delivery) -> None:
    """Keep photos with the newest order of their conversation that is still open."""
    async with site.work() as session:
        sent = await files.list_of_message(session, event.message_id)
        if not sent or sent[0].visitor_id is None:
            return
        # A booking made at this very moment either sees these photos itself or is seen here.
        await locks.take(session, _name(sent[0].visitor_id))
        order = await _open_order(session, sent[0].visitor_id)
        if order is not None and await _add(session, order.id, [file.id for file in sent], session.now()):
            await bookings.touch(session, order)


async def list_kept(session: Session, order_id: UUID, *, removed: bool = False) -> Sequence[Kept]:
    """The photos of an order in the order they were sent; or those that were taken off it."""
    rows = await session.execute(
        select(File, OrderPhoto)
        .join(OrderPhoto, OrderPhoto.file_id == File.id)
        .where(OrderPhoto.order_id == order_id, OrderPhoto.removed_at.is_not(None) if removed else OrderPhoto.removed_at.is_(None))
        .order_by(File.sent_at, File.id)
    )
    now = session.now()
    return [
        Kept(FileAnswer.of(session.settings, now, file), file.sent_at or kept.added_at, kept.public, kept.repair_id, kept.by)
        for file, kept in rows
    ]


async def show(session: Session, order: Order, file_id: UUID, *, public: bool) -> None:
    """Show a photo on the customer's page, or no longer; raises FileUnknown for one of another order."""
    order = await session.get_one(Order, order.id, with_for_update=True, populate_existing=True)
    photo = await session.get(OrderPhoto, (order.id, file_id))
    if photo is None or photo.removed_at is not None:
        raise FileUnknown
    if photo.public != public:
        photo.public = public
        await audit.record(session, "photo.shown" if public else "photo.hidden", subject=file_id, order=order.id)
        await bookings.touch(session, order)


async def _open_order(session: Session, visitor_id: UUID) -> Order | None:
    live = select(Repair.id).where(Repair.order_id == Order.id, Repair.stage.not_in(_OVER)).exists()
    newest = select(Order).where(Order.visitor_id == visitor_id, live).order_by(Order.created_at.desc(), Order.id.desc()).limit(1)
    return (await session.scalars(newest.with_for_update())).first()


async def _add(session: Session, order_id: UUID, file_ids: Iterable[UUID], now: datetime) -> bool:
    rows = [{"order_id": order_id, "file_id": file_id, "public": True, "added_at": now} for file_id in file_ids]
    if not rows:
        return False
    added = insert(OrderPhoto).values(rows).on_conflict_do_nothing().returning(OrderPhoto.file_id)
    return bool((await session.execute(added)).all())


def _name(visitor_id: UUID) -> str:
    return f"photos:{visitor_id}"
