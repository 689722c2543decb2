"""Photos from the bench: kept with an order by staff, each for the customer too or for us only, described, taken off and brought back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.bookings import service as bookings
from backend.bookings.models import Order
from backend.core import audit
from backend.core.db import Session
from backend.files import queries
from backend.files import service as files
from backend.files.errors import FileSent, FileUnknown

from .errors import PhotosTooMany, RepairUnknown
from .models import OrderPhoto, Repair

#: What an order keeps from the bench: a handful for every step of every device.
PER_ORDER = 60
CAPTION = 300


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture somebody of the staff has brought, what it shows, and whether the customer's page shows it."""

    file_id: UUID
    caption: str
    public: bool


async def add(session: Session, order: Order, repair_id: UUID, shots: Sequence[Shot]) -> None:
    """Keep pictures of one device; those the order has stay as they are. Raises RepairUnknown, PhotosTooMany, FileUnknown and FileSent."""
    order = await _hold(session, order)
    repair = await session.get(Repair, repair_id)
    if repair is None or repair.order_id != order.id:
        raise RepairUnknown
    brought = await files.keep(session, [shot.file_id for shot in shots])
    known = {photo.file_id: photo.order_id for photo in await session.scalars(select(OrderPhoto).where(OrderPhoto.file_id.in_(brought)))}
    if {*known.values()} - {order.id}:
        raise FileSent
    new = [shot for shot in shots if shot.file_id not in known]
    kept = select(func.count()).where(OrderPhoto.order_id == order.id, OrderPhoto.by.is_not(None), OrderPhoto.removed_at.is_(None))
    if (await session.scalar(kept) or 0) + len(new) > PER_ORDER:
        raise PhotosTooMany(limit=PER_ORDER)
    # What was added together stands in the timeline together.
    now = session.now()
    for shot in new:
        brought[shot.file_id].alt = _tidy(shot.caption)
        session.add(_photo(session, order, repair_id, shot, now))
        await audit.record(session, "photo.added", subject=shot.file_id, order=order.id, public=shot.public)
    await _tell(session, order, any(shot.public for shot in new))


async def remove(session: Session, order: Order, file_id: UUID, *, undo: bool = False) -> None:
    """Take a photo from the bench off an order, or bring it back while its file is there; raises FileUnknown."""
    order = await _hold(session, order)
    photo = await _get(session, order, file_id)
    if (photo.removed_at is None) == undo:
        return
    await files.let_go(session, file_id, undo=undo)
    photo.removed_at = None if undo else session.now()
    await audit.record(session, "photo.restored" if undo else "photo.removed", subject=file_id, order=order.id)
    await _tell(session, order, photo.public)


async def describe(session: Session, order: Order, file_id: UUID, caption: str) -> None:
    """Say what a photo from the bench shows; raises FileUnknown."""
    order = await _hold(session, order)
    photo = await _get(session, order, file_id)
    if photo.removed_at is not None:
        raise FileUnknown
    (await queries.get_file(session, file_id)).alt = _tidy(caption)
    await audit.record(session, "photo.described", subject=file_id, order=order.id)
    await _tell(session, order, photo.public)


def _photo(session: Session, order: Order, repair_id: UUID, shot: Shot, now: datetime) -> OrderPhoto:
    return OrderPhoto(
        order_id=order.id, file_id=shot.file_id, public=shot.public, added_at=now, repair_id=repair_id, by=session.principal.id
    )


def _tidy(caption: str) -> str | None:
    return " ".join(caption.split())[:CAPTION] or None


async def _hold(session: Session, order: Order) -> Order:
    return await session.get_one(Order, order.id, with_for_update=True, populate_existing=True)


async def _get(session: Session, order: Order, file_id: UUID) -> OrderPhoto:
    """A photo staff have taken; what the customer sent is theirs, and only shown or hidden."""
    photo = await session.get(OrderPhoto, (order.id, file_id))
    if photo is None or photo.by is None:
        raise FileUnknown
    return photo


async def _tell(session: Session, order: Order, seen: bool) -> None:
    if seen:
        await bookings.touch(session, order)
    await session.flush()
