"""From a broken phone to a booking, as customers really go about it."""

import pytest


def booked(stub):
    return [call["body"] for call in stub.called("POST /bookings")]


def test_from_a_smashed_screen_to_a_booking(chat, stub):
    said = chat.say("hiya dropped my s23 ultra and the glass is smashed, how much?")
    assert "assistant" in said and "Samsung Galaxy S23 Ultra" in said and "cracked screen" in said and "£129.00" in said
    assert chat.parts("quote")[0]["lines"]
    assert stub.called("POST /quotes")[0]["body"] == {"device": "samsung-galaxy-s23-ultra", "faults": ["screen_cracked"]}
    chat.choose("Find a time")
    assert len(chat.parts("slots")[0]["slots"]) == 4
    chat.say("tomorrow after 4")
    assert all(slot["starts_at"] >= "2026-11-23T16" for slot in chat.parts("slots")[0]["slots"])
    assert "Mon 23 Nov, 16:00" in chat.say("the first one")
    assert "Jo Bloggs, jo@example.com" in chat.say("it's Jo Bloggs, jo@example.com")
    said = chat.say("yes")
    assert "RT-7F3K2" in said and chat.parts("booking")[0]["reference"] == "RT-7F3K2"
    assert booked(stub)[0]["customer"] == {"name": "Jo Bloggs", "email": "jo@example.com"}
    assert "!" not in said


def test_everything_in_one_message(chat, stub):
    chat.say("can you book my iphone 14 in for a new screen tomorrow at 3pm, it's Sam Hill sam@hill.org")
    assert chat.parts("quote") and "Mon 23 Nov, 15:00" in chat.said and "Sam Hill, sam@hill.org" in chat.said
    chat.say("yes please")
    assert len(booked(stub)) == 1


@pytest.mark.parametrize("word", ["jon smith jon@smith.uk", "ok", "Jon"])
def test_times_stay_on_offer_when_something_else_is_said(chat, word):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    offered = [slot["title"] for slot in chat.parts("slots")[0]["slots"]]
    chat.say(word)
    assert [slot["title"] for slot in chat.parts("slots")[0]["slots"]] == offered


