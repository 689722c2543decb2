"""Which gateways are in use, from the process settings."""

from backend.core.settings import SANDBOX_ACCOUNT, Settings
from backend.core.site import Site

from .gateway import MailGateway, Off
from .smtp import SmtpGateway, SmtpServer, domain_of
from .text_gateway import TextGateway, TextsOff
from .twilio import Twilio


def mail_gateway(settings: Settings) -> MailGateway:
    """Return the configured mail gateway; ValueError if it is none, or is the sandbox in production."""
    url = settings.smtp_url.get_secret_value()
    if url == "off":
        return Off()
    server = SmtpServer.parse(url)
    if settings.env == "production" and server.host in ("127.0.0.1", "localhost", "::1") and server.port == settings.sandbox_smtp_port:
        raise ValueError("in production REVIVATECH_SMTP_URL must name a mail server or say off: the sandbox delivers nothing")
    return SmtpGateway(server, helo=domain_of(settings.mail_from))


def text_gateway(site: Site) -> TextGateway:
    """Return the configured telephone service; ValueError if it is the sandbox in production."""
    settings = site.settings
    if settings.twilio_account_sid == "off":
        return TextsOff()
    if settings.env == "production" and settings.twilio_account_sid == SANDBOX_ACCOUNT:
        raise ValueError("in production REVIVATECH_TWILIO_ACCOUNT_SID must name an account or say off: the sandbox delivers nothing")
    return Twilio(settings, site.outbound)
