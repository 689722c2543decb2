"""The edges of the dialogue: what people really write when they correct, withdraw, ask about money and days, or come back from a person."""

import pytest


def times(chat):
    return [slot["starts_at"] for slot in chat.parts("slots")[-1]["slots"]]


def quoted(chat, text="iphone 13 cracked screen"):
    chat.say(text)
    return chat


def offered(chat, text="iphone 13 cracked screen"):
    quoted(chat, text).say("yes")
    return chat


def asked_for_name(chat):
    offered(chat).choose("Mon")
    return chat


def asked_for_email(chat, name="Alan Fri"):
    asked_for_name(chat).say(name)
    return chat


def read_back(chat):
    asked_for_name(chat).say("Jo Bloggs jo@example.com")
    return chat


def booked(chat):
    read_back(chat).say("yes")
    return chat


# Names and addresses


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sorry Alan Fry", "Alan Fry"),
        ("sorry its Alan", "Alan"),
        ("oops, should be Alan Fry", "Alan Fry"),
        ("no it's alan fry not fri", "Alan Fry"),
        ("actually Alan Fry please", "Alan Fry"),
    ],
)
def test_a_name_is_corrected_whatever_it_sounds_like(chat, text, name):
    assert "Thanks, Alan." in asked_for_email(chat).say(text)
    assert name in chat.say("alan@fry.com")


@pytest.mark.parametrize("name", ["Alan Fri", "Grace", "jo", "April May", "Mr Tom Baker"])
def test_a_name_is_a_name_though_it_looks_like_something_else(chat, name):
    assert "Thanks, " in asked_for_name(chat).say(name)
    assert f"{name.title() if name == 'jo' else name}, jo@example.com" in chat.say("jo@example.com")


@pytest.mark.parametrize("text", ["make it friday", "friday morning"])
def test_a_day_is_no_name(chat, text):
    asked_for_name(chat).say(text)
    assert "name" not in chat.state["slots"]["case"] and "Fri 27 Nov" in chat.said


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{name}}", "https://x.example"])
def test_markup_is_answered_with_the_question_again(chat, text):
    said = asked_for_name(chat).say(text)
    assert "need a name" in said and chat.parts("form") and "name" not in chat.state["slots"]["case"]


def test_markup_in_the_form_is_no_name_either(chat):
    asked_for_name(chat).fill(name="<b>Jo</b>", email="jo@example.com")
    assert "need a name" in chat.said and chat.parts("form")[0]["fields"][1]["value"] == "jo@example.com"


@pytest.mark.parametrize("text", ["jo@example.com\nBcc: all@example.com", "jo@example.com\r\nSubject: hello", "e-mail: jo@example.com"])
def test_a_header_is_nobody(chat, text):
    asked_for_name(chat).say(text)
    case = chat.state["slots"]["case"]
    assert case["email"] == "jo@example.com" and "name" not in case


def test_a_spoken_address_is_no_name(chat):
    asked_for_name(chat).say("dave dot smith at gmail dot com")
    case = chat.state["slots"]["case"]
    assert case["email"] == "dave.smith@gmail.com" and "name" not in case


# Faults and devices


@pytest.mark.parametrize(
    "text", ["remove the camera", "take off the camera", "forget the camera", "leave out the camera", "take the camera off"]
)
def test_a_fault_is_taken_off_the_quote(chat, stub, text):
    quoted(chat, "iphone 13 screen smashed, battery dies by lunch and the camera is blurry").say(text)
    assert stub.called("POST /quotes")[-1]["body"]["faults"] == ["battery_drains", "screen_cracked"]


def test_taking_the_only_fault_off_asks_what_is_wrong(chat):
    assert "What is wrong" in quoted(chat, "iphone 13 battery").say("forget the battery")


def test_just_the_one_leaves_nothing_else(chat, stub):
    quoted(chat, "iphone 13 screen smashed and the back glass is cracked too").say("actually just the back")
    assert stub.called("POST /quotes")[-1]["body"]["faults"] == ["back_glass"]


@pytest.mark.parametrize(
    ("first", "text", "slug"),
    [
        ("iphone 13 pro", "and for the 13?", "apple-iphone-13"),
        ("iphone 13 pro", "what about the 14", "apple-iphone-14"),
        ("galaxy s23", "the ultra", "samsung-galaxy-s23-ultra"),
        ("pixel 7a", "how much for the 7?", "google-pixel-7"),
        ("iphone 13", "no its the pro", "apple-iphone-13-pro"),
    ],
)
def test_a_short_name_means_the_brother(chat, stub, first, text, slug):
    quoted(chat, f"{first} cracked screen").say(text)
    assert stub.called("POST /quotes")[-1]["body"] == {"device": slug, "faults": ["screen_cracked"]}


