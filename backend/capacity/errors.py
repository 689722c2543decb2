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
