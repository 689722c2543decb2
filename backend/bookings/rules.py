"""Who owns what, and what may still be done to a booking."""

from datetime import datetime, timedelta

from backend.core.principal import Principal

from .config import BookingConfig
from .errors import BookingCancelled, BookingClosed, BookingPast, ChangeTooLate, MovedTooOften
from .models import ATTENDED, CANCELLED, Booking, Order

#: How long a customer may take a move back without its counting.
UNDO = timedelta(minutes=15)
#: After so many changes of one booking nothing is taken back any more: each change writes to an address nobody has proven.
CHANGES = 20


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


def check_move(booking: Booking, now: datetime, terms: BookingConfig, *, by_staff: bool, undoing: bool = False) -> None:
    """Refuse to move what is over, what begins too soon, and what was moved too often; taking a move back is always in time."""
    check_changeable(booking, now, by_staff=by_staff)
    if by_staff or undoing:
        return
    if booking.starts_at - now < timedelta(minutes=terms.move_notice):
        raise ChangeTooLate(notice_minutes=terms.move_notice)
    if booking.moves >= terms.moves:
        raise MovedTooOften(moves=terms.moves)


def check_cancel(booking: Booking, now: datetime, terms: BookingConfig, *, by_staff: bool) -> None:
    """Refuse to give up what is over, or what begins too soon."""
    check_changeable(booking, now, by_staff=by_staff)
    if not by_staff and booking.starts_at - now < timedelta(minutes=terms.cancel_notice):
        raise ChangeTooLate(notice_minutes=terms.cancel_notice)


def takes_back(booking: Booking, starts_at: datetime, now: datetime) -> bool:
    """Tell whether moving there takes the customer's last move back, soon enough after it not to count."""
    return starts_at == booking.former_starts_at and now - booking.changed_at <= UNDO and booking.version < CHANGES