def test_the_time_still_stands_when_the_device_changes(chat):
    assert "Google Pixel 7a" in read_back(chat).say("sorry it's a pixel 7a")
    assert "Mon 23 Nov, 09:00" in chat.say("yes") and "Shall I book it" in chat.said


# Days and times


@pytest.mark.parametrize(
    ("text", "words", "first"),
    [
        ("christmas day", "closed on Fri 25 Dec, Christmas Day", "2026-12-26"),
        ("boxing day", "free", "2026-12-26"),
        ("bank holiday monday", "closed on Mon 28 Dec, Boxing Day", "2026-12-29"),
        ("sunday", "closed on Sundays", "2026-11-30"),
        ("next tue", "free", "2026-11-24"),
        ("a week on friday", "free", "2026-12-04"),
        ("not tomorrow, wednesday", "free", "2026-11-25"),
        ("any time after wednesday", "free", "2026-11-26"),
    ],
)
def test_days_as_people_call_them(chat, text, words, first):
    assert words in offered(chat).say(text) and times(chat)[0][:10] == first


def test_a_day_and_an_hour_asked_about_are_a_wish_where_a_time_is_awaited(chat, stub):
    offered(chat).say("is tuesday at 10 ok?")
    assert "holding Tue 24 Nov, 10:00" in chat.said
    assert "we're open" in offered(chat).say("are you open on tuesday at 10?")


@pytest.mark.parametrize("text", ["32nd of december", "30 feb", "31/11", "the 35th"])
def test_an_impossible_day_is_said_to_be_none(chat, text):
    said = offered(chat).say(text)
    assert "no " in said and "Which day did you mean" in said and chat.parts("slots")


@pytest.mark.parametrize(("text", "hour"), [("4ish", "16"), ("make it 3", "15"), ("2", "14"), ("about 10", "10")])
def test_hours_as_people_write_them(chat, text, hour):
    offered(chat).say("thursday")
    chat.say(text)
    assert f"Thu 26 Nov, {hour}:00" in chat.said


@pytest.mark.parametrize("text", ["any", "first available", "don't mind, whichever", "not fussed mate", "any of them"])
def test_whoever_does_not_mind_gets_the_first(chat, text):
    first = offered(chat).parts("slots")[0]["slots"][0]["title"]
    assert f"holding {first}" in chat.say(text)


def test_a_part_of_the_day_is_no_greeting_among_times(chat):
    offered(chat).say("tuesday")
    chat.say("evening")
    assert all("2026-11-24T16" <= at < "2026-11-25" for at in times(chat))


def test_a_day_and_a_bare_hour(chat):
    assert "Fri 27 Nov, 10:00" in offered(chat).say("friday 10")


def test_a_day_is_shown_spread_and_its_half_closer(chat):
    offered(chat).say("thursday")
    day = times(chat)
    assert len(day) == 6 and day[0][11:16] == "09:00" and day[-1][11:16] == "17:30"
    chat.say("what else on thursday")
    assert not set(day) & set(times(chat))
    chat.say("thursday afternoon")
    assert len(times(chat)) == 6 and all(at[11:16] >= "12:00" for at in times(chat))


@pytest.mark.parametrize("text", ["ok whens the next available", "when are you free", "whats the soonest you can do"])
def test_asking_for_times_accepts_the_quote(chat, text):
    quoted(chat).say(text)
    assert chat.parts("slots")


def test_a_wish_told_first_is_kept(chat):
    chat.say("can i come in tomorrow after 4")
    assert chat.last["intent"] == "book_repair"
    chat.say("iphone 13 screen broken")
    chat.say("yes")
    assert all("2026-11-23T16" <= at < "2026-11-24" for at in times(chat))


# Questions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("what about bank holidays", "Fri 25 Dec (Christmas Day)"),
        ("open late thursdays?", "On Thu 26 Nov we're open 09:00–18:00"),
        ("are you open on christmas day", "closed, I'm afraid: Christmas Day"),
        ("open sunday?", "On Sun 29 Nov we're closed"),
        ("do you do same day", "same day"),
        ("any chance of a discount", "can't take anything off"),
        ("do you price match", "the same for everybody"),
        ("is the price fixed", "the price you pay"),
        ("too expensive", "I understand"),
        ("do you fix toasters?", "toasters are beyond us"),
        ("can you mend my hoover", "hoovers are beyond us"),
    ],
)
def test_questions_have_their_own_answers(chat, text, words):
    assert words in chat.say(text)


def test_too_expensive_offers_a_person_and_not_a_time(chat):
    quoted(chat).say("too expensive")
    chat.choose("With cheaper parts")
    assert "find you a time" not in chat.say("too expensive")
    chat.say("yes")
    assert chat.last["asks"][0]["type"] == "handoff"


