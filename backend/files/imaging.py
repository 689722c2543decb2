"""Making a picture anew: real decoding within limits, upright, in sRGB, as JPEG without a byte of metadata. Blocking; runs in the pool."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageFile

from backend.core import logs
from backend.core.errors import Refusal
from backend.files import scans, sniff
from backend.files.errors import FileEmpty, FileKindUnsupported, FileTooManyPixels, FileUnreadable

log = logs.get(__name__)
#: 48-megapixel telephones send whole pictures; beyond that decoding takes more memory than a picture of a fault is worth.
PIXELS_LIMIT = 50_000_000
SIDE_LIMIT = 16_384
LONG_EDGE = 2560
THUMBNAIL_EDGE = 480
_PROFILE_LIMIT = 512 * 1024
#: What undoes how the camera was held (Exif 2.32, tag Orientation).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "gif": ("GIF",), "webp": ("WEBP",), "heic": ("HEIF",)}

pi_heif.register_heif_opener(thumbnails=False, aux_images=False, depth_images=False)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a picture."""

    kind: str
    bytes: int
    width: int
    height: int
    thumbnail_width: int
    thumbnail_height: int


def remake(source: Path, picture: Path, thumbnail: Path) -> Made:
    """Write the picture and its thumbnail; raises FileEmpty, FileKindUnsupported, FileUnreadable and FileTooManyPixels."""
    with source.open("rb") as file:
        head = file.read(sniff.HEAD)
    if not head:
        raise FileEmpty
    kind = sniff.kind(head)
    if kind is None:
        raise FileKindUnsupported
    if kind == "jpeg":
        scans.check(source.read_bytes())
    if kind == "webp":
        # Its decoder reserves the whole canvas as soon as it is opened.
        _check_size(sniff.webp_size(head) or (0, 0))
    with _refusals(), Image.open(source, formats=_FORMATS[kind]) as opened:
        _check_size(opened.size)
        upright = _upright(opened)
    _save(upright, picture, quality=84)
    small = upright.copy()
    small.thumbnail((THUMBNAIL_EDGE, THUMBNAIL_EDGE), Image.Resampling.LANCZOS)
    _save(small, thumbnail, quality=78)
    return Made(kind, picture.stat().st_size, upright.width, upright.height, small.width, small.height)


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise FileUnreadable
    if width * height > PIXELS_LIMIT or max(width, height) > SIDE_LIMIT:
        raise FileTooManyPixels(limit=PIXELS_LIMIT)


def _upright(opened: ImageFile.ImageFile) -> Image.Image:
    """The picture no larger than we keep it, the way it was seen; made small before anything else is done to it, to save memory."""
    # A large JPEG is decoded at the scale that is needed: an eighth of the memory, and a fraction of the time.
    opened.draft("RGB", (LONG_EDGE, LONG_EDGE))
    opened.load()
    turn, profile = _TURNS.get(_orientation(opened)), opened.info.get("icc_profile")
    see_through = "transparency" in opened.info or opened.mode in ("RGBA", "LA", "PA", "La", "RGBa")
    image: Image.Image = opened
    if image.mode.startswith("I") or image.mode == "F":
        image = image.point(lambda value: value / 256).convert("L")
    elif see_through and image.mode != "RGBA":  # a conversion to itself would be a copy
        image = image.convert("RGBA")
    elif image.mode not in ("RGB", "L", "CMYK", "RGBA"):
        image = image.convert("RGB")
    image.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS)
    if see_through:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    elif profile and len(profile) <= _PROFILE_LIMIT:
        image = _in_srgb(image, profile)
    return (image.transpose(turn) if turn is not None else image).convert("RGB")


def _orientation(opened: ImageFile.ImageFile) -> int:
    # Exif that cannot be read is no reason to refuse the picture.
    try:
        return int(opened.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        return 1


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture in the colours every screen knows; telephones use wider ones. A profile that cannot be read changes nothing."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _save(image: Image.Image, to: Path, *, quality: int) -> None:
    # A fresh picture with these pixels: nothing that was said about the old one comes along.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    bare.save(to, "JPEG", quality=quality, optimize=True, progressive=True)


@contextmanager
def _refusals() -> Iterator[None]:
    """Whatever a decoder makes of a broken or hostile file is a refusal: they raise nearly everything there is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Refusal:
        raise
    except Image.DecompressionBombError:
        raise FileTooManyPixels(limit=PIXELS_LIMIT) from None
    except Exception as error:
        log.info("picture_unreadable", error=type(error).__name__)
        raise FileUnreadable from None
