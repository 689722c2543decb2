"""`revivatech chaos`: the long form of the tests that kill processes, cut lines and race each other."""

import argparse

from revivatech.commands.bench import long_form


def add(parser: argparse.ArgumentParser) -> None:
    """Everything else goes to the scenarios themselves."""
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on (try --help after --)")


def main(arguments: argparse.Namespace) -> int:
    """Prepare and break things."""
    return long_form("tests.chaos", arguments.rest)
