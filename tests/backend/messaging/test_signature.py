"""Our check of signatures beside the provider's own code, on a table of hard cases and on whatever chance makes up."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from backend.messaging import signature

TOKEN = "12345678901234567890123456789012"
THEIRS = RequestValidator(TOKEN)
FORM = [("CallSid", "CA1"), ("From", "+14158675309"), ("Body", "Hello")]
URLS = [
    "https://shop.example/webhooks/twilio/messages",
    "https://shop.example:443/webhooks/twilio/messages",
    "https://shop.example:8443/webhooks/twilio/messages",
    "http://shop.example/webhooks/twilio/messages",
    "http://shop.example:80/webhooks/twilio/messages",
    "http://127.0.0.1:8080/webhooks/twilio/status?m=01890000-0000-7000-8000-000000000000",
    "https://shop.example/a?b=c&d=%2B44%20x&e=",
    "https://shop.example/a?d=2&b=1&b=0",
    "https://shop.example/w%C3%A9bhook?q=%E2%98%82",
]
FORMS = [
    FORM,
    list(reversed(FORM)),
    [],
    [("Body", "")],
    [("Body", "☂ naïve 👍🏽"), ("Ünï", "x")],
    [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b")],
    [("a", "bc"), ("ab", "c")],
    [("Body", "a+b&c=d %2B\r\n")],
    [("a", "2"), ("A", "1"), ("_", "3")],
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("form", FORMS)
def test_we_agree_on_every_case_of_the_table(url: str, form: list[tuple[str, str]]) -> None:
    signed = THEIRS.compute_signature(url, MultiDict(form))
    assert THEIRS.validate(url, MultiDict(form), signed) and signature.holds_for_form(TOKEN, url, form, signed)
    for wrong in (
        "",
        ("A" if signed[0] != "A" else "B") + signed[1:],
        signed[:-1],
        signed + " ",
        "\u2602",
        THEIRS.compute_signature(url + "x", MultiDict(form)),
    ):
        assert not signature.holds_for_form(TOKEN, url, form, wrong)
    assert not signature.holds_for_form("another", url, form, signed)


@pytest.mark.parametrize("url", URLS)
def test_the_port_may_be_signed_or_not(url: str) -> None:
    for spelling in URLS[:5]:
        signed = THEIRS.compute_signature(spelling, MultiDict(FORM))
        assert signature.holds_for_form(TOKEN, url, FORM, signed) == THEIRS.validate(url, MultiDict(FORM), signed)


@pytest.mark.parametrize("body", [b"{}", '{"Body": "☂"}'.encode(), b'{"a": 1}\n'])
def test_a_body_that_is_no_form_is_signed_by_its_hash(body: bytes) -> None:
    for ahead in ("?", "?a=b&"):
        url = f"https://shop.example/webhooks{ahead}bodySHA256={hashlib.sha256(body).hexdigest()}"
        signed = THEIRS.compute_signature(url, {})
        assert THEIRS.validate(url, body.decode(), signed) and signature.holds_for_body(TOKEN, url, body, signed)
        assert not signature.holds_for_body(TOKEN, url, body + b" ", signed) and not THEIRS.validate(url, body.decode() + " ", signed)
    bare = "https://shop.example/webhooks"
    assert not signature.holds_for_body(TOKEN, bare, body, THEIRS.compute_signature(bare, {}))


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=6), st.sampled_from(URLS), st.sampled_from(URLS))
@settings(max_examples=150, deadline=None)
def test_we_agree_whatever_is_sent(form: list[tuple[str, str]], signed_as: str, reached_as: str) -> None:
    signed = THEIRS.compute_signature(signed_as, MultiDict(form))
    assert signature.holds_for_form(TOKEN, reached_as, form, signed) == THEIRS.validate(reached_as, MultiDict(form), signed)


def test_no_altered_webhook_passes() -> None:
    chance = random.Random(7)
    url = URLS[0]
    signed = THEIRS.compute_signature(url, MultiDict(FORM))
    for _ in range(2_000):
        form, address, mark = list(FORM), url, signed
        match chance.randrange(4):
            case 0:
                at = chance.randrange(len(form))
                form[at] = (form[at][0], form[at][1] + chr(chance.randrange(33, 1000)))
            case 1:
                form.append((chr(chance.randrange(65, 1000)), "x"))
            case 2:
                address += chr(chance.randrange(48, 122))
            case _:
                at = chance.randrange(len(mark) - 2)
                mark = mark[:at] + chance.choice([one for one in "ABCabc012+/" if one != mark[at]]) + mark[at + 1 :]
        assert not signature.holds_for_form(TOKEN, address, form, mark)
