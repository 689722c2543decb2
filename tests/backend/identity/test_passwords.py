"""Which passwords are refused, and that stored ones verify."""

import pytest

from backend.identity import passwords

WHO = {"email": "samantha.lee@example.com", "name": "Samantha Lee"}


@pytest.mark.parametrize("password", ["maple-teacup-orbit", "7h#Gf92!kd0Q", "гора Эверест высокая", "three blue ferries wait"])
def test_an_unguessable_password_is_allowed(password: str) -> None:
    assert passwords.fault(password, **WHO) is None


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("elevenchars", "12 characters"),
        ("x1y2z3" * 40, "at most 128"),
        ("Password1234!", "among the first"),
        ("P@ssw0rd2024!!", "among the first"),
        ("correct horse battery staple", "among the first"),
        ("123456789012", "among the first"),
        ("074839102847", "among the first"),
        ("aaaaaaaaaaaa", "among the first"),
        ("qwertyuiopas", "among the first"),
        ("adminadmin123", "among the first"),
        ("WelcomeLeeds1", "among the first"),
        ("samantha.lee@example.com", "easy to guess"),
        ("Samantha Lee9", "easy to guess"),
    ],
)
def test_a_guessable_password_is_refused_in_words(password: str, word: str) -> None:
    assert word in (passwords.fault(password, **WHO) or "")


def test_a_hash_is_argon2id_at_the_settings_owasp_advises() -> None:
    stored = passwords.hash_password("maple-teacup-orbit")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43)


def test_only_the_same_password_verifies() -> None:
    stored = passwords.hash_password("maple-teacup-orbit")
    assert passwords.verify_password(stored, "maple-teacup-orbit")
    assert not passwords.verify_password(stored, "maple-teacup-orbiT")
    assert not passwords.verify_password("not a hash", "maple-teacup-orbit")


def test_the_same_characters_from_another_keyboard_verify() -> None:
    assert passwords.verify_password(passwords.hash_password("cafe\u0301 on the corner"), "caf\u00e9 on the corner")


def test_nobody_has_no_password_that_works() -> None:
    assert not passwords.verify_password(None, "nobody has this password")
