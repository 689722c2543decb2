"""Signed links: whoever may see a picture is handed one; it opens that picture alone, and only for an hour or two."""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from backend.core.keys import signing_key
from backend.core.settings import Settings
from backend.files.errors import FileUnknown, LinkExpired
from backend.files.store import PICTURE, THUMBNAIL

#: A link ends at a full hour, the next but one: asked twice it is the same, so a browser loads a picture once.
HOUR = 3600
PART = "image"
_BITS = 128


def until(now: datetime) -> datetime:
    """When the links handed out at this moment end."""
    return datetime.fromtimestamp((int(now.timestamp()) // HOUR + 2) * HOUR, UTC)


def path(settings: Settings, file_id: UUID, variant: str, ends: datetime) -> str:
    """The address of a picture on our own site, good until then."""
    moment = int(ends.timestamp())
    return f"/files/{file_id}/{variant}?until={moment}&key={_signature(settings, file_id, variant, moment)}"


def check(settings: Settings, now: datetime, file_id: UUID, variant: str, moment: int, key: str) -> None:
    """Refuse a link that is not of our making with FileUnknown, and one that is over with LinkExpired."""
    if not hmac.compare_digest(_signature(settings, file_id, variant, moment).encode(), key.encode()):
        raise FileUnknown
    if now.timestamp() >= moment:
        raise LinkExpired


def with_links(settings: Settings, now: datetime, part: Mapping[str, Any]) -> dict[str, Any]:
    """A message's part as it is shown: a picture gets its links, anything else stays as it is."""
    if part.get("type") != PART:
        return dict(part)
    file_id, ends = UUID(part["file_id"]), until(now)
    thumbnail = {**part["thumbnail"], "url": path(settings, file_id, THUMBNAIL, ends)}
    return {
        **part,
        "url": path(settings, file_id, PICTURE, ends),
        "thumbnail": thumbnail,
        "expires_at": ends.isoformat().replace("+00:00", "Z"),
    }


def _signature(settings: Settings, file_id: UUID, variant: str, moment: int) -> str:
    signed = hmac.digest(signing_key(settings, "revivatech file link 1"), f"{file_id} {variant} {moment}".encode(), "sha256")
    return base64.urlsafe_b64encode(signed[: _BITS // 8]).rstrip(b"=").decode()
