"""What must stand in the database and be of no use to whoever copies it: sealed with a key drawn from the site's secret."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import signing_key
from .settings import Settings

#: The first byte of what is sealed; nothing we would otherwise keep begins with it.
MARK = b"\x01"
_NONCE = 12


class Unopened(Exception):
    """It was sealed under another secret, or for another purpose or place."""


def seal(settings: Settings, purpose: str, value: bytes, *, place: str) -> bytes:
    """Return the value sealed; it opens only for the same purpose and at the same place (AES-256-GCM, NIST SP 800-38D)."""
    nonce = secrets.token_bytes(_NONCE)
    return MARK + nonce + AESGCM(signing_key(settings, purpose)).encrypt(nonce, value, place.encode())


def unseal(settings: Settings, purpose: str, sealed: bytes, *, place: str) -> bytes:
    """Return what was sealed; a value that never was comes back as it is. Raises Unopened."""
    if not sealed.startswith(MARK):
        return sealed
    nonce, rest = sealed[len(MARK) : len(MARK) + _NONCE], sealed[len(MARK) + _NONCE :]
    try:
        return AESGCM(signing_key(settings, purpose)).decrypt(nonce, rest, place.encode())
    except (InvalidTag, ValueError):
        raise Unopened from None