def test_too_expensive_and_on_with_it_all_the_same(chat):
    quoted(chat).say("that's dear")
    chat.say("ok go on book it")
    assert chat.parts("slots") and not chat.last["asks"]


def test_whoever_has_no_reference_is_told_where_it_stands(chat):
    chat.say("is my phone ready")
    assert "confirmation we sent" in chat.say("dont have it")


def test_what_is_booked_is_changed_by_a_person(chat):
    assert "by a person" in booked(chat).say("change the name")
    chat.say("yes")
    assert chat.last["asks"][0]["type"] == "handoff"


def test_help_says_what_can_be_had(chat):
    chat.say("hello")
    for text in ("what can you do", "help"):
        assert "price a repair" in chat.say(text) and chat.offers()
    assert "I'm here" in chat.say("are you there?")
    quoted(chat)
    assert "own words" in chat.say("help") and "shall I find you a time" in chat.said


def test_after_a_booking_my_phone_is_the_one_booked(chat):
    said = booked(chat).say("what is happening with my phone")
    assert "booked in for Mon 23 Nov, 09:00" in said and chat.parts("repair")


def test_somebody_elses_booking_tells_no_time(chat, stub):
    booked(chat)
    stub.refuse("GET /bookings/{reference}", "reference_unknown", 404)
    assert "23 Nov" not in chat.say("is my phone ready") and "booked in" in chat.said


# What is said


def test_the_times_stand_in_the_text_and_nothing_leads_up_to_them(chat):
    """A window that draws the times as buttons leaves their lines out: what stays must be whole without them."""
    offered(chat)
    for _ in range(2):
        message = chat.last["messages"][-1]
        titles = [slot["title"] for part in message["parts"] for slot in part["slots"]]
        assert all(title in message["text"].split("\n") for title in titles)
        rest = [line for line in message["text"].split("\n") if line not in titles]
        assert rest and all(line.endswith(("?", ".")) for line in rest)
        chat.choose("More times")


def test_nothing_is_read_back_twice_in_the_same_words(chat):
    first = read_back(chat).said
    assert "Let me read it back" in first
    assert "Let me read it back" not in chat.say("actually my email is jo@bloggs.uk") and "jo@bloggs.uk" in chat.said


def test_a_device_is_not_asked_for_in_the_same_words(chat):
    first = chat.say("the battery is knackered and the backs smashed n all")
    assert "a battery that runs down quickly and a broken back" in first
    assert chat.say("is there a warranty").split("\n")[-1] not in first


def test_a_question_in_the_middle_is_followed_by_a_short_question(chat):
    read_back(chat)
    said = chat.say("are you a bot")
    assert "Shall I book it?" in said and "Let me read it back" not in said and len(said) < 260


def test_thanks_end_the_talk_where_nothing_is_in_the_making(chat):
    chat.say("i want to book a repair")
    assert "device" not in chat.say("thats all ta")
    quoted(chat)
    assert "Nothing is booked" in chat.say("no thanks bye") or "Bye" in chat.said or "Goodbye" in chat.said


def test_a_yes_with_thanks_after_a_booking_needs_no_answer(chat):
    said = booked(chat).say("yes that's right, thank you")
    assert "not sure what you mean" not in said


# After a person


def after_a_person(chat, text, *heard, payload=False):
    answer = chat.post(text, payload, context={"customer": {}, "handed_back": {"by": "Maya", "at": chat.now, "heard": list(heard)}})
    assert answer.status_code == 200, answer.text
    chat.last = answer.json()
    chat.state = chat.last["state"]
    return chat.said


def test_what_was_told_to_a_person_is_not_asked_again(chat, stub):
    chat.say("i want to book a repair")
    heard = ["its an iphone 13", "battery is dead by lunch", "my name is Jo Bloggs", "jo@example.com", "thanks for that"]
    said = after_a_person(chat, "/recall", *heard, payload=True)
    assert "iPhone 13" in said and "jo@example.com" in said and "£59.00" in said
    assert not stub.called("POST /holds") and not stub.called("POST /bookings")
    chat.say("yes")
    assert "Jo Bloggs, jo@example.com" in chat.choose("Mon")


def test_a_yes_to_a_person_books_nothing(chat, stub):
    read_back(chat)
    after_a_person(chat, "are you open on saturday", "yes please book it", "cancel it", "start again")
    assert not stub.called("POST /bookings") and chat.state["slots"]["case"]["slot"]


@pytest.mark.parametrize("heard", [None, "yes", [1, {}], ["x" * 5000]])
def test_whatever_was_heard_breaks_nothing(chat, heard):
    context = {"customer": {}, "handed_back": {"by": "Maya", "heard": heard}}
    assert chat.post("hello", context=context).status_code == 200


