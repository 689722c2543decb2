"""The judge of takeovers can say "guilty"."""

from datetime import UTC, datetime, timedelta

from tests.chaos.fence import Done, Said, Takeover, judge

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
JOINED = "Maya from the workshop has joined the conversation."


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def clean() -> Takeover:
    said = [
        Said(1, "customer", "book it", at(0)),
        Said(2, "system", "Your booking RT-7F3K2 was made.", at(2)),
        Said(3, "system", JOINED, at(2)),
        Said(4, "customer", "hello?", at(3)),
    ]
    return Takeover("c", "book", JOINED, 2, said, [Done("booked RT-7F3K2", "RT-7F3K2", at(1))], "technician", 2)


def test_a_clean_takeover_has_no_fault() -> None:
    assert judge(clean()) == []


def test_a_word_after_the_takeover_is_noticed() -> None:
    taken = clean()
    taken.said.append(Said(5, "bot", "It is booked!", at(4)))
    assert len(judge(taken)) == 1


def test_a_deed_after_the_takeover_is_noticed_even_when_it_is_shown() -> None:
    taken = clean()
    taken.done = [Done("booked RT-7F3K2", "RT-7F3K2", at(2.001))]
    assert len(judge(taken)) == 1


def test_a_deed_before_it_that_nobody_mentions_is_noticed() -> None:
    taken = clean()
    taken.said = [said for said in taken.said if said.seq != 2]
    assert len(judge(taken)) == 1


def test_a_conversation_that_went_back_is_noticed() -> None:
    taken = clean()
    taken.owner, taken.epoch_at_end = "bot", 3
    assert len(judge(taken)) == 1


def test_a_silent_takeover_is_noticed() -> None:
    taken = clean()
    taken.said = [said for said in taken.said if said.seq != 3]
    assert judge(taken)
