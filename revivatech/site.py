"""The site: backend and channels joined in one aiohttp application."""

import asyncio
import contextlib
import functools
import gc
import signal
from collections.abc import Callable

from aiohttp import web

from backend import registry
from backend.core import logs, problems
from backend.core.api import Api, Operation
from backend.core.edge import BODY_LIMIT, SITE, mount
from backend.core.health import api as health
from backend.core.openapi import describe
from backend.core.settings import Settings
from backend.core.site import Site
from backend.files import routes as files
from backend.knowledge import queries as knowledge
from backend.portal import routes as portal
from backend.repairs import live
from channels import sockets
from channels.texts import upkeep, webhooks
from revivatech import life

log = logs.get(__name__)
VERSION = "0.1.0"
#: What is not plain HTTP and joins the application by itself, such as the sockets.
ATTACHMENTS: list[Callable[[web.Application, Site], None]] = [
    sockets.attach,
    portal.attach,
    live.attach,
    files.attach,
    webhooks.attach,
]
#: Imported for their jobs.
JOBS = [upkeep]
description = Api("description", page=True)


@functools.cache
def operations() -> list[Operation]:
    """Return every described route of the site."""
    return [operation for api in (*registry.apis(), health, description) for operation in api.operations]


@description.get("/api/v1/openapi.json")
async def openapi(site: Site) -> web.Response:
    """Describe every operation as OpenAPI 3.1."""
    document = describe(operations(), site.permissions, title="RevivaTech", version=VERSION)
    return web.json_response(document, headers={"Access-Control-Allow-Origin": "*"})


def open_site(settings: Settings) -> Site:
    """Return a Site with every slice's hooks in place."""
    return Site(settings, hooks=registry.hooks())


def create_site(site: Site) -> web.Application:
    """Return the whole application; whoever made the Site closes it."""
    app = web.Application(middlewares=[problems.middleware(site)], client_max_size=BODY_LIMIT)
    app[SITE] = site
    mount(app, operations())
    for attach in ATTACHMENTS:
        attach(app, site)

    async def listen(_: web.Application) -> None:
        await site.hints.start()

    app.on_startup.append(listen)
    return app


async def serve(settings: Settings) -> None:
    """Serve until told to stop; requests in flight get a few seconds to end."""
    site = open_site(settings)
    runner = web.AppRunner(create_site(site), access_log=None, shutdown_timeout=5, keepalive_timeout=75)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await runner.setup()
        await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
        # What was made at start stays: the collector need not look at it at every round.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 1000)
        log.info("site_ready", host=settings.host, port=settings.port)
        await knowledge.warm(site)
        await stop.wait()
    finally:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(runner.cleanup(), 8)
        await site.close()


def main() -> int:
    """Run the site process."""
    settings = Settings()
    logs.configure(json=settings.log_json)
    return life.live(serve(settings))
