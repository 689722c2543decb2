"""The page that describes the API to people."""

from aiohttp import web

from backend.core.api import Api
from backend.core.edge import OPERATIONS
from backend.core.openapi import describe
from backend.core.site import Site
from backend.portal import description
from backend.portal.rendering import SHOP, page

pages = Api("portal", page=True)


@pages.get("/api/docs")
async def api_docs(request: web.Request, site: Site) -> web.Response:
    """Describe every operation of the API, as readable without scripts as with them."""
    document = describe(request.app[OPERATIONS], site.permissions, title=SHOP, version="1")
    return page(
        request,
        "docs.html",
        private=False,
        title=SHOP,
        version=document["info"]["version"],
        groups=description.groups(document, site.permissions.http),
    )
