"""Name and address as customers give them: spelt out, mistyped, changed; and what is said of the time meanwhile."""

import pytest


@pytest.fixture
def asked(chat, stub):
    """A customer who has been asked for name and address."""
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    return chat


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("jo dot bloggs at gmail dot com", "jo.bloggs@gmail.com"),
        ("my email is jo_b at outlook dot co dot uk", "jo_b@outlook.co.uk"),
        ("jo(at)example(dot)com", "jo@example.com"),
        ("it's jo underscore b at hotmail.com", "jo_b@hotmail.com"),
    ],
)
def test_an_address_may_be_spelt_out(asked, stub, text, email):
    asked.say("Jo Bloggs")
    assert f"Jo Bloggs, {email}" in asked.say(text)
    asked.say("yes")
    assert stub.called("POST /bookings")[0]["body"]["customer"]["email"] == email


@pytest.mark.parametrize("text", ["alan@@example..com", "alan@example", "alan@.com"])
def test_a_mistyped_address_changes_no_name(asked, text):
    asked.say("Alan Fry")
    assert "does not look right" in asked.say(text)
    assert "Alan Fry, alan@example.com" in asked.say("alan@example.com")


def test_what_only_sounds_like_an_address_is_none(chat):
    chat.say("iphone 13 cracked screen, can I come at 3 dot 30")
    assert "does not look right" not in chat.said
    assert "e-mail address does not" not in chat.say("i looked at amazon.co.uk and it's cheaper")


def test_another_time_at_this_point_is_told(asked):
    asked.say("Jo Bloggs")
    said = asked.say("wednesday at 10 instead")
    assert "I'm holding Wed 25 Nov, 10:00" in said and "e-mail" in said


@pytest.mark.parametrize("text", ["not that one", "no, not that time"])
def test_a_no_to_the_time_held_offers_others(asked, text):
    said = asked.say(text)
    assert asked.parts("slots") and "still held" not in said
