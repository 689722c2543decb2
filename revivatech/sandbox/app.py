"""The sandbox's pages: one section for each stand-in, on loopback, behind a strict content policy."""

from collections.abc import Awaitable, Callable, Sequence
from importlib import resources
from typing import Protocol

import jinja2
from aiohttp import web

from revivatech.paths import ROOT

from .problems import problem

SHARED = ROOT / "widget" / "src" / "shared"
FONT = ROOT / "widget" / "node_modules" / "@fontsource-variable" / "inter" / "files" / "inter-latin-wght-normal.woff2"
#: Names a browser on this machine uses; any other means that a stranger's page had its name pointed here.
HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
#: Ten photos in one message, written by hand.
LARGEST = 64 * 1024 * 1024
STATIC = {"sandbox.css": "text/css", "sandbox.js": "text/javascript", "telephone.js": "text/javascript"}


class Section(Protocol):
    """One stand-in: its place in the navigation and its routes."""

    name: str
    path: str

    def routes(self, pages: "Pages") -> Sequence[web.RouteDef]:
        """Return the section's routes."""
        ...


class Pages:
    """Renders templates with the navigation."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("revivatech.sandbox"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, section: Section, **context: object) -> web.Response:
        """Return a page of a section."""
        html = self._templates.get_template(template).render(sections=self._sections, section=section, **context)
        return web.Response(text=html, content_type="text/html")


def create_app(sections: Sequence[Section]) -> web.Application:
    """Join the sections into one application."""
    app = web.Application(middlewares=[_guard], client_max_size=LARGEST)
    pages = Pages(sections)
    for section in sections:
        app.add_routes(section.routes(pages))

    async def first(request: web.Request) -> web.Response:
        raise web.HTTPSeeOther(sections[0].path)

    app.add_routes([web.get("/", first), web.get("/healthz", _health), web.get("/static/{name}", _static)])
    return app


@web.middleware
async def _guard(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    if (request.url.host or "") not in HOSTS:
        return problem(421, "wrong_host", "The sandbox answers to this machine only.")
    if request.method not in ("GET", "HEAD") and request.headers.get("Origin", str(request.url.origin())) != str(request.url.origin()):
        return problem(403, "foreign_origin", "Another site's page may not change anything here.")
    try:
        response = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        response = problem(error.status, "not_found" if error.status == 404 else "refused", error.reason)
    if not response.prepared:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _static(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    if name in ("tokens.css", "components.css"):
        return web.FileResponse(SHARED / name)
    if name == "inter.woff2" and FONT.is_file():
        return web.FileResponse(FONT)
    if name not in STATIC:
        raise web.HTTPNotFound
    return web.Response(
        body=resources.files("revivatech.sandbox").joinpath("static", name).read_bytes(), content_type=STATIC[name], charset="utf-8"
    )
