"""The catalogue over HTTP: search as you type, one model, and the snapshot the assistant reads."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.site import Site

from . import catalogue
from .schemas import DeviceAnswer, DeviceFound, DevicesFound, Snapshot

api = Api("devices")


@api.get("/api/v1/devices/search")
async def search_devices(
    site: Site, q: Annotated[str, Query, Field(max_length=200)], limit: Annotated[int, Query, Field(ge=1, le=50)] = 10
) -> DevicesFound:
    """Find models by what people type; typos, nicknames and printed identifiers are understood."""
    known = await catalogue.at_hand(site)
    found = known.search(q, limit)
    return DevicesFound(items=[DeviceFound.of(device, score) for device, score in found])


@api.get("/api/v1/devices/{slug}")
async def get_device(session: Session, slug: str) -> DeviceAnswer:
    """Describe one model and which faults it can have."""
    known = await catalogue.current(session)
    return DeviceAnswer.of(known.device(slug), known)


@api.get("/api/v1/catalogue/snapshot")
async def get_snapshot(session: Session, request: web.Request) -> web.Response:
    """Return the published catalogue; `If-None-Match` with the last ETag answers 304."""
    known = await catalogue.current(session)
    tag = f"catalogue-{known.version}"
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if any(given.value in (tag, "*") for given in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=Snapshot.of(known).model_dump_json().encode(), content_type="application/json", headers=headers)
