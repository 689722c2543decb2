"""`python -m tests.bench [PART …]`: measure a shop of its own and print the figures beside the stored ones."""

import argparse
import sys
from collections.abc import Iterable

import uvloop

from tests.bench import figures, sizes, sockets, starting, turns
from tests.bench import http as reads
from tests.bench.figures import Figure
from tests.people import browser
from tests.stack import Stack, running

PARTS = ("start", "turns", "late-turn", "sockets", "http", "search", "widget")


async def measure(stack: Stack, parts: Iterable[str], *, short: bool = False) -> list[Figure]:
    """The figures of the parts, `start` and `widget` aside; `short` only shows that measuring works."""
    found: list[Figure] = []
    async with browser() as http:
        if "turns" in parts:
            found += await turns.bot_turn(stack, http, seconds=2 if short else 60)
        if "late-turn" in parts:
            found += await turns.late_turn(stack, http, turns=12 if short else 200)
        if "sockets" in parts:
            size = {"sockets": 20, "rate": 32.0, "seconds": 5.0} if short else {"sockets": 1_000, "rate": 200.0, "seconds": 30.0}
            found += await sockets.chat_ack(stack, http, **size)  # type: ignore[arg-type]
        if "http" in parts:
            found += await reads.http_reads(stack, http, rate=100, seconds=1 if short else 20)
        if "search" in parts:
            found += await reads.device_search(stack, http, seconds=1 if short else 10)
    return found


def main() -> int:
    """Measure what is asked for, everything by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the running shop.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=f"any of {', '.join(PARTS)}; all by default")
    parser.add_argument("--save", action="store_true", help="make these the stored figures")
    asked = parser.parse_args()
    parts = asked.parts or PARTS
    found: list[Figure] = []
    if set(parts) != {"widget"}:
        with running() as stack:
            if "start" in parts:
                found += starting.start(stack)
            found += uvloop.run(measure(stack, parts))
    if "widget" in parts:
        found += sizes.widget()
    print(f"\n{figures.machine()}\n\n{figures.table(found, figures.stored())}", flush=True)
    if asked.save:
        figures.store(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
