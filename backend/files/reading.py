"""Following a signed link. The link opens, nobody is asked who they are: a picture on a page must not count as staff at work."""

from uuid import UUID

from aiohttp import web

from backend.core import logs
from backend.core.edge import SITE
from backend.files import links, queries
from backend.files.errors import FileUnknown
from backend.files.receiving import store
from backend.files.store import VARIANTS, Missing, keys_of

log = logs.get(__name__)


async def read_file(request: web.Request) -> web.Response:
    """The picture a link opens: always a JPEG of our own making, shown as nothing else. Raises FileUnknown and LinkExpired."""
    site = request.app[SITE]
    variant = request.match_info["variant"]
    try:
        file_id, moment = UUID(request.match_info["file_id"]), int(request.query["until"])
        key = request.query["key"]
    except (ValueError, KeyError):
        raise FileUnknown from None
    if variant not in VARIANTS:
        raise FileUnknown
    now = site.clock.now()
    links.check(site.settings, now, file_id, variant, moment, key)
    async with site.work() as session:
        await queries.get_file(session, file_id)  # an erased one is gone at once, whoever holds its link
    try:
        body = await store(site.settings).read(keys_of(file_id)[variant])
    except Missing:
        log.error("file_missing", file_id=str(file_id), variant=variant)
        raise FileUnknown from None
    return web.Response(body=body, content_type="image/jpeg", headers=_headers(moment - int(now.timestamp())))


def _headers(seconds: int) -> dict[str, str]:
    return {
        "Cache-Control": f"private, max-age={seconds}, immutable",
        "Content-Disposition": 'inline; filename="photo.jpg"',
        # A browser that opens the picture by itself needs a style for it, and nothing else.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
