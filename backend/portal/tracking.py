"""A repair's own page: whoever holds the link sees the stages, the appointment and the price."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from aiohttp import web

from backend.bookings import changes, rules
from backend.bookings.models import CANCELLED, CONFIRMED, MAIL_IN
from backend.bookings.schemas import label_of
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.identity import sessions
from backend.portal.rendering import page
from backend.repairs import queries
from backend.repairs.queries import Whole
from backend.repairs.schemas import TrackingAnswer

pages = Api("portal", page=True)

SAID = {
    "booked": "Bring your device to the bench at the time of your appointment.",
    "received": "Your device is with us. We will look at it next.",
    "in_repair": "Your device is at our bench. We will write to you when it moves on.",
    "ready": "You can collect it whenever we are open.",
    "done": "Thank you for coming to us.",
    "cancelled": "Nothing more will be done on this order.",
}
APPOINTMENTS = {
    "confirmed": "Bring the device; a charger only if charging is what is wrong.",
    "attended": "You brought your device to us.",
    "cancelled": "This appointment was cancelled.",
}

APPOINTMENTS_BY_POST = {
    "confirmed": "We expect your parcel on this day.",
    "attended": "Your parcel has arrived.",
    "cancelled": "Please do not post your device. If it is on its way already, talk to us.",
}
BY_POST = {
    "booked": "Pack your device as described below and post it in time for the day it is expected.",
    "cancelled": "Nothing more will be done on this order.",
}
DONE = {"moved": "Your appointment has moved.", "cancelled": "Your appointment is cancelled."}


@pages.get("/track/{token}")
async def track(
    request: web.Request, session: Session, token: str, done: Annotated[Literal["", "moved", "cancelled"], Query] = ""
) -> web.Response:
    """Show an order to whoever has its link."""
    whole = await queries.access_tracking(session, token)
    shown = _shown(TrackingAnswer.of(whole))
    shown["booking"] |= await _ways(session, whole, done)
    return page(request, "tracking.html", signed_in=await sessions.current(session), token=token, tracking=shown)


async def _ways(session: Session, whole: Whole, done: str) -> dict[str, Any]:
    """What may still be done about the appointment, and what has just been done."""
    booking, zone = whole.booking, ZoneInfo(whole.location.zone)
    move, cancel = await changes.refusals(session, booking)
    former = booking.former_starts_at
    undo = former is not None and booking.state == CONFIRMED and rules.takes_back(booking, former, session.now())
    return {
        "version": booking.version,
        "may_move": move is None,
        "may_cancel": cancel is None,
        "why_not": move.title if move is not None and booking.state == CONFIRMED else "",
        "done": DONE.get(done, "") if (done == "cancelled") == (booking.state == CANCELLED) else "",
        "undo": {"at": former, "words": label_of(whole.order, former, zone)} if former and undo and former > session.now() else None,
    }


def _shown(answer: TrackingAnswer) -> dict[str, Any]:
    shown = answer.model_dump()
    by_post = shown["booking"]["arrival"] == MAIL_IN
    for repair in shown["repairs"]:
        repair["said"] = (BY_POST if by_post else SAID).get(repair["stage"], SAID.get(repair["stage"], ""))
        repair["timeline"] = repair["timeline"][::-1]
    shown["booking"]["note"] = (APPOINTMENTS_BY_POST if by_post else APPOINTMENTS).get(shown["booking"]["state"], "")
    shown["booking"]["cancelled"] = shown["booking"]["state"] == "cancelled"
    return shown
