"""`revivatech setup`: everything `run` needs, without running it."""

import argparse

from revivatech.setup.plan import everything
from revivatech.setup.steps import carry_out


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--dev", action="store_true", help="also what testing needs")


def main(arguments: argparse.Namespace) -> int:
    """Prepare and say so."""
    carry_out(everything(dev=arguments.dev))
    print("Everything is prepared. `make run` starts the shop.")
    return 0
