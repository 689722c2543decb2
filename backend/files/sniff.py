"""What a file is by its first bytes, and how large a picture says it is where a decoder would reserve room before telling."""

KINDS = ("jpeg", "png", "gif", "webp", "heic")
#: As much of a file as `kind` and `webp_size` look at.
HEAD = 64
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def kind(head: bytes) -> str | None:
    """The kind of picture that begins like this, or None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and _HEIF_BRANDS & _brands(head):
        return "heic"
    return None


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Width and height in the header of a WebP picture (RFC 9649), or None when there is no such header."""
    chunk, data = head[12:16], head[20:]
    if chunk == b"VP8X" and len(data) >= 10:
        return 1 + int.from_bytes(data[4:7], "little"), 1 + int.from_bytes(data[7:10], "little")
    if chunk == b"VP8L" and len(data) >= 5 and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and len(data) >= 10 and data[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return None


def _brands(head: bytes) -> set[bytes]:
    # The major brand, then after a version the compatible ones, as far as the box and what we hold of it go.
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}
