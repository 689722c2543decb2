"""`python -m tests.chaos [SCENARIO …]`: the long form, on a shop of its own; ends with 1 when anything is wrong."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from tests.chaos.fence import takeover_fence
from tests.chaos.no_loss import no_loss
from tests.chaos.one_slot import one_slot
from tests.chaos.opening import one_conversation
from tests.chaos.report import Report
from tests.chaos.same_id import same_id
from tests.stack import Stack, running

Scenario = Callable[[Stack, argparse.Namespace], Coroutine[Any, Any, Report]]
SCENARIOS: dict[str, Scenario] = {
    "one-slot": lambda stack, asked: one_slot(stack, rounds=asked.rounds or 50),
    "one-conversation": lambda stack, asked: one_conversation(stack, rounds=asked.rounds or 50),
    "same-id": lambda stack, asked: same_id(stack, pairs=asked.rounds or 1_000),
    "takeover-fence": lambda stack, asked: takeover_fence(stack, rounds=asked.rounds or 1_000, number=asked.seed),
    "no-loss": lambda stack, asked: no_loss(stack, messages=asked.messages, kills=asked.kills, number=asked.seed),
}


def main() -> int:
    """Run what is asked for, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Break the shop on purpose and look for what was lost.")
    parser.add_argument(
        "scenarios", nargs="*", choices=[*SCENARIOS, []], metavar="SCENARIO", help=f"any of {', '.join(SCENARIOS)}; all by default"
    )
    parser.add_argument("--messages", type=int, default=100_000, help="no-loss: how many messages customers write")
    parser.add_argument("--kills", type=int, default=200, help="no-loss: how many processes are killed")
    parser.add_argument("--rounds", type=int, help="the others: how many rounds, pairs or takeovers")
    parser.add_argument("--seed", type=int, default=1, help="for the choice of faults and moments")
    asked = parser.parse_args()
    reports = []
    with running(sites=2) as stack:
        for name in asked.scenarios or SCENARIOS:
            report = asyncio.run(SCENARIOS[name](stack, asked))
            print(report, flush=True)
            reports.append(report)
    return int(any(not report.clean for report in reports))


if __name__ == "__main__":
    sys.exit(main())
