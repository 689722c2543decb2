"""`revivatech bench`: the measurements of `tests/bench`, on a shop of their own."""

import argparse
from pathlib import Path

from revivatech.paths import PYTHON, ROOT
from revivatech.setup.plan import everything
from revivatech.setup.shell import environment, foreground
from revivatech.setup.steps import carry_out


def add(parser: argparse.ArgumentParser) -> None:
    """Everything else goes to the benchmarks themselves."""
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on (try --help after --)")


def main(arguments: argparse.Namespace) -> int:
    """Prepare, measure, compare."""
    return long_form("tests.bench", arguments.rest)


def long_form(module: str, rest: list[str]) -> int:
    """Prepare everything for tests and run one of their long forms in the foreground."""
    carry_out(everything(dev=True))
    argv: list[str | Path] = [PYTHON, "-m", module, *(rest[1:] if rest[:1] == ["--"] else rest)]
    return foreground([str(part) for part in argv], cwd=ROOT, env=environment())
