"""Who owns what, and what may still be done to a booking."""

from datetime import datetime

from backend.core.principal import Principal

from .errors import BookingCancelled, BookingClosed, BookingPast
from .models import ATTENDED, CANCELLED, Booking, Order


def owner_of(principal: Principal) -> str:
    """Return under whose name a hold is kept: the visitor, else the conversation, else the member of staff."""
    if principal.visitor_id is not None:
        return f"visitor:{principal.visitor_id}"
    if principal.conversation_id is not None:
        return f"conversation:{principal.conversation_id}"
    return f"{principal.kind}:{principal.id}"


def owns(principal: Principal, order: Order) -> bool:
    """Tell whether the principal may see and change the order: staff, the visitor that made it, or a turn of that conversation."""
    if principal.kind == "system" or principal.may("technician"):
        return True
    if order.visitor_id is not None and order.visitor_id == principal.visitor_id:
        return True
    return order.conversation_id is not None and order.conversation_id == principal.conversation_id


def check_changeable(booking: Booking, now: datetime, *, by_staff: bool) -> None:
    """Refuse to move or cancel what is over; staff may still tidy up after a missed appointment."""
    if booking.state == CANCELLED:
        raise BookingCancelled
    if booking.state == ATTENDED:
        raise BookingClosed
    if now >= booking.starts_at and not by_staff:
        raise BookingPast
