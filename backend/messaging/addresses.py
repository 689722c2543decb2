"""Addresses of the telephone network: a number by itself is SMS, with a prefix it is WhatsApp."""

import re
from typing import Literal

from backend.core.settings import Settings

Channel = Literal["sms", "whatsapp"]
#: Where the provider tells us what happens: `/messages` for what people write, `/status` for what became of ours.
WEBHOOKS = "/webhooks/twilio"
_WHATSAPP = "whatsapp:"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def split(address: str) -> tuple[Channel, str] | None:
    """Return channel and number (E.164) of an address; None for what is neither, such as a short code or a sender's name."""
    channel: Channel = "whatsapp" if address.startswith(_WHATSAPP) else "sms"
    number = address.removeprefix(_WHATSAPP)
    return (channel, number) if _NUMBER.fullmatch(number) else None


def join(channel: Channel, number: str) -> str:
    """Return the address of a number on a channel."""
    return f"{_WHATSAPP}{number}" if channel == "whatsapp" else number


def number_on(settings: Settings, channel: Channel) -> str | None:
    """Return the shop's number on a channel; None where it has none."""
    number = settings.twilio_whatsapp_number if channel == "whatsapp" else settings.twilio_sms_number
    return None if settings.twilio_account_sid == "off" or number == "off" else number
