"""Back tomorrow in another tab: the same conversation, one line on where it stood, and the open question."""


def test_back_tomorrow(chat):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.now = "2026-11-23T18:30:00+00:00"
    said = chat.say("hi, me again")
    assert said.startswith("Welcome back. So far: iPhone 13, cracked screen, £129.00.") and chat.parts("slots")
    assert said.count("ello") == 0
    assert "Welcome back" not in chat.say("where are you?")


def test_back_with_an_answer(chat):
    chat.say("iphone 13 cracked screen and my ipad air 5 won't charge")
    chat.now = "2026-11-24T09:00:00+00:00"
    said = chat.say("yes please")
    assert "So far: iPhone 13, cracked screen, £129.00; iPad Air (5th generation), not charging, £69.00." in said and chat.parts("slots")


def test_a_tea_break_is_no_return(chat):
    chat.say("iphone 13 cracked screen")
    chat.now = "2026-11-22T13:00:00+00:00"
    assert "Welcome back" not in chat.say("yes")


def test_nothing_open_nothing_to_remember(chat):
    chat.say("hello")
    chat.now = "2026-11-24T09:00:00+00:00"
    assert "Welcome back" not in chat.say("hello")
