"""How many pictures the shop takes."""

from typing import ClassVar

from backend.core.config import Config


class FilesConfig(Config):
    """Limits the shop may change."""

    key: ClassVar[str] = "files"
    per_message: int = 6
    #: Of one visitor.
    per_owner_and_day: int = 60
    #: Of one member of staff, who photographs many devices.
    per_staff_and_day: int = 300