def test_a_name_or_address_told_early_is_kept_and_said_so(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    assert "noted" in chat.say("my name is Jon Smith, jon@smith.uk")
    assert "Jon Smith, jon@smith.uk" in chat.choose("Mon")


@pytest.mark.parametrize(("word", "at"), [("the later one", -1), ("the first one", 0), ("the last", -1)])
def test_a_place_in_the_list_is_a_choice(chat, word, at):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    wanted = chat.parts("slots")[0]["slots"][at]["title"]
    assert f"holding {wanted}" in chat.say(word)


def test_a_day_gone_by_is_no_place_in_the_list(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.say("last monday")
    assert not stub.called("POST /holds")


@pytest.mark.parametrize("word", ["continue", "carry on", "keep going"])
def test_going_on_throws_nothing_away(chat, word):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    said = chat.say(word)
    assert "start again" not in said and chat.state["slots"]["case"]["slot"]


@pytest.mark.parametrize("question", ["is that final?", "will it be ready the same day?", "can i pay by card"])
def test_a_question_books_nothing(chat, stub, question):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    chat.say(question)
    assert not booked(stub)
    chat.say("can you book it please")
    assert len(booked(stub)) == 1


@pytest.mark.parametrize(("word", "asked"), [("time", "Which one suits you"), ("the name", "What is your name"), ("hmm dunno", "")])
def test_what_shall_be_changed_is_no_yes(chat, stub, word, asked):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    assert "What shall I change" in chat.say("hmm no")
    assert asked in chat.say(word)
    assert not booked(stub)


@pytest.mark.parametrize("word", ["time", "phone", "maybe"])
def test_a_lone_word_is_no_yes(chat, stub, word):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    chat.say(word)
    assert not booked(stub)


def test_first_is_the_first(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    first = chat.parts("slots")[0]["slots"][0]["title"]
    assert f"holding {first}" in chat.say("first")


def test_nobody_is_told_the_same_question_word_for_word(chat):
    first = chat.say("iphone 13")
    assert chat.say("thursday 11am") != first


def test_a_name_can_be_corrected(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    assert "Thanks, Jo." in chat.say("my name is Jo Bloggs")
    assert "Thanks, Joe." in chat.say("sorry Joe Bloggs")


@pytest.mark.parametrize(("months", "words"), [(0, "no warranty"), (1, "1 month's warranty"), (12, "12 months' warranty")])
def test_the_warranty_is_the_quotes(chat, stub, months, words):
    stub.warranty = months
    assert f"comes with {words}." in chat.say("iphone 13 cracked screen")


def test_only_what_is_missing_is_asked(chat):
    assert "Which device" in chat.say("i want to book a repair")
    assert "What is wrong" in chat.say("iphone 13")
    assert chat.parts("quote") == [] and "£" in chat.say("battery")


def test_the_form_does_as_well_as_words(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    fields = {field["name"] for field in chat.parts("form")[0]["fields"]}
    assert fields == {"name", "email", "phone"}
    chat.fill(name="Ann Lee", email="ann@lee.uk", phone="+447700900123")
    chat.choose("Book it")
    assert booked(stub)[0]["customer"] == {"name": "Ann Lee", "email": "ann@lee.uk", "phone": "+447700900123"}


def test_corrections_at_any_step(chat, stub):
    chat.say("iphone 13 screen cracked")
    assert "iPhone 13 mini" in chat.say("no, the 13 mini")
    chat.say("yes")
    chat.say("tuesday 10:00")
    assert "Tue 24 Nov, 10:00" in chat.said
    assert "Fri 27 Nov" in chat.say("actually friday")
    chat.say("at half ten")
    chat.say("Jo Bloggs jo@example.com")
    assert "jo@bloggs.uk" in chat.say("my email is jo@bloggs.uk not jo@example.com")
    said = chat.say("it's the battery not the screen")
    assert "battery" in said and "£59.00" in said and "cracked screen" not in said
    assert booked(stub) == []


def test_which_of_several(chat):
    assert "Which iPhone" in chat.say("my iphone screen is smashed")
    assert "iPhone 13 Pro Max" in chat.say("13 pro max")
    assert "Which MacBook Pro 14" in chat.say("no it's a macbook pro 14")
    assert "MacBook Pro 14 M3" in chat.choose("MacBook Pro 14 M3")


def test_a_short_no_picks_the_brother(chat):
    chat.say("iphone 13 cracked screen")
    assert "iPhone 13 Pro," in chat.say("no its the pro")


def test_several_faults_in_one_go(chat, stub):
    said = chat.say("galaxy a54, screen smashed and the battery dies by lunch")
    assert "cracked screen and battery runs down" in said and "£188.00" in said
    assert "broken back" in chat.say("and the back glass is cracked too")


def test_a_question_in_the_middle(chat):
    chat.say("iphone 13 cracked screen")
    for question, answer in (
        ("are you open on sundays", "Monday to Friday"),
        ("where are you?", "12 Mill Street"),
        ("is there a warranty?", "12 months"),
        ("how long does it take", "same day"),
        ("are you a bot", "computer program"),
    ):
        said = chat.say(question)
        assert answer in said and "shall I find you a time" in said
    chat.say("yes")
    said = chat.say("do you use genuine parts")
    assert "tested" in said and chat.parts("slots")


def test_giving_up_gives_the_held_time_back(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    assert "Nothing is booked" in chat.say("never mind")
    assert len(stub.called("DELETE /holds/{id}")) == 1
    assert "Nothing yet" in chat.say("what do you know so far")


def test_starting_again_and_what_is_known(chat):
    chat.say("pixel 7a battery dies quickly")
    assert "Google Pixel 7a" in chat.say("what do you know so far")
    assert "start again" in chat.say("start again").lower()
    assert "Nothing yet" in chat.say("what do you know so far")


def test_a_second_booking_in_one_conversation(chat, stub):
    for device in ("iphone 13", "pixel 7a"):
        chat.say(f"{device} cracked screen")
        chat.say("yes")
        chat.choose("Mon" if device == "iphone 13" else "Tue")
        if device == "iphone 13":
            chat.say("Jo Bloggs jo@example.com")
        chat.say("yes")
    assert len(booked(stub)) == 2
    assert "RT-7F3K2 and RT-7F3K3" in chat.say("what do you know so far") or "RT-7F3K3 and RT-7F3K2" in chat.said


def test_what_the_shop_knows_is_not_asked(chat, stub):
    chat.customer = {"name": "Jo Bloggs", "email": "jo@example.com"}
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    assert "Jo Bloggs, jo@example.com" in chat.choose("Mon")


def test_an_unknown_device_has_its_own_answer(chat, stub):
    assert "not in my list" in chat.say("iphone 4 screen")
    assert stub.called("POST /quotes") == []
    assert chat.choose("Ask a technician") and chat.last["asks"][0]["type"] == "handoff"


def test_no_price_asks_the_technicians(chat, stub):
    assert "no ready price" in chat.say("iphone 13 full of viruses")
    told = chat.say("yes")
    assert "working out a price" in told and "hear here by Sun 22 Nov" in told
    (asked,) = stub.called("POST /price-requests")
    assert asked["body"] == {"device": "apple-iphone-13", "faults": ["malware"]}
    assert "anything else" in chat.say("ok")


def test_where_no_price_can_be_asked_a_person_is(chat, stub):
    stub.refuse("POST /price-requests", "too_many_price_requests", 409)
    chat.say("iphone 13 full of viruses")
    chat.say("yes")
    assert chat.last["asks"][0]["reason"] == "no_price"


def test_a_price_that_came_from_the_technicians_is_taken_up(chat, stub):
    chat.say("iphone 13 cracked screen")
    quote = chat.parts("quote")[0]["id"]
    chat.say("start again")
    chat.say(f'/choose{{"quote": "{quote}"}}', payload=True)
    assert chat.parts("slots") and stub.called("GET /slots")[-1]["query"]["quote"] == quote


def test_other_parts_are_another_price(chat, stub):
    chat.say("iphone 13 cracked screen")
    assert "With the maker's own parts" in str(chat.parts("choices"))
    chat.choose("With the maker's own parts")
    assert stub.called("POST /quotes")[-1]["body"]["grade"] == "genuine" and chat.parts("quote")[0]["other_grades"] == []
    chat.say("yes")
    assert chat.parts("slots")


def test_a_cheaper_price_may_be_asked_for_in_words(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("can you use a cheaper screen please")
    assert stub.called("POST /quotes")[-1]["body"].get("grade") == "standard"


def test_more_times_are_other_times(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    first = {slot["starts_at"] for slot in chat.parts("slots")[0]["slots"]}
    chat.choose("More times")
    assert not first & {slot["starts_at"] for slot in chat.parts("slots")[0]["slots"]}


@pytest.mark.parametrize(
    ("wish", "words"), [("sunday at 10", "We're closed on Sundays"), ("yesterday at 3", "gone by already"), ("tomorrow at 4am", "not free")]
)
def test_a_time_that_cannot_be_had(chat, wish, words):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    assert words in chat.say(wish) and chat.parts("slots")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("slot_taken", 409, "just been taken"),
        ("slot_not_offered", 422, "don't offer that time"),
        ("slot_past", 422, "gone by"),
        ("quote_expired", 410, "run out"),
        ("too_many_holds", 429, "in a few minutes"),
    ],
)
def test_a_refused_time_leads_on(chat, stub, code, status, words):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    stub.refuse("POST /holds", code, status)
    assert words in chat.choose("Mon")
    if code == "quote_expired":
        chat.say("yes")
    assert "holding" in chat.choose("Tue")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("hold_expired", 410, "Booked"),
        ("slot_taken", 409, "just been taken"),
        ("quote_expired", 410, "run out"),
        ("email_invalid", 422, "does not look right"),
        ("too_many_bookings", 429, "several bookings"),
    ],
)
def test_a_refused_booking_leads_on(chat, stub, code, status, words):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    stub.refuse("POST /bookings", code, status)
    assert words in chat.say("yes")


def test_an_impossible_email(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    assert "does not look right" in chat.say("jo bloggs, jo@home")
    assert "jo@home.uk" in chat.say("jo@home.uk")


def test_yes_with_a_change_shows_the_summary_first(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    chat.say("yes but make it friday at 11:00")
    assert booked(stub) == [] and "Fri 27 Nov, 11:00" in chat.said
