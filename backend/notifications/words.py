"""Sentences that mails share."""

from .facts import Visit

BEFORE_YOU_COME = "Back up your device if it still turns on. You never need to send us a passcode by e-mail."


def shop(visit: Visit) -> dict[str, str]:
    """Return how the shop names itself at the foot of a mail."""
    location = visit.location
    return {"name": location.name, "address": visit.address, "phone": location.phone}


def call_us(visit: Visit) -> str:
    """Return how to reach a person."""
    return f"ring us on {visit.location.phone}"
