"""Several devices in one visit, as families bring them: each with its fault and price, all with one time."""

import pytest

TWO = "my iphone 13 screen and also my daughter's ipad won't charge"


def devices(chat):
    return [part["device"]["slug"] for part in chat.parts("quote")]


def test_each_device_gets_its_fault_its_price_and_both_one_time(chat, stub):
    said = chat.say(TWO)
    assert devices(chat) == ["apple-iphone-13"] and "Which iPad is it exactly" in said
    said = chat.say("ipad 9th gen")
    assert "not charging" in said and "Together that comes to £198.00" in said
    assert [call["body"]["faults"] for call in stub.called("POST /quotes")] == [["screen_cracked"], ["not_charging"]]
    ids = list(stub.quotes)
    chat.say("yes please")
    chat.choose("Mon")
    assert stub.called("POST /holds")[0]["body"]["quote_ids"] == ids
    said = chat.say("Jo Bloggs jo@example.com")
    assert "iPhone 13, cracked screen\niPad (9th generation), not charging" in said and "£198.00 in all" in said
    said = chat.say("yes")
    assert len(stub.bookings) == 1 and "RT-7F3K2" in said
    card = chat.parts("booking")[0]
    assert card["device"]["name"] == "apple-iphone-13 and apple-ipad-9th-generation" and card["total"]["text"] == "£198.00"


def test_a_fault_that_may_belong_to_either_is_asked_about(chat, stub):
    assert "what is wrong with the iPad Air" in chat.say("cracked screen on my iphone 13 and my ipad air 5")
    said = chat.choose("Cracked screen")
    assert "Together that comes to £258.00" in said and len(stub.quotes) == 2


@pytest.mark.parametrize(
    "text", ["iphone 13 and ipad air 5, both screens are smashed", "my iphone 13 and my wife's pixel 8 both have cracked screens"]
)
def test_both_means_both(chat, text):
    assert "Together that comes to £258.00" in chat.say(text)


def test_another_device_may_come_at_any_step(chat, stub):
    chat.say("iphone 13 cracked screen")
    chat.say("yes")
    chat.choose("Mon")
    assert "Together that comes to £188.00" in chat.say("oh and my ipad air 5 battery dies as well")
    assert stub.called("DELETE /holds/{id}"), "the time for one is given back"
    said = chat.say("yes")
    assert "Mon 23 Nov, 09:00" in said and len(stub.called("POST /holds")[-1]["body"]["quote_ids"]) == 2


def test_a_new_fault_asks_for_its_device(chat):
    chat.say("iphone 13 cracked screen and my ipad air 5 won't charge")
    assert "Which of them is that: battery runs down" in chat.say("the battery is going too")
    said = chat.say("the ipad")
    assert "iPad Air (5th generation), not charging and battery runs down" in said or "battery runs down and not charging" in said


@pytest.mark.parametrize("words", ["actually forget the ipad", "leave the ipad out", "just the iphone please"])
def test_one_can_be_left_out_and_the_time_stays(chat, stub, words):
    chat.say("iphone 13 cracked screen and my ipad air 5 won't charge")
    chat.say("yes")
    chat.choose("Mon")
    chat.say("Jo Bloggs jo@example.com")
    said = chat.say(words)
    assert "iPad Air (5th generation) is left out" in said and "Mon 23 Nov, 09:00" in said and "£129.00 in all" in said
    chat.say("yes")
    assert stub.called("POST /holds")[-1]["body"]["quote_id"] == next(iter(stub.quotes))
    assert len(stub.bookings) == 1


def test_a_correction_meets_the_device_of_its_kind(chat, stub):
    chat.say("iphone 13 cracked screen and my ipad air 5 won't charge")
    said = chat.say("no sorry, it's an iphone 13 mini")
    assert "iPhone 13 mini, cracked screen" in said and "Together that comes to £198.00" in said
    assert "iPad Air (5th generation), not charging" in chat.say("what do you know so far?").replace("\n", ", ")


