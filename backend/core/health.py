"""Is this process alive, and can the shop serve."""

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from .api import Api
from .migrate import current, head
from .site import Site

api = Api("health", page=True)


@api.get("/healthz")
async def healthz(site: Site) -> web.Response:
    """This process lives."""
    return web.json_response({"status": "alive"})


@api.get("/readyz")
async def readyz(site: Site) -> web.Response:
    """The shop can serve: the database answers and has the shape this code expects."""
    try:
        found = await current(site)
    except (SQLAlchemyError, OSError) as error:
        return web.json_response({"status": "database_unreachable", "error": type(error).__name__}, status=503)
    if found != head():
        return web.json_response({"status": "migration_pending", "found": found, "expected": head()}, status=503)
    if not site.hints.connected.is_set():
        return web.json_response({"status": "hints_disconnected"}, status=503)
    return web.json_response({"status": "ready"})
