"""How often a JPEG asks its decoder to go over the whole picture. A few bytes are one more round, so a small file can ask for hours."""

import re

from backend.files.errors import FileUnreadable

#: Programs write ten rounds for a progressive picture, at most some dozens.
ROUNDS = 64
#: Parts of a file before its end; one with thousands is made to be slow to read.
PARTS = 4_000
#: A marker, after any filling; what stands in the pixels themselves (ITU T.81, B.1.1.2) is none.
_MARKER = re.compile(rb"\xff+([\x02-\xcf\xd9-\xfe])")
_SCAN, _END = 0xDA, 0xD9


def check(body: bytes) -> None:
    """Refuse a JPEG that would keep its decoder busy; raises FileUnreadable."""
    at, rounds = 2, 0
    for _ in range(PARTS):
        found = _MARKER.search(body, at)
        if found is None or found[1][0] == _END:
            return
        rounds += found[1][0] == _SCAN
        if rounds > ROUNDS:
            raise FileUnreadable
        # What is said in a part is not looked at: a comment may hold anything.
        at = found.end() + max(2, int.from_bytes(body[found.end() : found.end() + 2], "big"))
    raise FileUnreadable
