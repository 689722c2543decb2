"""Which gateway is in use, from the process settings."""

from backend.core.settings import Settings

from .gateway import MailGateway, Off
from .smtp import SmtpGateway, SmtpServer, domain_of


def mail_gateway(settings: Settings) -> MailGateway:
    """Return the configured mail gateway; ValueError if it is none, or is the sandbox in production."""
    url = settings.smtp_url.get_secret_value()
    if url == "off":
        return Off()
    server = SmtpServer.parse(url)
    if settings.env == "production" and server.host in ("127.0.0.1", "localhost", "::1") and server.port == settings.sandbox_smtp_port:
        raise ValueError("in production REVIVATECH_SMTP_URL must name a mail server or say off: the sandbox delivers nothing")
    return SmtpGateway(server, helo=domain_of(settings.mail_from))
