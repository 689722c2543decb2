"""Pictures as people and attackers make them, made here: nothing of this lies about as a file."""

import base64
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, PngImagePlugin

#: A word that stands in every metadata field we know; it must be in nothing we keep.
SECRET = "SecretMaker"
SCRIPT = f"<script>alert('{SECRET}')</script><?php system('{SECRET}'); ?>"
GOOD, EMPTY, KIND, BROKEN, PIXELS, LARGE = (
    "",
    "file_empty",
    "file_kind_unsupported",
    "file_unreadable",
    "file_too_many_pixels",
    "file_too_large",
)
RED, BLUE = (200, 30, 30), (30, 60, 200)

#: 320 × 240, red at the left and blue at the right, with Exif (maker, place); an encoder would come with another licence.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAZdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAAAERAAAIA"
    "AQAAAAABuwABAAAAAAAAAK0AAgAAAAACaAABAAAAAAAAAK4AAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlm"
    "AAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAPPAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAPLoC"
    "QGEAAQArQgEBA3AAAAMAkAAAAwAAAwA8oAoIDxZbqSSmubgIaDAgAAADAyAAAAMAIWIAAQAHRAHBcrBiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAA"
    "AAAAAAFAAAAA8AAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAABY21kYXQAAACpKAGv"
    "Uh4h47DOPMgZJfF/oveTL62X/toU+/9QkwMPlutjQIfXcD/Q3z279zydw80+ur0r/lC3UawGQ74pCof+ziSPjLsP8Zhz4ATkQ0C/rkzB3HvXvtmyB/JFGkbT"
    "zamoyXtPfGKgGSxQkUVAkwVKIql7cm2+Lhod6j+KjtTUZL20l4Pp71VAAH+AhwAASy8DcE23xcN0CJfDiO1NRkvb2eChmdbXAAAJ6AAAAAZFeGlmAABNTQAq"
    "AAAACAADAQ8AAgAAAAwAAAAyARIAAwAAAAEAAQAAiCUABAAAAAEAAAA+AAAAAFNlY3JldE1ha2VyAAAEAAEAAgAAAAJOAAAAAAIABQAAAAMAAAB0AAMAAgAA"
    "AAJXAAAAAAQABQAAAAMAAACMAAAAAAAAADUAAAABAAAALwAAAAEAAAA7AAAAAQAAAAEAAAABAAAAIAAAAAEAAAA5AAAAAQ=="
)


@dataclass(frozen=True)
class Sample:
    """A file, and the code with which it is refused; none for one that is kept."""

    name: str
    body: bytes
    code: str = GOOD
    #: Codes that are as good.
    also: tuple[str, ...] = ()


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """Exif with a maker, a place and an orientation."""
    tags = Image.Exif()
    tags[0x010F], tags[0x010E], tags[0x0112] = SECRET, SCRIPT, orientation
    tags[0x8825] = {1: "N", 2: (53.0, 47.0, 59.0), 3: "W", 4: (1.0, 32.0, 57.0)}
    return tags.tobytes()


