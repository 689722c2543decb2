"""Questions that sound like a wish or a fault are answered, and what was open goes on."""

import pytest


@pytest.mark.parametrize("text", ["it is still on charge is that ok", "can i keep using it", "is it safe to leave it overnight"])
def test_a_dangerous_device_is_warned_of_as_often_as_it_is_asked_about(chat, text):
    chat.say("iphone 11 battery is swollen")
    said = chat.say(text)
    assert "don't charge it" in said and "find you a time" in said


def test_what_a_look_costs_is_answered_before_a_device_is_asked_for(chat):
    said = chat.say("does it cost to look at it")
    assert "bench fee" in said and "Which device is it" not in said
    chat.say("iphone 13 won't turn on")
    assert "bench fee" in chat.say("does it cost to look at it") and "find you a time" in chat.said


def test_whether_that_is_all_keeps_what_is_to_be_confirmed(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    said = chat.say("is that all in?")
    assert "price you pay" in said and "Shall I book it" in said
    chat.say("yes")
    assert len(stub.bookings) == 1


@pytest.mark.parametrize("text", ["can i sell you my laptop", "how much would you give me for my old iphone"])
def test_who_wants_to_sell_is_told_that_we_do_not_buy(chat, text):
    assert "don't buy" in chat.say(text) and "Which" not in chat.said


def test_what_is_clear_is_told_from_what_has_to_be_seen(chat):
    assert "The check costs" in chat.say("iphone 13 won't turn on")
    said = chat.say("and the screen is cracked too")
    assert "The check costs" not in said and "with the check" in said and "between £40.00 and £220.00" in said


def test_another_device_with_a_fault_of_its_own_takes_no_fault_along(chat, stub):
    chat.say("iphone 13 cracked screen")
    said = chat.say("pixel 8 won't charge")
    assert "Pixel 8, not charging" in said
    assert "Pixel 8a, not charging" in chat.say("sorry, a pixel 8a")


@pytest.mark.parametrize("text", ["great, book me in", "yes please", "ok can i book that"])
def test_a_price_made_by_hand_is_taken_up_in_words(chat, stub, text):
    chat.say("iphone 13 cracked screen")
    chat.say("start again")
    answer = chat.post(text, context={"customer": {}, "priced": {"quote": next(iter(stub.quotes))}}).json()
    assert any(part["type"] == "slots" for message in answer["messages"] for part in message["parts"]), answer["messages"]


def test_a_wish_for_another_device_is_not_the_price_that_came(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("start again")
    news = {"customer": {}, "priced": {"quote": next(iter(stub.quotes))}}
    answer = chat.post("book my pixel 8 in, it won't charge", context=news).json()
    assert "Pixel 8" in answer["messages"][-1]["text"]
