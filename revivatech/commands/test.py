"""`revivatech test`: prepare everything, then every check and every test; the Python suite last, so that its summary stands last."""

import argparse

from revivatech.commands.lint import failures, passed
from revivatech.paths import BOT_PYTHON, NODE, PYTHON, ROOT, var
from revivatech.setup import checks
from revivatech.setup.assistant import RASA_ENVIRONMENT
from revivatech.setup.browser import chromium
from revivatech.setup.plan import everything
from revivatech.setup.steps import carry_out

_SIDE_BY_SIDE = ["-n", "2", "--dist", "worksteal"]
#: Most tests bring their own small site; those of the whole product bring one of it for each of two workers, or take the machine alone.
SUITES = {
    "The Python suite": ["-q", "-m", "not whole", *_SIDE_BY_SIDE],
    "The whole product": ["-q", "-m", "whole and not alone", "--durations=10", *_SIDE_BY_SIDE],
    "The whole product, killed and measured": ["-q", "-m", "alone", "--durations=5"],
}


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("pytest", nargs="*", help="arguments for the Python suite; with any, only that suite runs (put -- before options)")


def main(arguments: argparse.Namespace) -> int:
    """Return 0 when all passed."""
    carry_out(everything(dev=True))
    checks.disk_space(1000, folder=var().parent)
    failed = [] if arguments.pytest else _first_checks()
    suites: dict[str, list[str]] = {"The Python suite": arguments.pytest} if arguments.pytest else SUITES
    for title, options in suites.items():
        if not passed(title, [PYTHON, "-m", "pytest", *options], env={"REVIVATECH_CHROMIUM": str(chromium() or "")}):
            failed.append(title)
    if failed:
        print(f"\nFailed: {', '.join(failed)}.", flush=True)
    return int(bool(failed))


def _first_checks() -> list[str]:
    failed = failures()
    if not passed("Front end", [NODE / "npm", "test", "--silent"], folder=ROOT / "widget"):
        failed.append("Front end")
    if not passed("Assistant", [BOT_PYTHON, "-m", "pytest", "-q", "tests/bot"], env=RASA_ENVIRONMENT):
        failed.append("Assistant")
    return failed
