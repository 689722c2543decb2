"""Answers as simulated customers gave them: a place in a longer list, an hour alone, an address in one breath, a yes with a slip."""

import pytest


@pytest.fixture
def offered(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    assert chat.parts("slots")


def test_the_fifth_of_six(chat, stub, offered):
    chat.say("monday")
    slots = chat.parts("slots")[0]["slots"]
    assert len(slots) == 6
    assert slots[4]["title"] in chat.say("fifth one please")


def test_an_hour_alone_is_the_one_on_offer(chat, stub, offered):
    chat.say("tuesday")
    later = chat.parts("slots")[0]["slots"][3]
    assert f"holding {later['title']}" in chat.say(f"{later['title'][-5:]} works")


def test_what_is_not_free_is_named_in_full(chat, stub, offered):
    said = chat.say("sunday afternoon")
    assert "in the afternoon is not free" in said or "closed" in said


def test_a_name_or_a_day_is_heard_in_a_message_that_is_not_understood(chat, stub, offered):
    chat.choose("Mon")
    chat.fill(name="Jo", email="jo@example.com")
    assert "Jo Bloggs" in chat.say("can you put it under Jo Bloggs instead")


def test_an_ok_with_a_slip_is_a_yes(chat, stub, offered):
    chat.choose("Mon")
    chat.fill(name="Jo Bloggs", email="jo@example.com")
    assert "RT-7F3K2" in chat.say("ok ywah")


def test_where_to_send_a_mail_is_no_question_about_posting(chat, stub, offered):
    chat.choose("Mon")
    chat.say("Jo Bloggs")
    said = chat.say("you can send it to jo@example.com")
    assert "post" not in said and "Shall I book it?" in said


def test_an_address_in_one_breath(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("i'd rather post it to you")
    said = chat.say("Jo Bloggs, 9 hyde park road, leeds, ls6 1ab, jo@example.com")
    assert "On which day" in said
    chat.choose("Thu 26 Nov")
    assert "9 Hyde Park Road, Leeds, LS6 1AB" in chat.said and "Jo Bloggs" in chat.said


def test_half_an_address_leads_to_the_form_in_other_words(chat, stub):
    chat.say("iphone 13 cracked screen")
    first = chat.say("i'd rather post it to you")
    said = chat.say("jo bloggs, 9 hyde park road, jo@example.com")
    assert chat.parts("form") and said != first, said


def test_by_post_still_after_a_new_price(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("i'd rather post it to you")
    chat.fill(name="Jo Bloggs", email="jo@example.com", line1="9 Hyde Park Road", city="Leeds", postcode="LS6 1AB")
    chat.choose("Thu 26 Nov")
    chat.say("oh and the battery as well")
    assert "On which day" in chat.say("yes but i'd rather post it")


def test_thanks_for_a_price_are_not_pressed_on(chat, stub):
    chat.say("how much for an iphone 13 screen")
    said = chat.say("thanks")
    assert "holds until" in said and "?" not in said
    assert chat.choose("Find a time") and chat.parts("slots")


def test_a_hello_in_the_middle_asks_only_what_is_open(chat, stub, offered):
    said = chat.say("hello again")
    assert "Hello again." in said and said.count("?") == 1 and chat.parts("slots")


def test_a_weekday_alone_is_the_one_on_offer(chat, stub, offered):
    chat.say("tuesday the 8th")
    slot = chat.parts("slots")[0]["slots"][2]
    assert slot["title"].startswith("Tue 8 Dec")
    assert f"holding {slot['title']}" in chat.say(f"tuesday {slot['title'][-5:]}")
    chat.say("can we make it another time")
    assert "Fri 27 Nov" in chat.say("friday 9am")


def test_a_model_that_is_still_unclear_is_asked_for_in_other_words(chat, stub):
    first = chat.say("my apple 12 screen is cracked")
    assert "Which model" in first
    assert chat.say("apple 12") != first and "model" in chat.said
