"""A device that comes by post: address, day, word, and how it is packed; or brought after all."""

import pytest

HOME = {"name": "Jo Bloggs", "email": "jo@example.com", "line1": "9 Hyde Park Road", "city": "Leeds", "postcode": "LS6 1AB"}


def booked(stub):
    return [call["body"] for call in stub.called("POST /bookings")]


@pytest.fixture
def priced(chat):
    chat.say("iphone 13 cracked screen")
    assert chat.parts("quote")


def test_from_the_wish_to_the_packing_list(chat, stub, priced):
    assert "send it back to" in chat.say("i'd rather post it to you")
    assert [field["name"] for field in chat.parts("form")[0]["fields"]][-1] == "postcode"
    said = chat.fill(**HOME)
    assert "On which day" in said and "Tue 24 Nov" in said
    said = chat.choose("Thu 26 Nov")
    assert "here on Thu 26 Nov" in said and "9 Hyde Park Road, Leeds, LS6 1AB" in said and "£129.00" in said
    assert booked(stub) == []
    said = chat.say("yes please")
    assert "RT-7F3K2" in said and "12 Mill Street" in said and "Put a note with RT-7F3K2 in the box" in said
    assert chat.parts("booking")[0]["label"] == "Thu 26 Nov, by post"
    (body,) = booked(stub)
    assert body["mail_in"] == {
        "arrives_on": "2026-11-26",
        "address": {name: HOME[name] for name in ("line1", "city", "postcode")},
    }
    assert body["customer"] == {"name": "Jo Bloggs", "email": "jo@example.com"} and not stub.called("POST /holds")


def test_the_question_is_answered_and_the_post_offered(chat, stub, priced):
    said = chat.say("can i post it to you")
    assert "Repairs by post" in said and "Shall we do it by post?" in said
    assert "send it back to" in chat.choose("Post it")


def test_a_held_time_comes_free_and_it_can_be_brought_after_all(chat, stub, priced):
    chat.say("yes")
    chat.choose("Mon")
    assert "send it back to" in chat.say("actually i can't come, i'll post it instead")
    assert stub.called("DELETE /holds/{id}")
    chat.fill(**HOME)
    chat.choose("I'd rather bring it")
    chat.choose(chat.parts("slots")[0]["slots"][0]["title"])
    assert "Jo Bloggs" in chat.said
    chat.say("yes")
    assert "mail_in" not in booked(stub)[0]


def test_another_day_in_words_and_a_closed_one(chat, stub, priced):
    chat.say("i'd rather post it")
    chat.fill(**HOME)
    assert "not possible" in chat.say("sunday")
    assert "here on Fri 27 Nov" in chat.say("friday then")
    assert "here on Sat 28 Nov" in chat.say("can it be saturday")


@pytest.mark.parametrize(
    ("question", "code", "status", "words"),
    [
        ("GET /arrival-days", "outside_area", 422, "no parcels from that postcode"),
        ("GET /arrival-days", "postcode_invalid", 422, "does not look like a UK postcode"),
        ("POST /bookings", "address_invalid", 422, "about this address"),
        ("POST /bookings", "day_full", 409, "not possible"),
    ],
)
def test_what_is_wrong_is_asked_again(chat, stub, priced, question, code, status, words):
    chat.say("i'd rather post it")
    stub.refuse(question, code, status)
    chat.fill(**HOME)
    if question.startswith("POST"):
        chat.choose("Thu 26 Nov")
        chat.say("yes")
    assert words in chat.said and (chat.parts("form") or chat.parts("choices"))
    assert len(stub.bookings) == 0


def test_what_the_shop_will_not_have_posted_is_brought(chat, stub, priced):
    chat.say("i'd rather post it")
    stub.refuse("GET /arrival-days", "mail_in_unsafe", 409)
    assert "carriers take no damaged batteries" in chat.fill(**HOME)
    chat.say("yes")
    assert chat.parts("slots")


