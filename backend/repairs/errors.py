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
