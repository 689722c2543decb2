"""Refusals of the calendar."""

from backend.core.errors import Conflict, Invalid, NotFound


class SlotTaken(Conflict):
    """Every bench is taken at that time."""

    code, title = "slot_taken", "This time has just been taken. Please choose another."


class SlotPast(Invalid):
    """The time is over."""

    code, title = "slot_past", "This time is in the past."


class SlotNotOffered(Invalid):
    """The shop offers no appointment then: closed, off the grid, too soon or too far ahead."""

    code, title = "slot_not_offered", "We do not offer this time. Please choose one from the list."


class LocationUnknown(NotFound):
    """There is no such location."""

    code, title = "location_unknown", "We do not know this shop."


class CalendarChanged(Conflict):
    """Somebody else changed hours, days, benches or people in the meantime."""

    code, title = "calendar_changed", "Somebody else changed the calendar in the meantime. Look again before you save."


class DayClosedAlready(Conflict):
    """This day is closed already."""

    code, title = "day_closed_already", "This day is closed already."


class HoursInvalid(Invalid):
    """These are no hours of a day."""

    code, title = "hours_invalid", "Write hours as 09:00–12:30, 13:00–18:00, or leave them empty."


class BenchUnknown(NotFound):
    """There is no such bench here."""

    code, title = "bench_unknown", "We do not know this bench."


class TechnicianUnknown(NotFound):
    """Nobody of this number works at the benches here."""

    code, title = "technician_unknown", "We do not know this person."


class NotKept(NotFound):
    """It has been taken out of the calendar already."""

    code, title = "not_kept", "This is not in the calendar any more."
