"""The judges of the races can say "guilty"."""

from tests.chaos import one_slot, opening, same_id
from tests.chaos.same_id import Answer

TWO = [("c", 1, "first"), ("c", 2, "second")]


def test_one_conversation() -> None:
    assert opening.judge(TWO, ["first", "second"]) == []
    assert opening.judge([("c", 1, "first"), ("d", 1, "second")], ["first", "second"])
    assert opening.judge(TWO[:1], ["first", "second"])
    assert opening.judge([*TWO, ("c", 3, "second")], ["first", "second"])
    assert opening.judge([("c", 1, "first"), ("c", 1, "second")], ["first", "second"])
    assert opening.judge([], ["first"])


def test_same_id() -> None:
    answers = [Answer("a", "m1", 1), Answer("a", "m1", 1), Answer("b", code="client_id_reused")]
    row = ("m1", 1, "a")
    assert same_id.judge("x", answers, [row]) == []
    assert same_id.judge("x", answers, [row, ("m2", 2, "b")])
    assert same_id.judge("x", answers, [])
    assert same_id.judge("x", [*answers, Answer("a", "m2", 2)], [row])
    assert same_id.judge("x", [*answers, Answer("b", "m1", 1)], [row])
    assert same_id.judge("x", [*answers, Answer("a", code="client_id_reused")], [row])
    assert same_id.judge("x", [*answers, Answer("b", code="internal")], [row])


def test_one_slot() -> None:
    taken = (409, "slot_taken")
    assert one_slot.judge(1, [(201, ""), taken, taken], 1, 0) == []
    assert one_slot.judge(1, [(201, ""), (201, ""), taken], 2, 0)
    assert one_slot.judge(3, [(201, ""), (201, ""), taken], 2, 0)
    assert one_slot.judge(1, [(201, ""), taken, (500, "internal")], 1, 0)
    assert one_slot.judge(1, [(201, ""), taken, (409, "something_else")], 1, 0)
    assert one_slot.judge(1, [(201, ""), taken], 2, 0)
    assert one_slot.judge(1, [(201, ""), taken], 1, 1)
