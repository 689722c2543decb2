"""What a customer should see to before the visit, and how far they have got; kept with the order for the counter to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.core import audit
from backend.core.db import Session
from backend.pricing.models import Quote

from . import queries
from .errors import BookingCancelled, CheckUnknown
from .models import CANCELLED, DROP_OFF, Order, OrderCheck
from .service import touch

Item = Literal["backup", "find_my", "google_lock", "accessories", "id"]
Done = Literal["done", "not_yet", "skipped"]
ITEMS: Sequence[Item] = get_args(Item)
LABELS: dict[Item, str] = {
    "backup": "Backup made",
    "find_my": "Find My switched off",
    "google_lock": "Google account lock removed",
    "accessories": "Charger and accessories",
    "id": "ID for collection",
}
_WITH_DATA = ("phone", "tablet", "laptop", "desktop")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to see to; `answer` is None while nobody has said anything."""

    item: Item
    label: str
    answer: Done | None
    note: str | None
    answered_at: datetime | None


def items_for(order: Order, quotes: Sequence[Quote]) -> list[Item]:
    """Return what is worth seeing to for these devices, in the order it is asked."""
    apple = {quote.category for quote in quotes if quote.device_slug.startswith("apple-")}
    other = {quote.category for quote in quotes if not quote.device_slug.startswith("apple-")}
    fits: dict[Item, bool] = {
        "backup": bool((apple | other) & {*_WITH_DATA}),
        "find_my": bool(apple & {*_WITH_DATA, "watch"}),
        "google_lock": bool(other & {"phone", "tablet"}),
        "accessories": order.arrival == DROP_OFF,
        "id": order.arrival == DROP_OFF,
    }
    return [item for item in ITEMS if fits[item]]


async def list_checks(session: Session, order: Order, quotes: Sequence[Quote]) -> list[Check]:
    """Return an order's checklist; for callers who have checked who asks."""
    rows = {row.item: row for row in await session.scalars(select(OrderCheck).where(OrderCheck.order_id == order.id))}
    found: list[Check] = []
    for item in items_for(order, quotes):
        row = rows.get(item)
        answer: Done | None = row.answer if row else None  # type: ignore[assignment]  # the table's constraint knows the same three
        found.append(Check(item, LABELS[item], answer, row.note if row else None, row.answered_at if row else None))
    return found


async def answer(session: Session, reference: str, item: Item, done: Done, note: str | None) -> list[Check]:
    """Note how far the customer is with one thing, in place of what was said before; raises CheckUnknown or BookingCancelled."""
    order, booking = await queries.access_order(session, reference, lock=True)
    quotes = await queries.list_quotes(session, booking)
    if booking.state == CANCELLED:
        raise BookingCancelled
    if item not in items_for(order, quotes):
        raise CheckUnknown
    said = {"answer": done, "note": note, "answered_at": session.now()}
    row = insert(OrderCheck).values(order_id=order.id, item=item, **said)
    await session.execute(row.on_conflict_do_update(index_elements=["order_id", "item"], set_=said))
    await audit.record(session, "order.checked", subject=order.id, item=item, answer=done)
    await touch(session, order)
    return await list_checks(session, order, quotes)
