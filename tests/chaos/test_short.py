"""The short form of the chaos scenarios, on the running product; `make chaos` runs the long one."""

import pytest

from tests.chaos.fence import takeover_fence
from tests.chaos.no_loss import no_loss
from tests.chaos.one_slot import one_slot
from tests.chaos.opening import one_conversation
from tests.chaos.report import Report
from tests.chaos.same_id import same_id
from tests.stack import Stack

pytestmark = pytest.mark.timeout(600)


async def test_a_slot_is_booked_as_often_as_there_are_benches(stack: Stack) -> None:
    clean(await one_slot(stack, rounds=2))


async def test_first_messages_at_once_make_one_conversation(stack: Stack) -> None:
    clean(await one_conversation(stack, rounds=5))


async def test_a_client_id_stands_for_one_message(stack: Stack) -> None:
    clean(await same_id(stack, pairs=100))


async def test_the_assistant_is_silent_and_still_after_a_takeover(stack: Stack) -> None:
    clean(await takeover_fence(stack, rounds=60))


async def test_nothing_is_lost_whatever_is_killed(stack: Stack) -> None:
    clean(await no_loss(stack, messages=3_000, kills=20))


def clean(report: Report) -> None:
    print(report)
    assert report.clean, str(report)
