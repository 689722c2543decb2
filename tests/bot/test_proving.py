"""An order booked elsewhere is shown, moved and cancelled after a code from its address; nobody learns which orders exist."""

import pytest

THEIRS, NOBODYS = "RT-F2R3N", "RT-22222"


def test_the_stage_needs_no_proof_and_the_detail_a_code(chat, stub):
    said = chat.say(f"whats happening with {THEIRS}")
    assert "in repair" in said and "e-mail a code" in said
    said = chat.choose("Send me a code")
    assert f"If {THEIRS} is one of ours" in said and chat.parts("form")[0]["fields"][0]["autocomplete"] == "one-time-code"
    stub.stage, stub.note = "in_repair", "New screen is on, testing it tonight."
    said = chat.fill(code="123456")
    assert "in repair" in said and "New screen is on" in said


@pytest.mark.parametrize(
    ("state", "label", "words"),
    [
        ("expected", "Thursday 3 December, 17:00", "should be ready by about Thursday 3 December, 17:00"),
        ("late", "Thursday 3 December, 13:00", "taking longer than we thought"),
        ("overdue", None, "we owe you a new time"),
        ("open", None, ""),
    ],
)
def test_by_when_it_will_be_ready_is_for_its_customer_alone(chat, stub, state, label, words):
    stub.stage, stub.ready = "in_repair", {"state": state, "at": None, "label": label, "sentence": "For pages and mails."}
    coarse = chat.say(f"when will {THEIRS} be ready?")
    assert "in repair" in coarse and "ready by" not in coarse and "longer" not in coarse
    chat.choose("Send me a code")
    said = chat.fill(code="123456")
    assert words in said and (label or "") in said and "For pages" not in said
    assert ("ready by" in said or "longer" in said) == (state != "open")


@pytest.mark.parametrize("typed", ["123456", "123 456", "the code is 123-456", "its 123 456 i think"])
def test_a_code_is_read_however_it_is_typed(chat, stub, typed):
    chat.say(f"i need to cancel {THEIRS}")
    chat.choose("Send me a code")
    assert f"Shall I cancel {THEIRS}" in chat.say(typed)
    assert "is cancelled" in chat.say("yes")
    assert stub.called("POST /orders/proofs")[0]["body"]["reference"] == THEIRS


def test_moving_goes_on_where_it_was_asked(chat, stub):
    chat.say(f"can you move {THEIRS}")
    chat.choose("Send me a code")
    assert f"{THEIRS} is on Wed 25 Nov, 12:00 now" in chat.say("123456")
    assert chat.say("friday at 3pm").endswith("to Fri 27 Nov, 15:00?")
    assert "Fri 27 Nov, 15:00 now" in chat.say("yes")


def test_words_are_the_same_whether_there_is_such_an_order(chat):
    heard = []
    for reference in (THEIRS, NOBODYS):
        said = [chat.say(f"cancel my booking {reference}"), chat.choose("Send me a code"), chat.say("999999"), chat.say("never mind")]
        heard.append([words.replace(reference, "RT") for words in said])
    assert heard[0] == heard[1]


def test_wrong_lapsed_and_locked_codes_lead_on(chat, stub):
    chat.say(f"cancel {THEIRS}")
    chat.choose("Send me a code")
    assert "not the code" in chat.say("000000") and chat.parts("form")
    assert "six digits" in chat.fill(code="12")
    stub.refuse("POST /orders/proofs", "code_expired", 410)
    assert "no longer valid" in chat.say("123456")
    chat.choose("Send a new code")
    stub.refuse("POST /orders/proofs", "code_locked", 429)
    assert "a while" in chat.say("111111") and "person" in chat.said
    stub.refuse("POST /orders/proofs", "code_locked", 429)
    assert "a while" in chat.say("222222")  # not a message without sense
    stub.refuse("POST /orders/codes", "code_locked", 429)
    chat.say(f"cancel {THEIRS}")
    assert "can't send another code" in chat.choose("Send me a code")


def test_a_question_in_the_middle_and_a_change_of_mind(chat, stub):
    chat.say(f"cancel {THEIRS}")
    chat.choose("Send me a code")
    said = chat.say("where are you?")
    assert "Mill Street" in said and "six-digit code" in said
    chat.say("nothing came yet")
    assert len(stub.called("POST /orders/codes")) == 2
    assert "no code" in chat.say("forget it")
    assert "£129.00" in chat.say("iphone 13 cracked screen")


def test_a_person_can_be_had_at_any_time(chat):
    chat.say(f"cancel {THEIRS}")
    chat.choose("Send me a code")
    chat.say("can i talk to a human")
    assert chat.last["asks"][0]["type"] == "handoff"
