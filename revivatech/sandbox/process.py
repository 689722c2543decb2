"""The sandbox as a process: a mail server, a telephone exchange, their pages, and a clean end."""

import asyncio
import signal
import sys

from aiohttp import web

from revivatech.trouble import Trouble

from .app import create_app
from .mailbox import MailboxSection
from .settings import SandboxSettings
from .smtp import Mailbox
from .store import MailStore
from .telephone.exchange import Exchange
from .telephone.section import TelephoneSection
from .telephone.store import TextStore

HOST = "127.0.0.1"


def run() -> None:
    """Run until SIGINT or SIGTERM; exits with one clear sentence when it cannot."""
    try:
        asyncio.run(serve(SandboxSettings()))
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        raise SystemExit(1) from None


async def serve(settings: SandboxSettings, *, until: asyncio.Event | None = None) -> None:
    """Listen on loopback until told to stop; Trouble in production, or when a port is taken."""
    if settings.env == "production":
        raise Trouble(
            "The sandbox does not run in production: it keeps messages instead of delivering them.",
            "Configure a real mail server in REVIVATECH_SMTP_URL, or set it to off.",
        )
    ended = until or asyncio.Event()
    loop = asyncio.get_running_loop()
    if until is None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
    mailbox = Mailbox(MailStore(settings.folder / "mail"), host=HOST, port=settings.sandbox_smtp_port, login=settings.login)
    exchange = Exchange(settings.line, TextStore(settings.folder / "texts"))
    # An open page listens for news for ever: it must not hold up the end.
    runner = web.AppRunner(create_app([MailboxSection(mailbox), TelephoneSection(exchange)]), access_log=None, shutdown_timeout=0.2)
    try:
        try:
            await mailbox.start()
        except OSError as error:
            raise _taken(settings.sandbox_smtp_port, "REVIVATECH_SANDBOX_SMTP_PORT", error) from None
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, settings.web_port).start()
        except OSError as error:
            raise _taken(settings.web_port, "REVIVATECH_SANDBOX_PORT", error) from None
        print(f"sandbox: pages on http://{HOST}:{runner.addresses[0][1]}, mail server on {mailbox.url}", flush=True)
        await ended.wait()
    finally:
        await runner.cleanup()
        await exchange.close()
        await mailbox.stop()


def _taken(port: int, variable: str, error: OSError) -> Trouble:
    return Trouble(
        f"The sandbox cannot listen on port {port}: {error.strerror or error}.", f"Stop what uses it, or set {variable} to a free port."
    )
