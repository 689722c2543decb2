"""Whoever does not know which model it is hears where it stands, and need not know it."""

import pytest


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("which macbook do i have? the screen is cracked", "About This Mac"),
        ("my iphone won't charge, not sure which one it is", "Settings, General, About"),
        ("samsung galaxy with a cracked screen, no idea which", "About phone"),
    ],
)
def test_the_way_to_find_it_is_told_at_once(chat, text, where):
    said = chat.say(text)
    assert where in said and "I can't find it" in [offer["title"] for offer in chat.offers()]


def test_asked_again_the_question_is_not_the_same(chat):
    assert "Which MacBook is it exactly?" in chat.say("my macbook has a cracked screen")
    assert "About This Mac" in chat.say("i dont know the model")
    assert "MacBook Air" in chat.say("it says macbook air m1")


def test_nobody_has_to_find_it(chat):
    chat.say("my macbook has a cracked screen")
    chat.say("i don't know which")
    chat.choose("I can't find it")
    assert chat.last["asks"][0]["type"] == "handoff"


def test_a_brand_is_an_answer_and_leads_to_its_models(chat):
    chat.say("how much is a screen")
    assert "is it exactly?" in chat.say("samsung galaxy")


def test_plus_alone_is_a_model_and_no_second_device(chat):
    chat.say("samsung galaxy s22 cracked screen")
    said = chat.say("plus")
    assert "S22+, cracked screen" in said and len(chat.parts("quote")) == 1


def test_whoever_cannot_find_it_is_not_told_the_same_again(chat):
    chat.say("my macbook has a cracked screen")
    chat.say("dunno which")
    assert "A technician can tell" in chat.say("i can't find it").replace("a technician", "A technician")
    chat.choose("Ask a technician")
    assert chat.last["asks"][0]["type"] == "handoff"