@pytest.mark.parametrize("text", ["iphone 13 cracked screen, I'd rather post it", "iphone 13 screen cracked, can i post it to you"])
def test_whoever_means_to_post_from_the_start_is_not_asked_for_a_time(chat, stub, text):
    chat.say(text)
    assert chat.parts("quote") and "send it back to" in chat.say("yes")
    assert not stub.called("GET /slots")


def test_a_swollen_battery_never_goes_by_post(chat, stub):
    chat.say("iphone 13 with a swollen battery")
    assert "Please don't post it" in chat.say("can i post it to you") and "Post it" not in [o["title"] for o in chat.offers()]
    assert "Please don't post it" in chat.say("i'd rather post it") and not chat.parts("form")
    assert chat.say("yes") and chat.parts("slots")


def test_the_checklist_is_offered_for_parcels_too(chat, stub, priced):
    stub.items = ["backup", "find_my"]
    chat.say("i'd rather post it to you")
    chat.fill(**HOME)
    chat.choose("Thu 26 Nov")
    assert "before you send it" in chat.say("yes please")
    assert "backup" in chat.choose("Yes")
    chat.choose("Yes, backed up")
    assert "noted on your order" in chat.choose("Yes, it's off") and set(stub.checks) == {"backup", "find_my"}


def test_the_status_of_a_parcel_waits_for_the_post(chat, stub, priced):
    chat.say("i'd rather post it to you")
    chat.fill(**HOME)
    chat.choose("Thu 26 Nov")
    chat.say("yes please")
    said = chat.say("what's happening with my repair?")
    assert "expected on Thu 26 Nov" in said and "brought it in" not in said


@pytest.mark.parametrize("answer", ["yes", "LS6 1AB", "post it please"])
def test_a_yes_or_a_postcode_after_the_offer_goes_by_post(chat, stub, priced, answer):
    said = chat.say("can i post it to you")
    assert said.rstrip().endswith("Shall we do it by post?") and "find you a time" not in said
    assert "send it back to" in chat.say(answer)
    postcode = chat.parts("form")[0]["fields"][-1]
    assert postcode["name"] == "postcode" and postcode.get("value") == ("LS6 1AB" if answer == "LS6 1AB" else None)


def test_the_offer_of_the_post_can_be_left(chat, stub, priced):
    chat.say("can i post it to you")
    chat.choose("Find a time")
    assert chat.parts("slots") and not chat.parts("form")


def test_a_yes_to_another_question_in_between_is_not_for_the_post(chat, stub, priced):
    chat.say("can i post it to you")
    assert "shall I find you a time" in chat.say("what are your opening hours")
    chat.say("yes")
    assert chat.parts("slots") and not chat.parts("form")


def test_a_postcode_outside_the_area_is_refused_before_an_address_is_asked_for(chat, stub):
    said = chat.say("iphone 13 cracked screen, I'd rather post it")
    assert said.rstrip().endswith("Shall we do it by post?")
    stub.refuse("GET /arrival-days", "outside_area", 422)
    assert "no parcels from that postcode" in chat.say("BT1 5GS")
    assert "find you a time" not in chat.said


def test_whoever_meant_to_post_may_bring_it(chat, stub):
    chat.say("iphone 13 cracked screen, I'd rather post it")
    chat.choose("Find a time")
    assert chat.parts("slots")
    chat.choose(chat.parts("slots")[0]["slots"][0]["title"])
    assert "What is your name" in chat.said and "send it back" not in chat.said


def test_a_postcode_beside_the_form_is_looked_at_and_kept(chat, stub, priced):
    chat.say("i'd rather post it")
    stub.refuse("GET /arrival-days", "outside_area", 422)
    assert "no parcels from that postcode" in chat.say("JE2 3AB")
    chat.say("ok LS6 1AB")
    assert chat.parts("form")[0]["fields"][-1]["value"] == "LS6 1AB"
