"""`revivatech lock`: resolve every dependency anew into hashed files without addresses."""

import argparse
from pathlib import Path

from revivatech.paths import ROOT, UV
from revivatech.setup.shell import run

_OPTIONS = ("--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet")
#: What is compiled where, into which file.
_LOCKS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (".", ("requirements/uv.in",), "requirements/uv.txt"),
    (".", ("requirements/node.in",), "requirements/node.txt"),
    (".", ("pyproject.toml",), "requirements/run.txt"),
    (".", ("pyproject.toml", "--group", "dev"), "requirements/dev.txt"),
    ("bot", ("pyproject.toml", "--python-version", "3.10"), "requirements.txt"),
    ("bot", ("pyproject.toml", "--group", "dev", "--python-version", "3.10"), "requirements-dev.txt"),
    ("models", ("requirements.in",), "requirements.txt"),
)


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--upgrade", action="store_true", help="take newer versions where the limits allow")


def main(arguments: argparse.Namespace) -> int:
    """Renew every lock; versions stay unless --upgrade is given."""
    for folder, sources, lock in _LOCKS:
        upgrade = ["--upgrade"] if arguments.upgrade else []
        # Inside the folder, because uv reads that folder's limits.
        run(f"Resolving {Path(folder) / lock}", [UV, "pip", "compile", *sources, *_OPTIONS, *upgrade, "-o", lock], cwd=ROOT / folder)
        print(f"{Path(folder) / lock}", flush=True)
    return 0
