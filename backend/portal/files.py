"""The small files every site has, and the files of the front-end build; the same for everybody, so nobody is asked who they are."""

from aiohttp import web

from backend.portal import assets

ROBOTS = "User-agent: *\nDisallow: /staff/\nDisallow: /track/\nDisallow: /api/v1/\n"

FAVICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><style>
rect{fill:#005b6b}path{fill:none;stroke:#f5fcfd;stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}
@media (prefers-color-scheme:dark){rect{fill:#6fcdd8}path{stroke:#06262d}}
</style><rect width="32" height="32" rx="9"/><path d="M10 22.5V10h6.6a4.1 4.1 0 0 1 0 8.2H10m6.2 0 5.6 4.4"/></svg>
"""

_DAY = {"Cache-Control": "public, max-age=86400"}


async def robots(request: web.Request) -> web.Response:
    """Tell crawlers which pages are somebody's own."""
    return web.Response(text=ROBOTS, headers=_DAY)


async def favicon(request: web.Request) -> web.Response:
    """The shop's sign."""
    # It styles itself, so its policy differs from that of other answers; a picture runs nothing anyway.
    headers = _DAY | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return web.Response(text=FAVICON, content_type="image/svg+xml", headers=headers)


def add_routes(app: web.Application) -> None:
    """Put the files on the application; each has its row in the permission matrix like every other route."""
    app.router.add_get("/robots.txt", robots)
    app.router.add_get("/favicon.svg", favicon)
    app.router.add_get("/favicon.ico", favicon)
    app.router.add_get("/widget.js", assets.loader)
    app.router.add_get("/static/{path:.+}", assets.static_file)
