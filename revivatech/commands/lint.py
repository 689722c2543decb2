"""`revivatech lint`: style, types, who may import whom, known dangers, and unused dependencies."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from revivatech.paths import NODE, PYTHON, ROOT
from revivatech.setup.plan import linting
from revivatech.setup.shell import environment, foreground
from revivatech.setup.steps import carry_out

CHECKS: tuple[tuple[str, Path, tuple[str | Path, ...]], ...] = (
    ("Style", ROOT, (PYTHON, "-m", "ruff", "check", "--quiet", "--output-format", "concise", ".")),
    ("Layout", ROOT, (PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".")),
    ("Types", ROOT, (PYTHON, "-m", "mypy", "--no-error-summary")),
    ("Who imports whom", ROOT, (PYTHON.parent / "lint-imports", "--no-logo")),
    (
        "Known dangers",
        ROOT,
        (PYTHON, "-m", "bandit", "--quiet", "--recursive", "-ll", "--configfile", "pyproject.toml", "backend", "channels", "revivatech"),
    ),
    ("Dependencies", ROOT, (PYTHON.parent / "deptry", "--no-ansi", ".")),
    ("Front end's style and types", ROOT / "widget", (NODE / "npm", "run", "--silent", "check")),
)


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Run all checks, also after one failed."""
    carry_out(linting())
    return int(bool(failures()))


def failures() -> list[str]:
    """Run every check and return the names of those that failed."""
    return [title for title, folder, argv in CHECKS if not passed(title, argv, folder=folder)]


def passed(title: str, argv: Sequence[str | Path], *, folder: Path = ROOT, env: Mapping[str, str] | None = None) -> bool:
    """Run one check with its words going straight to the reader."""
    print(f"\n── {title}", flush=True)
    told = environment(**({} if sys.stdout.isatty() else {"NO_COLOR": "1"}), **(env or {}))
    return foreground([str(part) for part in argv], cwd=folder, env=told) == 0
