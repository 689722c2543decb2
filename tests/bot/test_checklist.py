"""Before the visit: a few questions after the booking, by button or in words, and all of it can be skipped."""

import pytest


@pytest.fixture
def asked(chat, stub):
    """A booking is made, and the list is offered."""
    stub.items = ["backup", "find_my", "accessories", "id"]
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    assert "before you come" in chat.say("yes")
    return stub.checks


def test_by_buttons(chat, asked):
    assert "backup" in chat.choose("Yes")
    assert "Find My" in chat.choose("Yes, backed up")
    said = chat.choose("Not yet")
    assert "switch it off before we have it" in said and "bring with it" in said
    assert "ID" in chat.choose("Just the device")
    assert "noted on your order" in chat.choose("Yes")
    answers = {item: body["answer"] for item, body in asked.items()}
    assert answers == {"backup": "done", "find_my": "not_yet", "accessories": "done", "id": "done"}


def test_in_words(chat, asked):
    chat.say("yeah go on")
    chat.say("yes its backed up to icloud")
    chat.say("will do it later")
    chat.say("charger and the blue case")
    assert "noted" in chat.say("yep")
    assert asked["accessories"]["note"] == "charger and the blue case"
    assert [body["answer"] for body in asked.values()] == ["done", "not_yet", "done", "done"]


@pytest.mark.parametrize("words", ["no thanks", "skip it", "not now"])
def test_it_can_be_skipped(chat, asked, words):
    said = chat.say(words)
    assert "No problem" in said or "All right" in said
    assert asked == {} and "backup" not in chat.say("thanks")


def test_the_rest_can_be_skipped(chat, asked):
    chat.choose("Yes")
    chat.say("done that")
    assert "tracking page" in chat.choose("Skip the rest")
    assert list(asked) == ["backup"]


def test_thanks_end_it_and_questions_do_not(chat, asked):
    chat.choose("Yes")
    said = chat.say("where are you?")
    assert "Mill Street" in said and "backup" in said
    assert asked == {}
    chat.say("can i talk to a person")
    assert chat.last["asks"][0]["type"] == "handoff" and asked == {}


def test_it_waits_for_whoever_asks_later(chat, asked):
    chat.say("no thanks")
    assert "backup" in chat.say("/checklist", payload=True)


def test_a_booking_cancelled_meanwhile_ends_it(chat, stub, asked):
    chat.choose("Yes")
    stub.refuse("PUT /bookings/{reference}/checklist", "booking_cancelled", 409)
    assert "cancelled already" in chat.choose("Yes, backed up")


def test_no_list_no_offer(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    assert "to see to before" not in chat.say("yes")


def test_before_there_is_a_booking_the_article_tells_and_the_booking_goes_on(chat, stub):
    chat.say("iphone 13 cracked screen")
    said = chat.say("what should I bring with me?")
    assert "Please bring the device" in said and "shall I find you a time" in said and not chat.parts("form")


@pytest.mark.parametrize("text", ["yes please move it", "actually i need another day"])
def test_a_wish_to_move_is_no_answer_to_the_offer(chat, asked, text):
    said = chat.say(text)
    assert "RT-7F3K2 is on" in said and chat.parts("slots") and not asked