def test_two_names_for_one_device_are_one_device(chat):
    chat.say("my iphone is knackered, it's an iphone 13 and the screen is cracked")
    assert devices(chat) == ["apple-iphone-13"] and "Together" not in chat.said
    chat.say("no not the 13, the iphone 14")
    assert devices(chat) == ["apple-iphone-14"] and "Together" not in chat.said


def test_a_device_without_a_price_does_not_spoil_the_other(chat, stub):
    stub.refuse("POST /quotes", "no_price", 422)
    assert "no ready price for iPhone 13" in chat.say("iphone 13 cracked screen and my ipad air 5 won't charge")
    said = chat.say("no thanks")
    assert "iPad Air (5th generation), not charging" in said and "Shall I find you a time" in said


def test_old_prices_are_all_renewed(chat, stub):
    chat.say("iphone 13 cracked screen and my ipad air 5 won't charge")
    stub.refuse("GET /slots", "quote_expired", 410)
    assert "fresh" in chat.say("yes") and "Together that comes to £198.00" in chat.said and len(stub.quotes) == 4


# Two of one kind


@pytest.mark.parametrize(
    "text",
    [
        "two iphone 13s, both with cracked screens",
        "2x iphone 13 cracked screen",
        "both me and my wife's iphone 13s have cracked screens",
        "iphone 13 cracked screen x2",
    ],
)
def test_two_of_one_model_are_two_devices(chat, stub, text):
    said = chat.say(text)
    assert devices(chat) == ["apple-iphone-13"] * 2 and "Together that comes to £258.00" in said
    assert "iPhone 13 (first), cracked screen" in said and "iPhone 13 (second), cracked screen" in said
    chat.say("yes")
    chat.choose("Mon")
    said = chat.say("Jo Bloggs jo@example.com")
    assert "iPhone 13 (first), cracked screen\niPhone 13 (second), cracked screen" in said
    chat.say("yes")
    assert len(stub.called("POST /holds")[0]["body"]["quote_ids"]) == 2 and len(next(iter(stub.bookings.values()))["repairs"]) == 2


def test_each_of_two_has_its_own_fault(chat, stub):
    said = chat.say("two iphone 13s, one with a cracked screen and the other won't charge")
    assert "iPhone 13 (first), cracked screen" in said and "iPhone 13 (second), not charging" in said and "£198.00" in said
    said = chat.say("what do you know so far?")
    assert "iPhone 13 (first)\ncracked screen" in said
    said = chat.say("forget the second one")
    assert "iPhone 13 (second) is left out" in said and "iPhone 13, cracked screen" in said


def test_another_one_of_the_same_comes_along(chat, stub):
    chat.say("iphone 13 cracked screen")
    said = chat.say("and another iphone 13 that won't charge")
    assert "iPhone 13 (second), not charging" in said and "Together that comes to £198.00" in said
    assert [call["body"]["faults"] for call in stub.called("POST /quotes")] == [["screen_cracked"], ["not_charging"]]


def test_models_of_two_phones_are_asked_one_after_the_other(chat):
    assert "Which iPhone (first) is it exactly" in chat.say("2 iphones with cracked screens")
    said = chat.say("13")
    assert "iPhone 13, cracked screen" in said and "Which iPhone is it exactly" in said
    assert "iPhone 13 (second), cracked screen" in chat.say("the same")


def test_one_answer_for_both(chat):
    chat.say("2 iphones with cracked screens")
    assert "Together that comes to £258.00" in chat.say("both are 13s")


def test_asked_for_both_prices_again_both_are_told(chat):
    chat.say("iphone 13 cracked screen and pixel 7 battery")
    said = chat.say("how much for both")
    assert "iPhone 13" in said and "Pixel 7" in said and "Together that comes to" in said
    assert len(chat.parts("quote")) == 2


def test_another_with_a_dead_battery_is_a_second_device(chat, stub):
    chat.say("iphone 13 cracked screen")
    said = chat.say("and another iphone 13 with a dead battery")
    assert "iPhone 13 (second), battery runs down" in said and len(stub.called("POST /quotes")) == 2
