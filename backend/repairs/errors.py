"""Refusals of the workshop."""

from backend.core.errors import Conflict, Invalid, NotFound, TooMany


class RepairUnknown(NotFound):
    """There is no such repair."""

    code, title = "repair_unknown", "We do not know this repair."


class StaleVersion(Conflict):
    """Somebody moved the repair in the meantime; `stage` and `version` say to where."""

    code, title = "stale_version", "Somebody else moved this repair in the meantime."


class MoveNotAllowed(Invalid):
    """The repair cannot go there from where it is; `allowed` names where it can."""

    code, title = "move_not_allowed", "A repair cannot go from this stage to that one."


class TooManyStreams(TooMany):
    """This page is open too often, or all the room for live pages is taken."""

    code, title = "too_many_streams", "This page is open in too many places."


class RepairOver(Conflict):
    """Nothing more will be done to it, so there is nothing to wait for."""

    code, title = "repair_over", "This repair is finished; there is no time left to set."


class StaleReady(Conflict):
    """Somebody set another time in the meantime."""

    code, title = "stale_ready", "Somebody else set another time in the meantime."


class ReadyPast(Invalid):
    """The time has gone by."""

    code, title = "ready_past", "This time has passed already."


class ReadyTooFar(Invalid):
    """Further ahead than anybody can say."""

    code, title = "ready_too_far", "This is more than four months ahead."


class ReadyClosed(Invalid):
    """Nobody could fetch it then."""

    code, title = "ready_closed", "The shop is closed at that time."


class PhotosTooMany(Invalid):
    """More pictures than an order keeps from the bench."""

    code, title = "photos_too_many", "That is more pictures than we keep with one order."
