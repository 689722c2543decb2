"""The fields of a posted form, for whoever needs them first."""

from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from .errors import BadRequest

#: The two kinds of body a form of HTML sends.
FORM_KINDS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


async def fields(request: web.Request) -> MultiDictProxy[Any]:
    """The fields as they came, read once however often they are asked for; raises BadRequest when the body is no such form."""
    try:
        return await request.post()
    except (ValueError, LookupError) as error:  # no boundary where one must be, or an alphabet nobody knows
        raise BadRequest from error
