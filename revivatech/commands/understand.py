"""`revivatech understand`: what the assistant makes of each line, as JSON; nothing needs to run."""

import argparse
import contextlib
import json
import os
import sys

from revivatech.paths import PYTHON, ROOT
from revivatech.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """One line in, one JSON line out, until the input ends."""
    if sys.prefix != str(PYTHON.parent.parent):
        _prepare()
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", "revivatech", *sys.argv[1:]])
    from models.text.artifacts import BrokenModel
    from models.text.understanding import Understanding

    try:
        understanding = Understanding.load()
    except BrokenModel as broken:
        raise Trouble(f"The language models cannot be used: {broken}", "run `make setup`, which builds them anew.") from None
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        print(json.dumps(understanding.understand(line.rstrip("\r\n")), ensure_ascii=False), flush=True)
    return 0


def _prepare() -> None:
    """Make what is missing, telling of it on standard error: standard output is for answers."""
    from revivatech.setup.plan import understanding
    from revivatech.setup.steps import carry_out

    with contextlib.redirect_stdout(sys.stderr):
        carry_out(understanding())
