"""What counts as a name, an address and a number."""

import pytest

from backend.core.errors import Refusal
from backend.customers import rules


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Amira   Haddad ", "Amira Haddad"),
        ("Sean O'Hara", "Sean O'Hara"),
        ("Zoe\u0308", "Zoë"),
        ("李小龍", "李小龍"),
        ("Jean-Luc\nPicard", "Jean-Luc Picard"),
    ],
)
def test_names_people_have(typed: str, kept: str) -> None:
    assert rules.name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "123",
        "x" * 121,
        "evil\u202egnp.exe",
        "a\x07b",
        "see https://x.example",
        "me@x.example",
        "!!!",
        "<script>alert(1)</script>",
    ],
)
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.name(typed)
    assert refused.value.code == "name_invalid"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Amira@Mail.Example ", "amira@mail.example"), ("a.b+c@x.co.uk", "a.b+c@x.co.uk"), ("bob@münchen.de", "bob@xn--mnchen-3ya.de")],
)
def test_addresses_people_have(typed: str, kept: str) -> None:
    assert rules.email(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "has an @"),
        ("bob", "has an @"),
        ("bob@", "after the @ is missing"),
        ("@x.example", "before the @ is missing"),
        ("bob@@x.example", "only one @"),
        ("bob@x", "no ending"),
        ("bob@localhost", "no ending"),
        ("bo b@x.example", "no spaces"),
        ("bob@x.example\nBcc: all@x.example", "only one @"),
        ("bob@x.example\nSubject: hello", "no spaces"),
        ("a" * 70 + "@x.example", "does not look right"),
        ("a" * 250 + "@x.example", "too long"),
        ("bob.@x.example", "does not look right"),
    ],
)
def test_addresses_nothing_arrives_at_are_refused_in_our_own_words(typed: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.email(typed)
    assert refused.value.code == "email_invalid" and why in str(refused.value.detail)


@pytest.mark.parametrize(
    ("typed", "kept"), [("07700 900123", "+447700900123"), ("+44 (0)113 496 0123", "+441134960123"), ("0049 30 901820", "+4930901820")]
)
def test_numbers_people_have(typed: str, kept: str) -> None:
    assert rules.phone(typed) == kept


@pytest.mark.parametrize("typed", ["12", "hello", "+44", "0770090012345678901"])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.phone(typed)
    assert refused.value.code == "phone_invalid"
