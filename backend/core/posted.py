"""The fields of a posted form, for whoever needs them first: all at once, or piece by piece where pictures come with them."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web
from multidict import MultiDictProxy

from .errors import BadRequest

MULTIPART = "multipart/form-data"
#: The two kinds of body a form of HTML sends.
FORM_KINDS = frozenset({"application/x-www-form-urlencoded", MULTIPART})
#: Set by the edge for a route that takes its form piece by piece, since it is larger than any body may be.
STREAMED: web.RequestKey[bool] = web.RequestKey("streamed", bool)
_READER: web.RequestKey[MultipartReader] = web.RequestKey("multipart_reader", MultipartReader)
#: What a field that is no file may hold, in bytes.
TEXT_LIMIT = 4096


async def fields(request: web.Request) -> MultiDictProxy[Any]:
    """The fields as they came, read once however often they are asked for; raises BadRequest when the body is no such form."""
    try:
        return await request.post()
    except (ValueError, LookupError) as error:  # no boundary where one must be, or an alphabet nobody knows
        raise BadRequest from error


async def first(request: web.Request, name: str) -> str | None:
    """A field that comes before all others, or is looked for among them where the form is small; None when it is not there."""
    if not (request.get(STREAMED) and request.content_type == MULTIPART):
        found = (await fields(request)).get(name)
        return found if isinstance(found, str) else None
    async for part in parts(request):
        return await text(part) if part.name == name else None
    return None


async def parts(request: web.Request) -> AsyncIterator[BodyPartReader]:
    """The pieces of a streamed form in their order, each to be read before the next; raises BadRequest for what is no such form."""
    try:
        if _READER not in request:
            request[_READER] = await request.multipart()
        while (part := await request[_READER].next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise BadRequest
            yield part
    except (ValueError, LookupError, ConnectionError, web.RequestPayloadError) as error:
        raise BadRequest from error


async def text(part: BodyPartReader) -> str:
    """The text of a field; raises BadRequest when it is longer than a field may be, or no text."""
    held = bytearray()
    while chunk := await part.read_chunk():
        held += chunk
        if len(held) > TEXT_LIMIT:
            raise BadRequest
    try:
        return held.decode()
    except UnicodeDecodeError as error:
        raise BadRequest from error
