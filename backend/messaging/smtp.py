"""Mail by SMTP (RFC 5321): retried only when it surely was not sent."""

import ssl
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib

from backend.core import logs

from .gateway import HandOver, Letter, NotSent, Outcome, Sent, Unknown

log = logs.get(__name__)

Tls = Literal["off", "starttls", "implicit"]
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in: `smtp://[user:password@]host[:port][?tls=off]` or `smtps://…`."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read the address; ValueError says what is wrong with it and never repeats the password."""
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        asked = options.pop("tls", None)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/") or options:
            raise ValueError("the mail server's address must look like smtp://user:password@host:587 or smtps://host:465")
        if asked not in (None, "off", "starttls") or (asked and parts.scheme == "smtps"):
            raise ValueError("the mail server's address may say ?tls=off or ?tls=starttls, after smtp:// only")
        local = parts.hostname in _LOOPBACK
        tls: Tls = "implicit" if parts.scheme == "smtps" else "starttls" if asked == "starttls" or (not asked and not local) else "off"
        if parts.username and tls == "off" and not local:
            raise ValueError("a password is not sent to a mail server without TLS")
        if bool(parts.username) is not bool(parts.password):
            raise ValueError("the mail server's address needs both user and password, or neither")
        port = parts.port or {"implicit": 465, "starttls": 587, "off": 25}[tls]
        user, password = (unquote(value) if value else None for value in (parts.username, parts.password))
        return cls(parts.hostname, port, tls, user, password)


class SmtpGateway:
    """Hands letters to one SMTP server, a connection each.

    `timeout` seconds bound every step before the hand-over, `patience` the answer after it.
    """

    def __init__(self, server: SmtpServer, *, helo: str, timeout: float = 10.0, patience: float = 60.0) -> None:
        self._server = server
        self._helo = helo
        self._timeout = timeout
        self._patience = patience

    async def send_mail(self, letter: Letter, hand_over: HandOver) -> Outcome:
        """Send one letter; Unknown from the moment the server could have taken it until it says yes or no."""
        client = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._helo,
            timeout=self._timeout,
            use_tls=self._server.tls == "implicit",
            start_tls=False,
        )
        try:
            refusal = await self._introduce(client, letter)
            if refusal is not None:
                return refusal
            if not await hand_over():
                return NotSent("superseded", again=False)
            return await self._hand_in(client, letter.content)
        finally:
            # The server has said yes or no by now: how the connection ends changes nothing.
            client.close()

    async def _introduce(self, client: aiosmtplib.SMTP, letter: Letter) -> NotSent | None:
        try:
            await client.connect()
            await client.ehlo()
            if self._server.tls == "starttls":
                if not client.supports_extension("starttls"):
                    return NotSent("smtp_no_tls", again=True)
                await client.starttls()
                await client.ehlo()
            if self._server.user and self._server.password:
                await client.login(self._server.user, self._server.password)
            options = [] if letter.recipient.isascii() else ["SMTPUTF8"]
            if options and not client.supports_extension("smtputf8"):
                return NotSent("address_not_supported", again=False)
            await client.mail(letter.sender, options=options, encoding="utf-8" if options else "ascii")
            await client.rcpt(letter.recipient, encoding="utf-8" if options else "ascii")
        except aiosmtplib.SMTPRecipientRefused as error:
            return NotSent("recipient_refused" if error.code >= 500 else "recipient_deferred", again=error.code < 500)
        except aiosmtplib.SMTPSenderRefused as error:
            return NotSent("sender_refused", again=error.code < 500)
        except aiosmtplib.SMTPAuthenticationError:
            # The owner may be changing the password this minute.
            return NotSent("smtp_login_refused", again=True)
        except aiosmtplib.SMTPTimeoutError:
            return NotSent("smtp_timeout", again=True)
        except ssl.SSLError:
            return NotSent("smtp_no_tls", again=True)
        except (aiosmtplib.SMTPException, OSError):
            return NotSent("smtp_unreachable", again=True)
        return None

    async def _hand_in(self, client: aiosmtplib.SMTP, content: bytes) -> Outcome:
        try:
            code, reply = await client.data(content, timeout=self._patience)
        except aiosmtplib.SMTPDataError as error:
            return NotSent("message_refused" if error.code >= 500 else "message_deferred", again=error.code < 500)
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("smtp_answer_lost", error=type(error).__name__)
            return Unknown("smtp_answer_lost")
        return Sent(f"{code} {reply}"[:255])


def domain_of(sender: str) -> str:
    """Return the domain of a From value such as `RevivaTech <hello@revivatech.example>`."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"
