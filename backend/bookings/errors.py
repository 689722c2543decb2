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
    """This visitor, this e-mail address or everybody on this network has booked often enough for now; `retry_after` says how long."""

    code, title = "too_many_bookings", "You have made several bookings today. Please call us for more."


class TooManyHolds(TooMany):
    """As many times are held for visitors of this network as the shop keeps for one."""

    code, title = "too_many_holds", "Many times are being held from where you are. Please try again in a few minutes, or call us."


class BookingCancelled(Conflict):
    """The booking was cancelled and cannot be moved."""

    code, title = "booking_cancelled", "This booking was cancelled. Please make a new one."


class BookingPast(Conflict):
    """The appointment has begun; it can no longer be moved or given up."""

    code, title = "booking_past", "This appointment is over. Please talk to us."


class BookingClosed(Conflict):
    """The device is with us, so the appointment is behind it."""

    code, title = "booking_closed", "Your device is already with us. Please talk to us."


class ChangeTooLate(Conflict):
    """It is too close to the appointment for the customer to change it; staff still can."""

    code, title = "change_too_late", "Your appointment is too close to change it here. Please ring us."


class MovedTooOften(Conflict):
    """The customer has moved this booking as often as the shop allows; staff still can."""

    code, title = "moved_too_often", "This booking has been moved several times already. Please ring us."


class TooManyOpen(TooMany):
    """This customer has as many appointments ahead as the shop allows one person."""

    code, title = "too_many_open_bookings", "You have several appointments ahead already. Please call us for more."


class TrackingExpired(Gone):
    """The link has been valid for as long as the shop lets links live."""

    code, title = "tracking_expired", "This link has expired. Ask us for a new one."


class TrackingUnknown(NotFound):
    """The link leads nowhere."""

    code, title = "tracking_unknown", "This link is not valid."


class CodeWrong(Invalid):
    """The code is not the one that was sent; `left` says how many tries remain."""

    code, title = "code_wrong", "This code is not right. Please check the newest e-mail."


class CodeExpired(Gone):
    """The code has lapsed, was used already, or none was asked for."""

    code, title = "code_expired", "This code is no longer valid. Please ask for a new one."


class CodeLocked(TooMany):
    """Too many wrong tries: the next code has to wait `retry_after` seconds."""

    code, title = "code_locked", "That was too many wrong codes. Please wait a while, or talk to us."


class CheckUnknown(Invalid):
    """This is not on the order's checklist."""

    code, title = "check_unknown", "This does not apply to your device."


class AddressMissing(Invalid):
    """A device that comes by post needs an address to go back to, and a day."""

    code, title = "address_missing", "Tell us where to send your device back to, and when it will arrive."


class AddressInvalid(Invalid):
    """This cannot be an address."""

    code, title = "address_invalid", "Please give street and town, each on one line."


class PostcodeInvalid(Invalid):
    """This is no postcode of the United Kingdom."""

    code, title = "postcode_invalid", "This does not look like a UK postcode."


class OutsideArea(Invalid):
    """The shop takes no parcels from there."""

    code, title = "outside_area", "We cannot take parcels from this postcode."


class MailInUnsafe(Conflict):
    """Carriers take no device in this state."""

    code, title = "mail_in_unsafe", "This device is not safe to post. Please bring it in, or talk to us first."


class MailInOff(Conflict):
    """The shop takes nothing by post just now."""

    code, title = "mail_in_off", "We do not take devices by post at the moment."


class DayNotOffered(Invalid):
    """No parcel can arrive on this day: we are closed, or it is too soon or too far ahead."""

    code, title = "day_not_offered", "A parcel cannot arrive on this day. Please choose one from the list."


class DayFull(Conflict):
    """As many parcels are expected on this day as the shop takes."""

    code, title = "day_full", "We expect all the parcels we can take on this day. Please choose another."
