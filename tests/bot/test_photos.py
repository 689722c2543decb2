"""Photos: thanked for, never read, and never in the way of the booking."""

from tests.bot.conversation import Conversation
from tests.bot.stub import Stub


def photos(chat: Conversation, count: int = 1, text: str | None = None) -> str:
    """A turn that came with photos: without a word the hub sends its own payload, with words the words."""
    answer = chat.post(text or "/send_photos", payload=text is None, context={"customer": chat.customer, "photos": count})
    assert answer.status_code == 200, answer.text
    chat.last = answer.json()
    chat.state = chat.last["state"]
    return chat.said


def test_a_photo_alone_is_thanked_for_and_no_fault_is_guessed(chat: Conversation, stub: Stub) -> None:
    said = photos(chat)
    assert len(chat.last["messages"]) == 1
    assert said.startswith("Thanks for the photo. Our technician will see it.") and "which device" in said
    assert "£" not in said and not any(name in said.lower() for name in ("screen", "battery", "crack"))
    assert chat.parts("choices") == [] and not (chat.state or {})["slots"].get("case")


def test_several_are_counted(chat: Conversation) -> None:
    assert photos(chat, 3).startswith("Thanks for the 3 photos. Our technician will see them.")


def test_a_photo_in_the_middle_is_acknowledged_and_the_step_resumed_in_one_message(chat: Conversation) -> None:
    chat.say("my iphone 13 screen is cracked")
    chat.say("yes please")
    offered = chat.parts("slots") or chat.parts("choices")
    said = photos(chat)
    assert len(chat.last["messages"]) == 1
    assert said.startswith("Thanks for the photo.") and "which time" in said.lower()
    assert bool(chat.parts("slots") or chat.parts("choices")) == bool(offered)


def test_while_the_fault_is_asked_for_the_photo_does_not_answer_it(chat: Conversation) -> None:
    chat.say("how much for an iphone 13")
    before = (chat.state or {})["slots"]["case"]
    said = photos(chat, 2)
    assert len(chat.last["messages"]) == 1 and said.startswith("Thanks for the 2 photos.") and "iPhone 13" in said
    assert (chat.state or {})["slots"]["case"].get("faults") == before.get("faults")


def test_words_beside_a_photo_are_answered_and_the_photo_thanked_for(chat: Conversation) -> None:
    said = photos(chat, 1, "the screen of my iphone 13 is cracked")
    assert "Thanks for the photo." in said and "£" in said
    assert said.count("Thanks for the photo") == 1


def test_words_alone_bring_no_thanks(chat: Conversation) -> None:
    assert "photo" not in chat.say("the screen of my iphone 13 is cracked")


def test_after_a_booking_a_photo_asks_for_nothing_that_is_known(chat: Conversation, stub: Stub) -> None:
    chat.state = {"version": 1, "slots": {"orders": ["RT-7F3K2"], "introduced": True}, "loop": None, "events": []}
    said = photos(chat)
    assert said.startswith("Thanks for the photo.") and "which device" not in said


def test_a_count_that_is_none_is_passed_over(chat: Conversation) -> None:
    for count in (0, -1, "three", None, {}):
        answer = chat.post("hello", context={"customer": {}, "photos": count})
        assert answer.status_code == 200 and "photo" not in answer.text
