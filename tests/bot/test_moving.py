"""A booking that is made moves in the chat: by wish, by choice, after a word; and where the shop says no, it says why."""

import pytest


@pytest.fixture
def booked(chat, stub):
    """A booking of Monday at nine, made in this conversation."""
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    chat.say("yes")
    assert list(stub.bookings) == ["RT-7F3K2"]
    return stub.bookings["RT-7F3K2"]


def moves(stub):
    return stub.called("POST /bookings/{reference}/reschedule")


def test_a_day_and_half_of_it_lead_to_times_a_choice_and_a_word(chat, stub, booked):
    was = booked["label"]
    said = chat.say("can we move it to friday afternoon")
    assert f"RT-7F3K2 is on {was} now" in said
    offered = chat.parts("slots")[0]["slots"]
    assert offered and all(slot["title"].startswith("Fri 27 Nov, 1") and slot["title"][-5:] >= "12:00" for slot in offered)
    said = chat.choose(offered[1]["title"])
    assert said.startswith("Shall I move RT-7F3K2") and f"from {was} to {offered[1]['title']}" in said
    assert moves(stub) == [], "nothing moves before the word"
    said = chat.say("yes please")
    assert f"RT-7F3K2 is on {offered[1]['title']} now" in said
    assert chat.parts("booking")[0]["label"] == offered[1]["title"] == stub.bookings["RT-7F3K2"]["label"]
    assert len(moves(stub)) == 1 and moves(stub)[0]["headers"]["Idempotency-Key"]


def test_one_exact_free_time_is_asked_about_at_once(chat, stub, booked):
    assert chat.say("i need to reschedule my appointment to thursday at 3pm").endswith("to Thu 26 Nov, 15:00?")
    assert "Thu 26 Nov, 15:00 now" in chat.choose("Yes, move it")


@pytest.mark.parametrize("word", ["yes please move it", "move it", "ok do it", "yes go ahead"])
def test_a_yes_in_other_words(chat, stub, booked, word):
    chat.say("move my appointment to thursday at 3pm")
    assert "Thu 26 Nov, 15:00 now" in chat.say(word)
    assert len(moves(stub)) == 1


@pytest.mark.parametrize("word", ["no", "never mind", "no don't move it", "no, leave it"])
def test_what_is_no_yes_moves_nothing(chat, stub, booked, word):
    chat.say("move my appointment to thursday at 3pm")
    assert "stays as it is" in chat.say(word)
    assert moves(stub) == [] and "times" not in chat.say("thanks")


def test_a_question_is_no_word(chat, stub, booked):
    chat.say("move my appointment to thursday at 3pm")
    chat.say("is that ok?")
    assert moves(stub) == []


def test_the_mind_changes_on_the_way(chat, stub, booked):
    chat.say("can i move my booking")
    assert len(chat.parts("slots")[0]["slots"]) > 1
    assert "Wed 25 Nov" in chat.say("wednesday morning?")
    assert chat.say("actually thursday at 11").endswith("to Thu 26 Nov, 11:00?")
    assert chat.say("can we make it 4pm instead").endswith("to Thu 26 Nov, 16:00?")
    chat.say("yes")
    assert stub.bookings["RT-7F3K2"]["label"] == "Thu 26 Nov, 16:00"


def test_a_question_in_the_middle_does_not_lose_the_thread(chat, stub, booked):
    chat.say("move my appointment to thursday at 3pm")
    said = chat.say("where are you?")
    assert "Mill Street" in said and "Shall I move RT-7F3K2" in said
    chat.say("yes")
    assert len(moves(stub)) == 1


def test_a_closed_day_is_said_and_others_offered(chat, stub, booked):
    assert "Nothing is free then" in chat.say("can i move my appointment to sunday") or "closed on" in chat.said
    assert chat.parts("slots")[0]["slots"]


def test_a_time_that_goes_meanwhile_leads_to_others(chat, stub, booked):
    chat.say("move my appointment to thursday at 3pm")
    stub.refuse("POST /bookings/{reference}/reschedule", "slot_taken", 409)
    assert "just been taken" in chat.say("yes") and chat.parts("slots")[0]["slots"]
    chat.choose(chat.parts("slots")[0]["slots"][0]["title"])
    assert "now" in chat.say("yes") and len(moves(stub)) == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("change_too_late", "too close to the appointment to move"),
        ("moved_too_often", "moved several times already"),
        ("booking_past", "is over"),
        ("booking_closed", "with us already"),
        ("booking_cancelled", "nothing to move"),
    ],
)
def test_the_shop_says_why_not(chat, stub, booked, code, words):
    stub.refuse("GET /bookings/{reference}/slots", code, 409)
    assert words in chat.say("can i move my appointment")
    chat.say("move my appointment to thursday at 3pm")
    stub.refuse("POST /bookings/{reference}/reschedule", code, 409)
    assert words in chat.say("yes")


def test_cancelling_too_late_is_said(chat, stub, booked):
    chat.say("cancel my booking")
    stub.refuse("POST /bookings/{reference}/cancel", "change_too_late", 409)
    assert "too close to the appointment to cancel" in chat.say("yes")


def test_which_of_two_and_whose(chat, stub, booked):
    other = {**booked, "reference": "RT-7F3K3", "label": "Tue 24 Nov, 10:00", "starts_at": "2026-11-24T10:00:00+00:00"}
    stub.bookings["RT-7F3K3"] = other
    assert "Which booking" in chat.say("move my appointment to thursday at 3pm")
    assert chat.choose("RT-7F3K3, Tue 24 Nov, 10:00").endswith("from Tue 24 Nov, 10:00 to Thu 26 Nov, 15:00?")
    assert "Only whoever made" in chat.say("reschedule RT-F2R3N please")
    assert moves(stub) == []


def test_nothing_booked_here_asks_for_the_reference(chat, stub):
    assert "reference" in chat.say("i need to reschedule")
    assert "does not look like" in chat.say("RT-12")
    assert "can't find RT-F2R3N" in chat.say("RT-F2R3N")


def test_where_it_is_already(chat, stub, booked):
    booked.update(starts_at="2026-11-26T15:00:00+00:00", label="Thu 26 Nov, 15:00")
    assert "Thu 26 Nov, 15:00 already" in chat.say("move my appointment to thursday at 3pm")
    assert chat.say("then 4pm").endswith("to Thu 26 Nov, 16:00?")
