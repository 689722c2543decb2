"""The desk: where staff see who waits, take conversations and write. The page is a frame; what lives in it is an island."""

from aiohttp import web

from backend.core.api import Api
from backend.core.db import Session
from backend.portal import staff_room
from backend.portal.rendering import page

pages = Api("portal", page=True)


@pages.get("/staff/desk")
async def show_desk(request: web.Request, session: Session) -> web.Response:
    """Show the desk."""
    return page(request, "staff/desk.html", **await staff_room.head(session))