def turned(orientation: int) -> bytes:
    """A JPEG whose pixels lie as a camera held that way stores them; upright it is red at the left."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = scene()
    return encoded(image.transpose(back[orientation]) if orientation in back else image, "JPEG", exif=exif(orientation))


def jpeg(width: int = 64, height: int = 48) -> bytes:
    return encoded(scene(width, height), "JPEG", exif=exif())


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int, depth: int = 1) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))


def bomb(side: int) -> bytes:
    """A whole PNG of that side in a few kilobytes: nothing but black, one bit a pixel."""
    packer, row = zlib.compressobj(9), b"\0" * (1 + (side + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return png_header(side, side) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def with_dimensions(body: bytes, width: int, height: int) -> bytes:
    """A JPEG that says it is larger than it is."""
    at = next(at for at in range(len(body)) if body[at : at + 2] in (b"\xff\xc0", b"\xff\xc2"))
    return body[: at + 5] + struct.pack(">HH", height, width) + body[at + 9 :]


def tireless(side: int, rounds: int) -> bytes:
    """A progressive JPEG that says the same of its pixels again and again, each time in a hundred bytes or less."""

    def part(marker: int, data: bytes) -> bytes:
        return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data

    blocks, code = (-(-side // 8)) ** 2, bytes((1, *[0] * 15))
    again = part(0xDA, b"\1\1\0\1\1\0") + bytes((15 * (blocks // 2**14 + 1) + 7) // 8)
    return b"".join(
        (
            b"\xff\xd8",
            part(0xDB, b"\0" + b"\1" * 64),
            part(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\1\x11\0"),
            part(0xC4, b"\0" + code + b"\0"),
            part(0xC4, b"\x10" + code + b"\xe0"),
            part(0xDA, b"\1\1\0\0\0\0") + bytes((blocks + 7) // 8),
            again * rounds,
            b"\xff\xd9",
        )
    )


def webp_canvas(width: int, height: int) -> bytes:
    """A WebP header that announces a canvas, and nothing on it."""
    data = b"\x02\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", SCRIPT)
    return out.getvalue()


def corpus() -> Iterator[Sample]:
    """All samples; the seed is fixed, so every run sees the same ones."""
    noise = random.Random(7)
    yield from _good()
    yield from _other_kinds()
    whole = {"jpeg": jpeg(), "png": encoded(scene(), "PNG"), "webp": encoded(scene(), "WEBP"), "heic": HEIC}
    for name, body in whole.items():
        yield Sample(f"{name} cut short", body[: len(body) * 2 // 3], BROKEN)
        yield Sample(f"{name} with noise after its head", body[:32] + noise.randbytes(2_000), BROKEN, also=(PIXELS, KIND))
    yield Sample("nothing", b"", EMPTY)
    yield Sample("one byte", b"\xff", KIND)
    yield Sample("three bytes of a jpeg", b"\xff\xd8\xff", BROKEN)
    yield Sample("a gif's head and a script", b"GIF89a=1;/*" + SCRIPT.encode() + b"*/;", BROKEN, also=(PIXELS,))
    png = encoded(scene(), "PNG")
    yield Sample("png with a wrong checksum", png[:40] + bytes([png[40] ^ 0xFF]) + png[41:], BROKEN)
    yield Sample("png without pixels", png_header(64, 48) + chunk(b"IEND", b""), BROKEN)
    yield Sample("png of no width", png_header(0, 48) + chunk(b"IEND", b""), BROKEN)
    yield Sample("webp that is a wave", b"RIFF" + struct.pack("<I", 100) + b"WEBPVP8?" + bytes(100), BROKEN)
    yield Sample("png bomb 30,000 × 30,000", bomb(30_000), PIXELS)
    yield Sample("png that says 2,000,000,000 × 2,000,000,000", png_header(2_000_000_000, 2_000_000_000) + chunk(b"IEND", b""), PIXELS)
    yield Sample("png bomb in a text", encoded_text_bomb(), GOOD, also=(BROKEN,))
    yield Sample("jpeg that says 65,000 × 65,000", with_dimensions(jpeg(), 65_000, 65_000), PIXELS)
    yield Sample("jpeg that says 7,000 × 7,000", with_dimensions(jpeg(), 7_000, 7_000), GOOD, also=(BROKEN,))
    yield Sample("gif that says 65,535 × 65,535", b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(40), PIXELS, also=(BROKEN,))
    yield Sample("webp that says 16,383 × 16,383", webp_canvas(16_383, 16_383), PIXELS)
    yield Sample(
        "heic that says 30,000 × 30,000",
        HEIC.replace(struct.pack(">II", 320, 240), struct.pack(">II", 30_000, 30_000)),
        PIXELS,
        also=(BROKEN,),
    )
    yield Sample("jpeg of sixty rounds", tireless(512, 60), GOOD)
    yield Sample("jpeg of a hundred thousand rounds", tireless(7_000, 100_000), BROKEN)
    yield Sample("jpeg of a million empty parts", jpeg()[:2] + b"\xff\xfe\0\2" * 1_000_000 + jpeg()[2:], BROKEN)
    yield Sample("jpeg whose comment speaks of rounds", encoded(scene(), "JPEG", comment=b"\xff\xda" * 200), GOOD)
    yield Sample("jpeg with a film behind it", jpeg() + b"\xff\xda" * 5_000, GOOD)
    yield Sample("more than twelve megabytes", jpeg() + bytes(12 * 1024 * 1024), LARGE)


def encoded_text_bomb() -> bytes:
    """A PNG whose compressed text unpacks to fifty megabytes."""
    body = encoded(scene(), "PNG")
    return body[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)) + body[33:]


def _good() -> Iterator[Sample]:
    for orientation in range(1, 9):
        yield Sample(f"jpeg held in way {orientation}", turned(orientation))
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>{SECRET}</rdf:RDF></x:xmpmeta>'.encode()
    yield Sample(
        "jpeg with xmp, a comment and a profile",
        encoded(scene(), "JPEG", xmp=xmp, comment=SCRIPT.encode(), icc_profile=_profile(), exif=exif()),
    )
    yield Sample("jpeg progressive", encoded(scene(), "JPEG", progressive=True, exif=exif()))
    yield Sample("jpeg grey", encoded(scene(mode="L"), "JPEG", exif=exif()))
    yield Sample("jpeg for printing", encoded(scene(mode="CMYK"), "JPEG", exif=exif()))
    yield Sample("jpeg with a broken profile", encoded(scene(), "JPEG", icc_profile=SCRIPT.encode() * 4))
    yield Sample("two jpegs in one", encoded(scene(), "MPO", save_all=True, append_images=[scene()], exif=exif()))
    yield Sample("jpeg of one pixel", encoded(Image.new("RGB", (1, 1)), "JPEG"))
    yield Sample("jpeg of twelve megapixels", jpeg(4032, 3024))
    yield Sample("jpeg of forty-eight megapixels", jpeg(8064, 6048))
    yield Sample("png of forty-eight megapixels", encoded(scene(8064, 6048), "PNG"))
    yield Sample("png see-through of forty-eight megapixels", encoded(scene(8064, 6048, "RGBA"), "PNG"))
    yield Sample("jpeg and a zip", jpeg() + zipped())
    yield Sample("jpeg and a page", jpeg() + SCRIPT.encode())
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SCRIPT, zip=True)
    text.add_itxt("XML:com.adobe.xmp", SCRIPT)
    yield Sample("png with texts", encoded(scene(), "PNG", pnginfo=text, exif=exif()))
    yield Sample("png see-through", encoded(scene(mode="RGBA"), "PNG"))
    yield Sample("png with a palette", encoded(scene(mode="P"), "PNG", transparency=0))
    yield Sample("png of one bit", encoded(scene(mode="1"), "PNG"))
    yield Sample("png of sixteen bits", encoded(scene(mode="I;16"), "PNG"))
    frames = [scene(), scene().transpose(Image.Transpose.ROTATE_180)]
    yield Sample("gif that moves", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=SCRIPT.encode()))
    yield Sample("webp", encoded(scene(), "WEBP", exif=exif(), xmp=xmp))
    yield Sample("webp see-through", encoded(scene(mode="RGBA"), "WEBP", lossless=True))
    yield Sample("webp that moves", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    yield Sample("heic", HEIC)


def _other_kinds() -> Iterator[Sample]:
    yield Sample("pdf named .jpg", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", KIND)
    yield Sample("pdf around a jpeg", b"%PDF-1.4\nstream\n" + jpeg() + b"\nendstream", KIND)
    yield Sample("svg", f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode(), KIND)
    yield Sample("svg with a declaration", f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode(), KIND)
    yield Sample("page", f"<!doctype html><html>{SCRIPT}</html>".encode(), KIND)
    yield Sample("page before a jpeg", SCRIPT.encode() + jpeg(), KIND)
    yield Sample("program", b"MZ" + bytes(200), KIND)
    yield Sample("program for Linux", b"\x7fELF" + bytes(200), KIND)
    yield Sample("script", b"#!/bin/sh\nrm -rf /\n", KIND)
    yield Sample("archive", zipped(), KIND)
    yield Sample("film", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(200), KIND)
    yield Sample("avif", b"\0\0\0\x18ftypavif\0\0\0\0avifmiaf" + bytes(200), KIND)
    yield Sample("tiff", encoded(scene(), "TIFF"), KIND)
    yield Sample("bmp", encoded(scene(), "BMP"), KIND)
    yield Sample("icon", encoded(scene(), "ICO"), KIND)
    yield Sample("postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n" + bytes(200), KIND)
    yield Sample("bytes of nothing", bytes(1_000), KIND)


def _profile() -> bytes:
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
