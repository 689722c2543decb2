"""Files over HTTP: bring one, ask for its links, follow a link. Other websites' pages may ask too, by credential, never by cookie."""

from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field

from backend.core import address, limits, logs
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import BadRequest
from backend.core.posted import FORM_KINDS
from backend.core.principal import Principal
from backend.core.site import Site
from backend.files import links, queries, rules, service
from backend.files.errors import FileKindUnsupported, FileTooLarge, FileUnknown
from backend.files.receiving import store
from backend.files.schemas import FileAnswer
from backend.files.store import Missing, keys_of

log = logs.get(__name__)
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


@api.post("/api/v1/files", status=201)
async def upload_file(site: Site, request: web.Request, principal: Principal, client_id: ClientId) -> FileAnswer:
    """Bring a picture: the body is the file itself, whatever its name was. The same client id gives the same file again."""
    if request.content_type in FORM_KINDS:
        raise FileKindUnsupported("Send the picture itself as the body.")
    if (request.content_length or 0) > rules.BYTES_LIMIT:
        raise FileTooLarge(limit=rules.BYTES_LIMIT)
    await limits.hit(site, f"uploads:{rules.owner_of(principal)}", UPLOADS, 600)
    if principal.kind == "visitor":
        await limits.hit(site, f"uploads:address:{address.of(request, site.settings)}", UPLOADS_AN_ADDRESS, 600)
    try:
        file = await service.take_in(site, principal, client_id, request.content.iter_chunked(_CHUNK))
    except web.RequestPayloadError:
        raise BadRequest from None
    return FileAnswer.of(site.settings, site.clock.now(), file)


@api.get("/api/v1/files/{file_id}")
async def get_file(session: Session, file_id: UUID) -> FileAnswer:
    """A picture of one's own conversation with fresh links."""
    return FileAnswer.of(session.settings, session.now(), await queries.access_file(session, file_id))


@api.get("/api/v1/files/{file_id}/{variant}")
async def read_file(
    site: Site,
    file_id: UUID,
    variant: Literal["picture", "thumbnail"],
    until: Annotated[int, Query, Field(ge=0, le=2**40)],
    key: Annotated[str, Query, Field(max_length=64)],
) -> web.Response:
    """Follow a signed link: always a JPEG of our own making, shown as nothing else."""
    now = site.clock.now()
    links.check(site.settings, now, file_id, variant, until, key)
    async with site.work() as session:
        await queries.get_file(session, file_id)  # an erased one is gone at once, whoever holds its link
    try:
        body = await store(site.settings).read(keys_of(file_id)[variant])
    except Missing:
        log.error("file_missing", file_id=str(file_id), variant=variant)
        raise FileUnknown from None
    return web.Response(body=body, content_type="image/jpeg", headers=_headers(max(0, until - int(now.timestamp()))))


@preflights.route("OPTIONS", "/api/v1/files")
async def ask_to_upload(site: Site) -> web.Response:
    """Tell a browser that other websites' pages may upload."""
    return web.Response(status=204, headers=_PREFLIGHT)


@preflights.route("OPTIONS", "/api/v1/files/{file_id}")
async def ask_for_links(site: Site, file_id: UUID) -> web.Response:
    """Tell a browser that other websites' pages may ask for links."""
    return web.Response(status=204, headers=_PREFLIGHT)


def _headers(seconds: int) -> dict[str, str]:
    return {
        "Cache-Control": f"private, max-age={seconds}, immutable",
        "Content-Disposition": 'inline; filename="photo.jpg"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
    }


def attach(app: web.Application, site: Site) -> None:
    """Let pages of other websites read what is answered here, refusals too; cookies are never part of it."""

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if request.path == PATH or request.path.startswith(f"{PATH}/"):
            response.headers["Access-Control-Allow-Origin"] = "*"

    app.on_response_prepare.append(add)
