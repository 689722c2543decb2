"""A repair's own page: whoever holds the link sees the stages, the appointment and the price."""

from typing import Any

from aiohttp import web

from backend.core.api import Api
from backend.core.db import Session
from backend.portal.rendering import page
from backend.repairs import queries
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


@pages.get("/track/{token}")
async def track(request: web.Request, session: Session, token: str) -> web.Response:
    """Show an order to whoever has its link."""
    answer = TrackingAnswer.of(await queries.access_tracking(session, token))
    return page(request, "tracking.html", token=token, tracking=_shown(answer), said=SAID)


def _shown(answer: TrackingAnswer) -> dict[str, Any]:
    shown = answer.model_dump()
    for repair in shown["repairs"]:
        repair["said"] = SAID.get(repair["stage"], "")
        repair["timeline"] = repair["timeline"][::-1]
    shown["booking"]["note"] = APPOINTMENTS.get(shown["booking"]["state"], "")
    shown["booking"]["cancelled"] = shown["booking"]["state"] == "cancelled"
    return shown
