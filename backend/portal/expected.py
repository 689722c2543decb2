"""The staff room's form for by when a repair will be ready: what it takes, and how it is filled in when it opens."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field

from backend.core.schema import Line, Strict
from backend.portal import forms
from backend.repairs import ready
from backend.repairs.errors import ReadyTooFar
from backend.repairs.staff_schemas import StaffRepairDetail

#: As a browser writes a moment without a zone.
_FORMAT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$"


class Ready(Strict):
    """By when, in the shop's own time; what the customer is told about it; and the number of the time that was on the page."""

    ready_by: Annotated[str, Field(pattern=_FORMAT)]
    reason: Annotated[Line, Field(max_length=300)]
    seq: Annotated[int, Field(ge=0, le=2**31, strict=False)]


def moment(local: str, zone: ZoneInfo) -> datetime:
    """The instant the shop's clock shows this; raises ReadyTooFar for a day no calendar has."""
    try:
        return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ReadyTooFar from None


def shown(repair: StaffRepairDetail, form: forms.Form[Ready] | None, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """What the form shows: the outlook, the time it begins with, and what was typed and is wrong."""
    current = repair.ready_times[-1] if repair.ready_times else None
    typed = form.typed if form else {}
    begins = max(current.ready_by, now + timedelta(hours=1)) if current and current.ready_by else None
    return {
        "may": repair.stage not in ready.OVER,
        "said": repair.ready.sentence if repair.ready else "",
        "late": repair.ready is not None and repair.ready.state in ("late", "overdue"),
        "reason": current.reason if current else None,
        "seq": current.seq if current else 0,
        "value": typed.get("ready_by", f"{begins.astimezone(zone):%Y-%m-%dT%H:%M}" if begins else "")[:30],
        "least": f"{now.astimezone(zone):%Y-%m-%dT%H:%M}",
        "most": f"{(now + ready.FURTHEST).astimezone(zone):%Y-%m-%dT%H:%M}",
        "typed_reason": typed.get("reason", "")[:600],
        "open": form is not None,
        "errors": form.errors if form else {},
    }
