"""Socket.IO inside the site's application."""

import logging

from aiohttp import web

from backend.core.site import Site
from channels.customer import Customers
from channels.packets import Packet, Server
from channels.technician import Technicians

#: Four times a message's limit, so that what is too large still gets an answer; beyond it the connection is closed.
PACKET_LIMIT = 256 * 1024


def attach(app: web.Application, site: Site) -> None:
    """Serve sockets at `/socket.io/`; they start and stop with the application."""
    server = Server(
        async_mode="aiohttp",
        serializer=Packet,
        # Given, so that the library does not add a handler of its own and say everything twice.
        logger=logging.getLogger("socketio"),
        engineio_logger=logging.getLogger("engineio"),
        # One client's events are worked off one after the other: its messages keep their order.
        async_handlers=False,
        cors_allowed_origins="*",
        cors_credentials=False,
        max_http_buffer_size=PACKET_LIMIT,
        ping_interval=25,
        ping_timeout=20,
    )
    customers = Customers(site, server)
    technicians = Technicians(site, server)
    server.register_namespace(customers)
    server.register_namespace(technicians)
    server.attach(app)

    async def start(_: web.Application) -> None:
        customers.hub.start()
        customers.attendance.start()
        for part in (technicians.rooms, technicians.board, technicians.watch):
            part.start()

    async def stop(_: web.Application) -> None:
        for part in (technicians.watch, technicians.board, technicians.rooms):
            await part.stop()
        await customers.attendance.stop()
        await customers.hub.stop()
        await server.shutdown()
        _hang_up(server)

    app.on_startup.append(start)
    app.on_shutdown.append(stop)


def _hang_up(server: Server) -> None:
    """Cut every line: the library would wait for pages that never leave by themselves, and they come back and catch up anyway."""
    for environ in list(server.environ.values()):
        line = environ["aiohttp.request"].transport
        if line is None:
            continue
        if line.get_write_buffer_size():  # somebody who does not even read
            line.abort()
        else:
            line.close()
