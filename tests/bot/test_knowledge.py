"""Questions that the shop's articles answer: named, in the middle of a booking too, and nothing made up."""

import pytest


@pytest.mark.parametrize(
    ("text", "words", "title"),
    [
        ("do i get a warranty", "12 months' warranty", "Our warranty"),
        ("where are you", "12 Mill Street", "Where to find us"),
        ("is there parking nearby", "no car park", "Parking"),
        ("will i lose my photos", "deletes nothing", "Your data and privacy"),
        ("do you use original screens", "come from the maker", "Grades of parts"),
        ("can i post it to you", "rather post it", "Repairs by post"),
        ("is it bad to leave it charging overnight", "Heat wears", "Making a battery last"),
        ("what devices do you repair", "phones and laptops", "What we repair"),
        ("do you sell phones", "don't buy or sell", "What we don't do"),
    ],
)
def test_the_passage_is_said_and_its_article_named(chat, text, words, title):
    said = chat.say(text)
    assert words in said and f"From our help page “{title}”: http://shop/help/" in said and "!" not in said


def test_a_question_inside_a_booking_is_answered_and_the_booking_goes_on(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    assert "no car park" in chat.say("is there parking") and "which time suits you" in chat.said
    chat.choose("Mon")
    assert "Heat wears" in chat.say("how do i make my battery last longer") and "name" in chat.said
    chat.say("Jo Bloggs jo@example.com")
    assert "12 months' warranty" in chat.say("what warranty do i get") and "Shall I book it?" in chat.said
    assert "RT-7F3K2" in chat.say("yes")
    assert stub.bookings["RT-7F3K2"]["state"] == "confirmed"


def test_what_no_article_answers_is_not_made_up_and_a_person_is_offered(chat):
    said = chat.say("do i leave the case on")
    assert chat.last["intent"] == "faq_other"
    assert "I don't know that" in said and "http" not in said
    assert "Of course." in chat.choose("Ask a person") and chat.last["asks"][0]["type"] == "handoff"


def test_not_knowing_forgets_nothing(chat):
    chat.say("iphone 13 cracked screen")
    said = chat.say("do i leave the case on")
    assert "I don't know that" in said and "shall I find you a time" in said
    assert chat.parts("choices") and "free" in chat.say("yes")


def test_only_whole_messages_that_were_not_understood_are_looked_up(chat, stub):
    chat.say("asdf qwer")
    assert not stub.called("GET /knowledge/search")
    chat.say("asdf qwer zxcv park")
    assert len(stub.called("GET /knowledge/search")) == 1 and "no car park" in chat.said


def test_long_questions_are_cut_not_refused(chat, stub):
    chat.say("do i get a warranty " + "on all of that " * 200)
    assert all(len(asked["query"]["q"]) <= 500 for asked in stub.called("GET /knowledge/search"))
    assert chat.last["messages"]


def test_without_the_backend_the_turn_fails_rather_than_guesses(chat, stub):
    stub.refuse("GET /knowledge/search", "search_unavailable", 503)
    assert chat.post("do i get a warranty").status_code == 500