def test_a_picker_gets_the_week_while_the_words_stay_few(chat):
    offered(chat)
    part = chat.parts("slots")[0]
    assert len(part["slots"]) == 4 and len(chat.said.split("\n")) < 8
    week = [slot["starts_at"] for slot in part["week"]]
    assert week == sorted(set(week)) and {slot["starts_at"] for slot in part["slots"]} <= set(week)
    assert len({at[:10] for at in week}) >= 5 and len(week) <= 120


def test_later_days_are_later_and_keep_the_hour_that_was_wished(chat):
    offered(chat).say("an afternoon would be best")
    part = chat.parts("slots")[0]
    assert all(slot["starts_at"][11:13] >= "12" for slot in part["week"])
    chat.say(part["later"]["payload"], payload=True)
    after = chat.parts("slots")[0]
    assert after["week"][0]["starts_at"][:10] > part["week"][-1]["starts_at"][:10]
    assert all(slot["starts_at"][11:13] >= "12" for slot in after["slots"] + after["week"])


def test_any_time_of_the_week_can_be_taken(chat):
    offered(chat)
    taken = next(slot for slot in chat.parts("slots")[0]["week"] if slot not in chat.parts("slots")[0]["slots"])
    assert f"holding {taken['title']}" in chat.say(taken["payload"], payload=True)


def test_what_went_meanwhile_is_not_asked_about_again(chat, stub):
    offered(chat)
    first = chat.parts("slots")[0]["slots"][0]
    stub.gone.add(first["starts_at"])
    chat.say("do you do refunds")
    shown = chat.parts("slots")[0]
    assert first["title"] not in [slot["title"] for slot in shown["slots"] + shown["week"]] and shown["slots"]


def test_a_name_beside_a_number_is_taken(chat):
    asked_for_name(chat)
    said = chat.say("Dave Brown 07700 900123")
    assert "Dave" in said and "e-mail" in said
    said = chat.say("dave.b@example.com")
    assert "Dave Brown" in said and "+44 7700 900123" in said.replace("+447700900123", "+44 7700 900123")


def test_a_thing_we_do_not_mend_is_named(chat):
    assert "toasters" in chat.say("can i get a toaster fixed")


# Dear, or not yet


def test_whoever_finds_it_dear_hears_of_cheaper_parts_first(chat, stub):
    quoted(chat)
    said = chat.say("that's too expensive")
    assert "With cheaper parts it comes to £" in said and "Ask a person" in [offer["title"] for offer in chat.offers()]
    chat.choose("With cheaper parts")
    assert stub.called("POST /quotes")[-1]["body"]["grade"] == "standard"
    assert "A person can tell you" in chat.say("that is still too expensive")


def test_thinking_about_it_gives_nothing_up(chat):
    quoted(chat)
    assert "The price holds until" in chat.say("let me think about it")
    chat.say("ok find me a time")
    assert chat.parts("slots")


def test_a_question_about_data_is_no_question_about_danger(chat):
    chat.say("pixel 8 pro fell in the sea")
    assert "Rice" not in chat.say("will my photos be safe")
    assert "Rice" in chat.say("is it safe to charge it")


def test_one_of_two_asked_as_a_question(chat):
    chat.say("samsung galaxy tab s8 not charging and pixel 7 battery")
    said = chat.say("what if i only do the tablet")
    assert "left out" in said and "Tab S8" in said


def test_a_yes_to_the_cheaper_parts_takes_them(chat, stub):
    quoted(chat).say("that's too expensive")
    chat.say("yes ok")
    assert stub.called("POST /quotes")[-1]["body"]["grade"] == "standard" and chat.parts("quote")


def test_a_day_beyond_the_calendar_leads_to_the_next_free_times(chat, stub):
    quoted(chat).say("yes")
    stub.last_day = "2026-12-31"
    said = chat.say("monday 25 october")
    assert "next free times" in said and chat.parts("slots")


def test_a_refused_time_leads_to_others(chat, stub):
    quoted(chat).say("yes")
    chat.choose("Mon")
    chat.say("no that time doesn't work")
    assert chat.parts("slots")


def test_a_name_read_back_is_corrected_in_a_word(chat):
    read_back(chat)
    assert "Joanna" in chat.say("make that Joanna") and "Shall I book it?" in chat.said
    chat.say("make it two")
    assert "Joanna" in chat.said


def test_whoever_cannot_say_what_is_wrong_is_helped_and_then_passed_on(chat):
    assert "What is wrong with it?" in chat.say("iphone 12")
    said = chat.say("no idea what's wrong with it")
    assert "Not easy to say?" in said
    chat.choose("Ask a technician")
    assert chat.last["asks"][0]["type"] == "handoff"


def test_the_same_question_is_not_asked_thrice(chat):
    chat.say("iphone 12")
    asked = [chat.say("it just acts weird") for _ in range(3)]
    assert len(set(asked)) >= 2 and "Ask a technician" in [offer["title"] for offer in chat.offers()]
