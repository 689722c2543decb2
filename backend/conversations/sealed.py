"""Secrets in what messages show, such as the link on a booking's card: they stand in the database sealed, for this conversation alone."""

import base64
import binascii
from typing import Any
from uuid import UUID

from backend.core import sealing
from backend.core.settings import Settings

#: Which fields of which parts are secrets.
SECRETS: dict[str, tuple[str, ...]] = {"booking": ("tracking_url", "calendar_url")}
_MARK = "sealed:"
_PURPOSE = "revivatech message 1"


def seal(settings: Settings, conversation_id: UUID, part: dict[str, Any]) -> dict[str, Any]:
    """A part as it is stored."""
    secret = {name: value for name in SECRETS.get(part["type"], ()) if isinstance(value := part.get(name), str)}
    if not secret:
        return part
    return part | {name: _sealed(settings, conversation_id, value) for name, value in secret.items()}


def unseal(settings: Settings, conversation_id: UUID, part: dict[str, Any]) -> dict[str, Any]:
    """A part as it is shown; a secret that cannot be opened any more is left out."""
    hidden = [name for name in SECRETS.get(part["type"], ()) if str(part.get(name)).startswith(_MARK)]
    return part | {name: _opened(settings, conversation_id, part[name]) for name in hidden} if hidden else part


def _sealed(settings: Settings, conversation_id: UUID, value: str) -> str:
    made = sealing.seal(settings, _PURPOSE, value.encode(), place=str(conversation_id))
    return _MARK + base64.urlsafe_b64encode(made).decode()


def _opened(settings: Settings, conversation_id: UUID, value: str) -> str | None:
    try:
        made = base64.urlsafe_b64decode(value.removeprefix(_MARK))
        return sealing.unseal(settings, _PURPOSE, made, place=str(conversation_id)).decode()
    except (sealing.Unopened, binascii.Error, ValueError):
        return None
