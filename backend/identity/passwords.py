"""Which passwords are allowed, and how they are kept: argon2id at the settings OWASP advises."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 128

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16)

# What people choose first. A password is common when, read as letters ("P@ssw0rd" → "password"), nothing else is left.
_COMMON = frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "l"})
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")


def fold(password: str) -> str:
    """One spelling for what different keyboards send for the same characters."""
    return unicodedata.normalize("NFKC", password)


def fault(password: str, *, email: str, name: str = "") -> str | None:
    """What is wrong with a password somebody wants, in words to show; None when it may be used."""
    plain = fold(password)
    if len(plain) < SHORTEST:
        return f"Use at least {SHORTEST} characters; a few words in a row are easy to remember."
    if len(plain) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = plain.casefold()
    if len(set(folded)) < 5 or _is_run(folded) or _is_common(folded):
        return "This password is among the first that would be tried. Choose one that nobody would guess."
    for personal in (email.casefold(), email.casefold().partition("@")[0], name.casefold()):
        if len(personal) >= 4 and len(folded.replace(personal, "")) < SHORTEST // 2:
            return "Your own name or address is easy to guess. Choose something that is not about you."
    return None


def hash_password(password: str) -> str:
    """The argon2id hash to store; takes some 25 ms, so it is run in the pool."""
    return _hasher.hash(fold(password))


def verify_password(stored: str | None, password: str) -> bool:
    """True when the password is the one stored; an unknown account (None) costs as much time and is always False."""
    try:
        _hasher.verify(stored or _decoy(), fold(password)[: LONGEST * 4])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """True when a hash was made with other settings than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")


def _is_run(folded: str) -> bool:
    return any(folded in run * 2 or folded in run[::-1] * 2 for run in _RUNS)


def _is_common(folded: str) -> bool:
    if folded.isdigit():
        return True
    spelt = folded.strip("0123456789!?.,*#-_ ").translate(_LEET)
    return any(_made_of_common(re.sub(r"[\W\d_]", "", form)) for form in (folded, spelt))


def _made_of_common(word: str) -> bool:
    """True for one common word or two in a row ("adminadmin", "welcomeleeds"); three are a passphrase."""
    return word in _COMMON or any(word[:cut] in _COMMON and word[cut:] in _COMMON for cut in range(3, len(word) - 2))
