"""Refusals about holds, bookings and orders."""

from backend.core.errors import Conflict, Gone, Invalid, NotFound, TooMany


class HoldUnknown(NotFound):
    """There is no such hold, or it is somebody else's, or a newer one took its place."""

    code, title = "hold_unknown", "We do not hold a time for you under this number."


class HoldExpired(Gone):
    """The hold's ten minutes are over."""

    code, title = "hold_expired", "We could not hold this time any longer. Please choose again."


class HoldMismatch(Conflict):
    """The hold is for another quote or another time than the booking names."""

    code, title = "hold_mismatch", "The time held is for something else."


class TimeMissing(Invalid):
    """Neither a hold nor a time was named."""

    code, title = "time_missing", "Say when you want to come."


class QuoteMissing(Invalid):
    """Neither a hold nor a quote was named."""

    code, title = "quote_missing", "Say which quote you want to book."


class ReferenceUnknown(NotFound):
    """There is no such order, or it is somebody else's."""

    code, title = "reference_unknown", "We do not know this reference."


class TooManyBookings(TooMany):
    """This visitor has booked often enough for a day."""

    code, title = "too_many_bookings", "You have made several bookings today. Please call us for more."


class BookingCancelled(Conflict):
    """The booking was cancelled and cannot be moved."""

    code, title = "booking_cancelled", "This booking was cancelled. Please make a new one."


class BookingPast(Conflict):
    """The appointment has begun; it can no longer be moved or given up."""

    code, title = "booking_past", "This appointment is over. Please talk to us."


class BookingClosed(Conflict):
    """The device is with us, so the appointment is behind it."""

    code, title = "booking_closed", "Your device is already with us. Please talk to us."


class TrackingUnknown(NotFound):
    """The link leads nowhere."""

    code, title = "tracking_unknown", "This link is not valid."
