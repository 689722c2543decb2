"""Identifiers for rows, for people and for links."""

import hashlib
import os
import secrets
import time
from uuid import UUID

#: No 0/O and no 1/I: references are read aloud and typed from paper.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 5


def uuid7() -> UUID:
    """Return a time-ordered UUID (RFC 9562, version 7), so that new rows land at the end of an index."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def reference(prefix: str) -> str:
    """Return a reference people can read aloud, such as `RT-7F3K2`; uniqueness is the database's to enforce."""
    return f"{prefix}-{''.join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))}"


def token() -> str:
    """Return an unguessable, URL-safe token of 192 bits."""
    return secrets.token_urlsafe(24)


def digest(secret: str) -> bytes:
    """Return the hash under which a high-entropy token is stored."""
    return hashlib.sha256(secret.encode()).digest()
