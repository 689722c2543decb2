"""What is said of a file."""

from datetime import datetime
from uuid import UUID

from backend.core.schema import Answer
from backend.core.settings import Settings
from backend.files import links
from backend.files.models import File
from backend.files.store import PICTURE, THUMBNAIL


class ThumbnailAnswer(Answer):
    """A small form of a picture."""

    url: str
    width: int
    height: int


class FileAnswer(Answer):
    """A picture with links to it; addresses are on our own site and end at `expires_at`."""

    file_id: UUID
    alt: str | None
    url: str
    width: int
    height: int
    thumbnail: ThumbnailAnswer
    expires_at: datetime

    @classmethod
    def of(cls, settings: Settings, now: datetime, file: File) -> "FileAnswer":
        """A file with links from now on."""
        ends = links.until(now)
        small = ThumbnailAnswer(
            url=links.path(settings, file.id, THUMBNAIL, ends), width=file.thumbnail_width, height=file.thumbnail_height
        )
        return cls(
            file_id=file.id,
            alt=file.alt,
            url=links.path(settings, file.id, PICTURE, ends),
            width=file.width,
            height=file.height,
            thumbnail=small,
            expires_at=ends,
        )
