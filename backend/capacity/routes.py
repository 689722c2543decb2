"""The shop over HTTP."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from backend.core.api import Api
from backend.core.db import Session

from . import queries
from .schemas import CLOSED_AHEAD, ShopAnswer

api = Api("shop")
#: How far ahead to look for the next opening.
AHEAD = 21


@api.get("/api/v1/shop")
async def get_shop(session: Session) -> ShopAnswer:
    """Tell where the shop is, when it opens, and whether it is open now."""
    location = await queries.get_location(session)
    now = session.now()
    today = now.astimezone(ZoneInfo(location.zone)).date()
    days = [today + timedelta(days=number) for number in range(AHEAD)]
    calendar = await queries.get_calendar(session, location, [*days, today + CLOSED_AHEAD])
    opens_at = next((start for day in days for start, _ in calendar.opening(day) if start > now), None)
    return ShopAnswer.of_shop(location, calendar, now, opens_at)
