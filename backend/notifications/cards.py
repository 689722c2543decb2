"""Cards in a chat that follow what they show: a price that was booked, a booking that was moved or given up, a repair that went on."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.bookings import queries as orders
from backend.bookings.events import BookingCancelled, BookingConfirmed, BookingRescheduled
from backend.bookings.models import CANCELLED, Booking, Order
from backend.bookings.schemas import BookingAnswer
from backend.capacity import queries as capacity
from backend.conversations import queries as conversations
from backend.conversations.cards import Draw, redraw
from backend.conversations.models import Message
from backend.core import events
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.site import Site
from backend.repairs import queries as repairs
from backend.repairs.events import RepairMoved
from backend.repairs.schemas import CoarseRepair

BookingEvent = BookingConfirmed | BookingRescheduled | BookingCancelled


@events.on(BookingConfirmed)
async def follow_new_booking(site: Site, event: BookingConfirmed, delivery: Delivery) -> None:
    """Show the prices of a booking as booked."""
    await _follow_booking(site, event)


@events.on(BookingRescheduled)
async def follow_moved_booking(site: Site, event: BookingRescheduled, delivery: Delivery) -> None:
    """Show a moved booking at its new time."""
    await _follow_booking(site, event)


@events.on(BookingCancelled)
async def follow_cancelled_booking(site: Site, event: BookingCancelled, delivery: Delivery) -> None:
    """Show a cancelled booking as such, and its prices as free to be booked."""
    await _follow_booking(site, event)


@events.on(RepairMoved)
async def follow_repair(site: Site, event: RepairMoved, delivery: Delivery) -> None:
    """Show a repair at the stage it has reached."""
    async with site.work() as session:
        order = await repairs.get_order_of(session, await repairs.get_repair(session, event.repair_id))
    await _follow(site, order.id)


async def _follow_booking(site: Site, event: BookingEvent) -> None:
    async with site.work() as session:
        booking = await orders.get_booking(session, event.booking_id)
    await _follow(site, booking.order_id)


async def _follow(site: Site, order_id: UUID) -> None:
    async with site.work() as session:
        order = await orders.get_order(session, order_id)
        quotes = await orders.list_quotes(session, await orders.get_booking_of(session, order_id))
        shown: list[dict[str, Any]] = [{"type": kind, "reference": order.reference} for kind in ("booking", "repair")]
        shown += [{"type": "quote", "id": str(quote.id)} for quote in quotes]
        where = await _conversations_of(session, order)

    async def learn(session: Session) -> Draw:
        return await _drawing(session, order_id)

    for conversation_id in where:
        # Each in a transaction of its own: nobody waits for two conversations at once.
        async with site.work() as session:
            await redraw(session, conversation_id, shown, learn)


async def _conversations_of(session: Session, order: Order) -> Sequence[UUID]:
    """Where cards of an order may stand: the chat it was made in, and those of the browsers that follow it."""
    found = {order.conversation_id} if order.conversation_id else set()
    for visitor_id in {order.visitor_id, *await orders.list_followers(session, order.id)} - {None}:
        assert visitor_id is not None
        if (conversation := await conversations.find_of_visitor(session, visitor_id)) is not None:
            found.add(conversation.id)
    return sorted(found)


async def _drawing(session: Session, order_id: UUID) -> Draw:
    order = await orders.get_order(session, order_id)
    booking = await orders.get_booking_of(session, order_id)
    quotes = await orders.list_quotes(session, booking)
    now = BookingAnswer.of(order, booking, quotes, await capacity.get_location(session, order.location_id)).model_dump(mode="json")
    stages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for repair in (await repairs.list_by_reference(session, order.reference))[1]:
        stages[repair.device_name].append(CoarseRepair.of(repair).model_dump(mode="json"))
    told: dict[tuple[UUID | None, str], int] = defaultdict(int)

    def draw(part: dict[str, Any], message: Message) -> dict[str, Any]:
        if part["type"] == "booking":
            return booking_part(part, now)
        if part["type"] == "quote":
            return quote_part(part, order, booking)
        # Two devices of one name are told one after the other in the order they are kept in.
        turn = (message.turn_id, part["device"])
        told[turn] += 1
        named = stages.get(part["device"], [])
        return repair_part(part, named[(told[turn] - 1) % len(named)]) if named else part

    return draw


def booking_part(part: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A booking's card as it is now; `former` is the time the card was made with, where that is another one."""
    first = part.get("former") or part["label"]
    kept = {name: now[name] for name in ("state", "starts_at", "ends_at", "label")}
    return {**part, **kept, "former": first if first != now["label"] else None}


def quote_part(part: dict[str, Any], order: Order, booking: Booking) -> dict[str, Any]:
    """A quote's card: once booked it names the order, and no longer runs out."""
    if booking.state != CANCELLED:
        return {**part, "booked": order.reference}
    # It may have been booked again before this was told.
    return {**part, "booked": None} if part.get("booked") == order.reference else part


def repair_part(part: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A repair's card at the stage it has reached; the times it told stay."""
    at = {step["code"]: step.get("at") for step in part["stages"]}
    stages = [{**step, "at": at.get(step["code"])} for step in now["stages"]]
    return {**part, "stage": now["stage"], "stage_label": now["stage_label"], "stages": stages}
