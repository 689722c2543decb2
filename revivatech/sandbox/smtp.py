"""A mail server that delivers nowhere: it keeps what it is given and fails when it is told to."""

from __future__ import annotations

import asyncio
import hmac
import warnings
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from .faults import Fault, FaultKind, Faults
from .message import ReceivedMail
from .store import MailStore

SIZE_LIMIT = 25 * 1024 * 1024
HOSTNAME = "sandbox.localhost"


class Mailbox:
    """An SMTP server on a loopback port with everything it received at hand.

    `async with Mailbox() as mailbox:` listens on a free port; `mailbox.url` is what `REVIVATECH_SMTP_URL` takes.
    """

    def __init__(
        self, store: MailStore | None = None, *, host: str = "127.0.0.1", port: int = 0, login: tuple[str, str] | None = None
    ) -> None:
        self.store = store if store is not None else MailStore()
        self.faults = Faults()
        self.host = host
        self.port = port
        self.connections = 0
        self._login = login
        self._server: asyncio.Server | None = None
        self._live: set[_Connection] = set()

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    async def start(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self, loop), self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        while self._live:
            for connection in list(self._live):
                connection.cut()
            await asyncio.sleep(0)
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    def messages(self, to: str | None = None, subject: str | None = None) -> list[ReceivedMail]:
        """Return what arrived, oldest first; `to` and `subject` match by part, case aside."""
        return self.store.listed(to=to, subject=subject)

    async def wait_for(self, to: str | None = None, subject: str | None = None, timeout: float = 5.0, count: int = 1) -> ReceivedMail:
        """Return the newest match as soon as there are `count` of them; AssertionError with what did arrive after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout), self.store.watch() as changed:
                while len(found := self.messages(to, subject)) < count:
                    await changed.get()
                return found[-1]
        except TimeoutError:
            seen = [(list(mail.recipients), mail.subject) for mail in self.messages()] or "nothing"
            raise AssertionError(f"no {count} mail(s) to {to!r} with subject {subject!r} within {timeout} s; arrived: {seen}") from None

    def clear(self) -> None:
        """Forget every mail and every fault."""
        self.store.clear()
        self.faults.clear()

    def fail(self, kind: FaultKind, *, to: str = "*", times: int | None = None) -> None:
        """Switch a fault on: see `faults.MEANING`."""
        self.faults.add(Fault(kind, to, times))

    # The hooks aiosmtpd calls by name.

    async def handle_RCPT(self, server: _Connection, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        match self.faults.take([address], at_recipient=True):
            case "refuse":
                return "550 5.1.1 No such mailbox here"
            case "temporary":
                return "451 4.3.0 Try again later"
            case "hang":
                await server.hang()
            case "drop":
                await server.drop()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Connection, _session: Session, envelope: Envelope) -> str:
        struck = self.faults.take(envelope.rcpt_tos, at_recipient=False)
        if struck == "refuse_data":
            return "554 5.6.0 Message refused"
        if struck == "temporary_data":
            return "451 4.3.0 Try again later"
        content = envelope.original_content or b""
        try:
            mail = self.store.add(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        except OSError as error:  # no room: whoever sends it tries again
            return f"452 4.3.1 It cannot be kept now ({error.strerror})"
        if struck == "lost_reply":
            await server.drop()
        if struck == "hang_after_data":
            await server.hang()
        return f"250 2.0.0 Kept as {mail.id}"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        if self._login is None or not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        user, password = (part.encode() for part in self._login)
        right = hmac.compare_digest(given.login, user) & hmac.compare_digest(given.password, password)
        return AuthResult(success=bool(right), handled=False)

    @property
    def wants_login(self) -> bool:
        return self._login is not None


class _Connection(SMTP):
    """One client, which the mailbox can leave waiting or cut off."""

    def __init__(self, mailbox: Mailbox, loop: asyncio.AbstractEventLoop) -> None:
        with warnings.catch_warnings():
            # Loopback only and never in production, so a password may cross without TLS.
            warnings.filterwarnings("ignore", message="Requiring AUTH while not requiring TLS")
            super().__init__(
                mailbox,
                loop=loop,
                hostname=HOSTNAME,
                ident="RevivaTech sandbox",
                data_size_limit=SIZE_LIMIT,
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                auth_required=mailbox.wants_login,
                authenticator=mailbox.authenticate if mailbox.wants_login else None,
            )
        self._mailbox = mailbox

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._mailbox._live.add(self)
        self._mailbox.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._mailbox._live.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def drop(self) -> None:
        """Cut the connection; the loss of it cancels this command, so nothing is answered."""
        self.cut()
        await self.hang()

    async def hang(self) -> None:
        """Wait until the client gives up or the server stops."""
        await asyncio.Event().wait()
