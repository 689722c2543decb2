"""`python -m tests.simulated [--customers 300] [--seed N]`: a crowd at a shop of its own, judged by what the database holds at the end."""

import argparse
import sys
import time

import uvloop

from tests.bench import figures
from tests.simulated import report
from tests.simulated.crowd import AT_ONCE, Ended, keep, visit
from tests.simulated.roomy import expect, widen
from tests.stack import Stack, running


async def crowd(stack: Stack, customers: int, seed: int, at_once: int) -> list[Ended]:
    """So many customers at a shop with room for them."""
    await expect(stack.database)
    await widen(stack.database)
    return await visit(stack, seed, range(customers), at_once=at_once)


def main() -> int:
    """Let them come, and tell how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulated", description="Simulated customers at a running shop.")
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="how many talk at the same time")
    parser.add_argument("--save", action="store_true", help="make these the stored figures")
    parser.add_argument("--all", action="store_true", help="keep every transcript, not only of those who failed")
    asked = parser.parse_args()
    with running() as stack:
        began = time.monotonic()
        ended = uvloop.run(crowd(stack, asked.customers, asked.seed, asked.at_once))
        took = time.monotonic() - began
    folder = keep(ended, everybody=asked.all)
    found = report.figures(ended, asked.seed)
    print(f"\n{figures.machine()}; {took:.0f} s\n\n{figures.table(found, figures.stored())}")
    print(f"\n{report.failures(ended)}\n\nTranscripts: {folder}")
    if asked.save:
        figures.store(found)
    return 0 if report.successes(ended) >= report.SUCCESS / 100 * len(ended) and not report.wrong(ended) else 1


if __name__ == "__main__":
    sys.exit(main())
