"""Keys for signing, one for each purpose: what is signed for one can never pass for another."""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .settings import Settings


def signing_key(settings: Settings, purpose: str) -> bytes:
    """Return the 32-byte key for a purpose, drawn from the site's secret."""
    return _derived(settings.secret.get_secret_value(), purpose)


@lru_cache(maxsize=16)
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())
