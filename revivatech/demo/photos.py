"""Photos customers sent: drawn here, since no stranger's picture belongs into the shop."""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw, ImageFilter

from backend.core.site import Site
from backend.files import imaging
from backend.files.imaging import Made
from backend.files.links import PART
from backend.files.models import File
from backend.files.receiving import store
from backend.files.store import PICTURE, THUMBNAIL, keys_of
from revivatech.demo.dice import Dice

COUNT = 8
_SIZE = (1200, 1500)
_TABLES = ((196, 178, 156), (120, 126, 130), (222, 219, 212), (92, 74, 60))
_SHELLS = ((28, 30, 34), (44, 58, 72), (205, 205, 200), (86, 60, 70))
_ALTS = ("Cracked screen from the front", "The corner it landed on", "Cracks all over the glass", None)


@dataclass
class Drawn:
    """A picture that is made and waits for its message."""

    picture: Path
    thumbnail: Path
    made: Made
    source_hash: bytes
    source_bytes: int
    alt: str | None
    file_id: UUID | None = None

    def file(self, file_id: UUID, owner: UUID, **when: Any) -> File:
        """Return the file's row, and remember under which id its bytes go."""
        self.file_id = file_id
        made = self.made
        return File(
            id=file_id,
            owner=f"visitor:{owner}",
            client_id=f"p-{file_id.hex[-16:]}",
            visitor_id=owner,
            source_hash=self.source_hash,
            source_kind=made.kind,
            source_bytes=self.source_bytes,
            bytes=made.bytes,
            width=made.width,
            height=made.height,
            thumbnail_width=made.thumbnail_width,
            thumbnail_height=made.thumbnail_height,
            alt=self.alt,
            **when,
        )

    def part(self) -> dict[str, Any]:
        """Return the part of a message that shows it."""
        small = {"width": self.made.thumbnail_width, "height": self.made.thumbnail_height}
        shown = {"width": self.made.width, "height": self.made.height, "thumbnail": small}
        return {"type": PART, "file_id": str(self.file_id), "alt": self.alt, **shown}


def draw(folder: Path) -> list[Drawn]:
    """Draw them all into a folder, made anew as every upload is."""
    found = []
    for number in range(COUNT):
        source, picture, thumbnail = (folder / f"{number}.{kind}" for kind in ("png", "picture.jpg", "thumbnail.jpg"))
        _broken_glass(Dice.named("photo", number)).save(source, "PNG", compress_level=1)
        made = imaging.remake(source, picture, thumbnail)
        said = source.read_bytes()
        found.append(Drawn(picture, thumbnail, made, hashlib.sha256(said).digest(), len(said), _ALTS[number % len(_ALTS)]))
    return found


async def keep(site: Site, drawn: list[Drawn]) -> None:
    """Put the bytes of those that were sent where files lie; before their rows are written."""
    kept = store(site.settings)
    for one in drawn:
        if one.file_id is not None:
            keys = keys_of(one.file_id)
            await kept.put(keys[PICTURE], one.picture)
            await kept.put(keys[THUMBNAIL], one.thumbnail)


def _broken_glass(dice: Dice) -> Image.Image:
    """Return a device on a table, from above, with a broken screen."""
    picture = Image.new("RGB", _SIZE, dice.pick(_TABLES))
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = 310, 150, 890, 1350
    pen.rounded_rectangle((left + 18, top + 26, right + 18, bottom + 26), 84, fill=(40, 38, 36))
    picture = picture.filter(ImageFilter.GaussianBlur(16))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((left, top, right, bottom), 84, fill=dice.pick(_SHELLS))
    pen.rounded_rectangle((left + 22, top + 22, right - 22, bottom - 22), 64, fill=(14, 16, 20))
    pen.rounded_rectangle((left + 34, top + 34, right - 34, bottom - 34), 56, fill=(24, 34, 48))
    hit = dice.randint(left + 90, right - 90), dice.choice((top + 160, bottom - 180))
    for number in range(dice.randint(11, 17)):
        angle = number * math.tau / 14 + dice.uniform(-0.2, 0.2)
        at = hit
        for _ in range(dice.randint(3, 8)):
            angle += dice.uniform(-0.35, 0.35)
            reach = dice.randint(50, 150)
            to = at[0] + int(math.cos(angle) * reach), at[1] + int(math.sin(angle) * reach)
            if not (left + 40 < to[0] < right - 40 and top + 40 < to[1] < bottom - 40):
                break
            pen.line((at, to), fill=(198, 208, 214), width=dice.choice((1, 2, 2, 3)))
            at = to
    for ring in range(24, 120, 28):
        start = dice.randint(0, 300)
        pen.arc(
            (hit[0] - ring, hit[1] - ring, hit[0] + ring, hit[1] + ring),
            start,
            start + dice.randint(60, 220),
            fill=(170, 182, 190),
            width=2,
        )
    return picture.rotate(dice.uniform(-7, 7), resample=Image.Resampling.BICUBIC, fillcolor=picture.getpixel((4, 4)))
