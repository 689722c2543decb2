"""A judge that cannot say "guilty" proves nothing: each is shown a clean history and a broken one."""

import dataclasses
from collections.abc import Callable

import pytest

from tests.chaos import checks
from tests.chaos.history import Ack, History, Row, Sent, View
from tests.fold import Fold


def clean() -> History:
    """Two conversations of three questions with an answer each, two pages each."""
    history = History(answered={"a", "b"})
    for conversation in "ab":
        for order in range(3):
            text = f"{conversation} asks {order}"
            sent = Sent(conversation, f"{conversation}-client-{order}", text, order)
            seq = order * 2 + 1
            row = Row(conversation, f"{conversation}{seq}", sent.client_id, "customer", seq, seq, text)
            turn = f"{conversation}-turn-{order}"
            reply = Row(conversation, f"{conversation}{seq + 1}", None, "bot", seq + 1, seq + 1, "It costs £129.00.", turn)
            history.sent.append(sent)
            history.acks += [Ack(conversation, sent.client_id, row.id, seq)] * 2
            history.rows += [row, reply]
        shown = tuple(row for row in history.rows if row.conversation == conversation)
        history.views += [View("first page", conversation, shown), View("second page", conversation, shown)]
    return history


def edit(history: History, row_id: str, **changes: object) -> None:
    history.rows = [dataclasses.replace(row, **changes) if row.id == row_id else row for row in history.rows]  # type: ignore[arg-type]


def lose(history: History) -> None:
    history.rows = [row for row in history.rows if row.id != "a3"]


def lose_the_last(history: History) -> None:
    history.rows = [row for row in history.rows if row.id not in ("a5", "a6")]


def double(history: History) -> None:
    row = next(row for row in history.rows if row.id == "a5")
    history.rows.append(dataclasses.replace(row, id="a7", client_id="another", seq=7, rev=7))


def invent(history: History) -> None:
    history.rows.append(Row("b", "b7", "nobody's", "customer", 7, 7, "never said"))


def swap(history: History) -> None:
    edit(history, "a1", seq=3, rev=3)
    history.rows = [dataclasses.replace(row, seq=1, rev=1) if row.id == "a3" else row for row in history.rows]
    history.acks.clear()


def move(history: History) -> None:
    edit(history, "a5", conversation="b", seq=7, rev=7)


def alter(history: History) -> None:
    edit(history, "a5", text="a asks something else")


def promise_twice(history: History) -> None:
    history.acks.append(Ack("a", "a-client-0", "another id", 1))


def show_foreign(history: History) -> None:
    other = next(row for row in history.rows if row.id == "b1")
    history.views[0] = dataclasses.replace(history.views[0], shown=(*history.views[0].shown, other))


def show_less(history: History) -> None:
    history.views[1] = dataclasses.replace(history.views[1], shown=history.views[1].shown[:-1])


def show_old(history: History) -> None:
    shown = history.views[1].shown
    history.views[1] = dataclasses.replace(history.views[1], shown=(*shown[:-1], dataclasses.replace(shown[-1], rev=0)))


def show_reordered(history: History) -> None:
    history.views[2] = dataclasses.replace(history.views[2], shown=history.views[2].shown[::-1])


def contradict(history: History) -> None:
    history.views[0] = dataclasses.replace(history.views[0], contradictions=("message a1 had seq 1 and then 2",))


def leave_unanswered(history: History) -> None:
    history.rows = [row for row in history.rows if row.id != "a6"]


def repeat_words(history: History) -> None:
    history.rows.append(Row("a", "a7", None, "bot", 7, 7, "It costs £129.00.", "a-turn-2"))


def answer_twice(history: History) -> None:
    history.rows.append(Row("a", "a7", None, "bot", 7, 7, "It costs £129.00.", "a-turn-again"))


def answer_later_again(history: History) -> None:
    history.rows.append(Row("a", "a7", None, "bot", 7, 7, "It costs £129.00.", "a-turn-0"))


@pytest.mark.parametrize(
    ("breakage", "judge"),
    [
        (lose, checks.lost),
        (lose, checks.numbered),
        (lose_the_last, checks.lost),
        (double, checks.doubled),
        (invent, checks.doubled),
        (swap, checks.reordered),
        (move, checks.lost),
        (move, checks.doubled),
        (move, checks.foreign),
        (alter, checks.kept),
        (promise_twice, checks.kept),
        (show_foreign, checks.foreign),
        (show_less, checks.agreed),
        (show_old, checks.agreed),
        (show_reordered, checks.agreed),
        (contradict, checks.agreed),
        (leave_unanswered, checks.answered),
        (answer_twice, checks.answered),
        (answer_later_again, checks.answered),
        (repeat_words, checks.answered),
    ],
)
def test_each_judge_can_say_guilty(breakage: Callable[[History], None], judge: Callable[[History], list[str]]) -> None:
    history = clean()
    assert checks.check(history) == []
    breakage(history)
    assert list(judge(history)), f"{judge.__name__} did not notice that somebody could {breakage.__name__}"


def test_a_page_asks_when_a_change_is_missing_and_keeps_the_newest() -> None:
    def told(number: int, rev: int, text: str = "hello") -> dict[str, object]:
        return {"id": f"m{number}", "seq": number, "rev": rev, "client_id": None, "author": {"kind": "bot"}, "text": text}

    fold = Fold()
    fold.message(told(1, 1))
    fold.message(told(3, 3))
    assert fold.has_gap
    fold.page({"messages": [told(2, 2), told(3, 3), told(1, 4)], "rev": 4, "more": False})
    fold.message(told(1, 1))
    assert (fold.has_gap, fold.rev, [message["rev"] for message in fold.shown()]) == (False, 4, [4, 2, 3])
    assert not fold.contradictions
    fold.message(told(2, 5, "other words"))
    assert fold.contradictions
