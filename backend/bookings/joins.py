"""What other slices do in the same transaction when an order opens, moves or is given up; they join here, since bookings imports none."""

from collections.abc import Awaitable, Callable, Sequence

from backend.core.db import Session
from backend.pricing.models import Quote

from .models import Booking, Order

Opened = Callable[[Session, Order, Booking, Sequence[Quote]], Awaitable[None]]
Moved = Callable[[Session, Order, Booking], Awaitable[None]]
Cancelled = Callable[[Session, Order, Booking], Awaitable[None]]

_opened: list[Opened] = []
_moved: list[Moved] = []
_cancelled: list[Cancelled] = []


def on_opened(join: Opened) -> Opened:
    """Call back when a booking has opened an order."""
    _opened.append(join)
    return join


def on_moved(join: Moved) -> Moved:
    """Call back when an order's booking has another time."""
    _moved.append(join)
    return join


def on_cancelled(join: Cancelled) -> Cancelled:
    """Call back when an order's booking is cancelled."""
    _cancelled.append(join)
    return join


async def opened(session: Session, order: Order, booking: Booking, quotes: Sequence[Quote]) -> None:
    """Tell everybody that an order was opened for the devices of some quotes."""
    for join in _opened:
        await join(session, order, booking, quotes)


async def moved(session: Session, order: Order, booking: Booking) -> None:
    """Tell everybody that an order is expected at another time."""
    for join in _moved:
        await join(session, order, booking)


async def cancelled(session: Session, order: Order, booking: Booking) -> None:
    """Tell everybody that an order was given up."""
    for join in _cancelled:
        await join(session, order, booking)
