"""Files over HTTP: bring one, ask for its links. Other websites' pages may ask too, by credential, never by cookie."""

from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import Field

from backend.core import address, limits
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import BadRequest
from backend.core.posted import FORM_KINDS
from backend.core.principal import Principal
from backend.core.site import Site
from backend.files import queries, reading, rules, service
from backend.files.errors import FileKindUnsupported, FileTooLarge
from backend.files.schemas import FileAnswer

api = Api("files")
#: Browsers ask beforehand whether another website may; that is no part of the description.
preflights = Api("files", page=True)
PATH = "/api/v1/files"
#: Uploads in ten minutes: of one sender, and of one address, behind which a whole street may sit.
UPLOADS, UPLOADS_AN_ADDRESS = 60, 240
_CHUNK = 64 * 1024
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "7200",
}

ClientId = Annotated[str, Query, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


@api.post("/api/v1/files", status=201, accepts="image/*")
async def upload_file(site: Site, request: web.Request, principal: Principal, client_id: ClientId) -> FileAnswer:
    """Bring a picture: the body is the file itself, whatever its name was. The same client id gives the same file again."""
    if request.content_type in FORM_KINDS:
        raise FileKindUnsupported("Send the picture itself as the body.")
    if (request.content_length or 0) > rules.BYTES_LIMIT:
        raise FileTooLarge(limit=rules.BYTES_LIMIT)
    await limits.hit(site, f"uploads:{rules.owner_of(principal)}", UPLOADS, 600)
    # Staff have no address to share: a busy shop must not be kept from its own pictures.
    caller = address.of(request, site.settings) if principal.kind == "visitor" else None
    if caller is not None:
        await limits.hit(site, f"uploads:address:{caller}", UPLOADS_AN_ADDRESS, 600)
    try:
        file = await service.take_in(site, principal, client_id, request.content.iter_chunked(_CHUNK), address=caller)
    except web.RequestPayloadError:
        raise BadRequest from None
    return FileAnswer.of(site.settings, site.clock.now(), file)


@api.get("/api/v1/files/{file_id}")
async def get_file(session: Session, file_id: UUID) -> FileAnswer:
    """A picture of one's own conversation with fresh links."""
    return FileAnswer.of(session.settings, session.now(), await queries.access_file(session, file_id))


@preflights.route("OPTIONS", "/api/v1/files")
async def ask_to_upload(site: Site) -> web.Response:
    """Tell a browser that other websites' pages may upload."""
    return web.Response(status=204, headers=_PREFLIGHT)


@preflights.route("OPTIONS", "/api/v1/files/{file_id}")
async def ask_for_links(site: Site, file_id: UUID) -> web.Response:
    """Tell a browser that other websites' pages may ask for links."""
    return web.Response(status=204, headers=_PREFLIGHT)


def attach(app: web.Application, site: Site) -> None:
    """Serve pictures to whoever holds a link, and let pages of other websites read what is answered here; cookies are never part of it."""
    app.router.add_get("/files/{file_id}/{variant}", reading.read_file)

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if request.path == PATH or request.path.startswith(f"{PATH}/"):
            response.headers["Access-Control-Allow-Origin"] = "*"

    app.on_response_prepare.append(add)
