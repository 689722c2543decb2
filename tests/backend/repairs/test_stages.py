"""Which moves a repair allows, and what its customer sees."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ids import uuid7
from backend.repairs import stages
from backend.repairs.errors import MoveNotAllowed, StaleVersion
from backend.repairs.models import Repair
from backend.repairs.stages import MOVES, PATH, Stage

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def repair(stage: Stage = Stage.BOOKED, held_from: Stage | None = None) -> Repair:
    return Repair(id=uuid7(), stage=stage.value, held_from=held_from.value if held_from else None, version=1, created_at=NOW, moved_at=NOW)


def move(subject: Repair, to: Stage, version: int | None = None) -> None:
    subject.move(to, expected_version=version or subject.version, note=None, public=False, by=None, now=NOW + timedelta(hours=1))


def test_the_usual_way_through_the_workshop() -> None:
    subject = repair()
    way = [
        Stage.RECEIVED,
        Stage.DIAGNOSING,
        Stage.AWAITING_APPROVAL,
        Stage.AWAITING_PARTS,
        Stage.REPAIRING,
        Stage.QUALITY_CHECK,
        Stage.READY,
        Stage.COLLECTED,
        Stage.CLOSED,
    ]
    for stage in way:
        move(subject, stage)
    assert subject.at is Stage.CLOSED and subject.version == 10 and subject.allowed == []


@pytest.mark.parametrize("stage", list(Stage))
def test_every_move_that_is_not_in_the_table_is_refused(stage: Stage) -> None:
    for to in Stage:
        subject = repair(stage)
        if to in MOVES[stage]:
            move(subject, to)
            assert subject.at is to and subject.version == 2
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                move(subject, to)
            assert subject.at is stage and subject.version == 1
            assert refused.value.extra["allowed"] == [allowed.value for allowed in subject.allowed]


def test_whoever_saw_an_older_version_is_refused() -> None:
    subject = repair()
    move(subject, Stage.RECEIVED)
    with pytest.raises(StaleVersion) as refused:
        move(subject, Stage.DIAGNOSING, version=1)
    assert refused.value.extra == {"stage": "received", "version": 2}


def test_from_hold_it_goes_back_to_where_it_was_held() -> None:
    subject = repair(Stage.REPAIRING)
    move(subject, Stage.ON_HOLD)
    assert set(subject.allowed) == {Stage.REPAIRING, Stage.UNREPAIRABLE, Stage.CANCELLED}
    with pytest.raises(MoveNotAllowed):
        move(subject, Stage.DIAGNOSING)
    move(subject, Stage.REPAIRING)
    assert subject.held_from is None


@given(st.lists(st.sampled_from(list(Stage)), max_size=30))
def test_whatever_is_tried_the_customer_sees_one_current_step(tries: list[Stage]) -> None:
    subject, reached = repair(), {stages.step_of(Stage.BOOKED)}
    for to in tries:
        try:
            move(subject, to)
        except MoveNotAllowed:
            continue
        reached.add(stages.step_of(subject.at, subject.held))
    shown = stages.path_of(subject.at, subject.held, frozenset(reached))
    assert [step.state for step in shown].count("current") == 1
    order = {"done": 0, "current": 1, "todo": 2}
    assert [order[step.state] for step in shown] == sorted(order[step.state] for step in shown)
    assert len(shown) == len(PATH) or shown[-1].step == "cancelled"


def test_every_stage_has_words() -> None:
    assert set(stages.LABELS) == set(Stage) == set(stages.MOVES) == set(stages.STAFF_LABELS)
