"""The Python environments: the root's, the assistant's on Python 3.10, the models', each from a hashed lock."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from revivatech.paths import BOT_PYTHON, MODELS_PYTHON, PYTHON, ROOT, TOOLS, UV
from revivatech.setup.digests import Stamp, of_sources
from revivatech.setup.shell import run
from revivatech.setup.steps import Step
from revivatech.trouble import Trouble

Interpreter = Callable[[], str]


def root_environment(*, dev: bool) -> Step:
    """`.venv`, with the tools for tests when `dev`."""
    return _environment(
        "Python environment", PYTHON, _same_python, ("requirements/run.txt",), ("requirements/dev.txt",), dev=dev, megabytes=700
    )


def bot_environment(*, dev: bool) -> Step:
    """`bot/.venv`, on Python 3.10."""
    runtime, testing = ("bot/requirements.txt",), ("bot/requirements-dev.txt",)
    return _environment(
        "The assistant's environment (Rasa, Python 3.10)", BOT_PYTHON, python_310, runtime, testing, dev=dev, megabytes=3200
    )


def models_environment() -> Step:
    """`models/.venv`, where the language models are built."""
    locks = ("models/requirements.txt", "models/weights.txt")
    return _environment("The language models' workshop", MODELS_PYTHON, _same_python, locks, locks, dev=False, megabytes=500)


def node_environment() -> Step:
    """Node out of its wheel, for the front end; no Node of the machine's is needed or used."""
    python = TOOLS / "node" / "bin" / "python"
    return _environment("Node.js", python, _same_python, ("requirements/node.txt",), ("requirements/node.txt",), dev=False, megabytes=250)


def _environment(
    title: str, python: Path, interpreter: Interpreter, runtime: Sequence[str], testing: Sequence[str], *, dev: bool, megabytes: int
) -> Step:
    folder = python.parent.parent
    stamp = Stamp(folder / "revivatech-stamp.txt")
    tools = folder / "revivatech-dev.txt"  # once the testing tools are in, a changed lock renews them too

    def wanted(locks: Sequence[str]) -> str:
        return of_sources(*locks)

    def current() -> bool:
        # An environment with the testing tools has everything that running needs.
        return stamp.read() in ({wanted(testing)} if dev else {wanted(runtime), wanted(testing)}) and _works(python)

    def make() -> None:
        locks = testing if dev or tools.exists() else runtime
        stamp.clear()
        if not _works(python):
            shutil.rmtree(folder, ignore_errors=True)
            run(f"Making {folder.relative_to(ROOT)}", [UV, "venv", "--quiet", "--python", interpreter(), folder])
        sync: list[str | Path] = [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, *locks]
        run(
            f"Installing {' and '.join(locks)}", sync, remedy="check the network (or your package mirror), then run the same command again."
        )
        stamp.write(wanted(locks))
        if locks is testing:
            tools.touch()

    return Step(title, current, make, megabytes)


def _works(python: Path) -> bool:
    """Whether the environment's interpreter is there and of the right kind; a dangling link (its Python was removed) is not."""
    versions = ("3.10",) if python == BOT_PYTHON else ("3.11", "3.12")
    return os.access(python, os.X_OK) and any((python.parent.parent / "lib" / f"python{version}").is_dir() for version in versions)


def _same_python() -> str:
    return str(getattr(sys, "_base_executable", sys.executable))


def python_310() -> str:
    """A Python 3.10 interpreter: one on this machine, or else one that uv fetches."""
    for candidate in _candidates_310():
        if _is_310(candidate):
            return candidate
    try:
        run("Fetching Python 3.10", [UV, "python", "install", "--quiet", "3.10"])
        return run("Finding Python 3.10", [UV, "python", "find", "--managed-python", "3.10"], cwd=TOOLS).strip().splitlines()[-1]
    except Trouble:
        raise Trouble(
            "The assistant needs Python 3.10 (Rasa 3.6 runs on nothing newer); none was found on this machine, and uv could not fetch one.",
            "install it (`pyenv install 3.10`, or your system's package), or name one: REVIVATECH_PYTHON310=/path/to/python3.10 make run",
        ) from None


def _candidates_310() -> Iterator[str]:
    if named := os.environ.get("REVIVATECH_PYTHON310"):
        yield named
        if not _is_310(named):
            raise Trouble(f"REVIVATECH_PYTHON310 names {named}, which is no Python 3.10.", "correct the variable or unset it.")
    # Every folder of PATH, not only the first hit: that may be a pyenv shim which refuses.
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if (found := Path(folder) / "python3.10").is_file():
            yield str(found)
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(folder / "bin" / "python3.10") for folder in sorted(versions.glob("3.10*"), reverse=True))
    managed = subprocess.run(
        [UV, "python", "find", "--managed-python", "--no-python-downloads", "3.10"], cwd=TOOLS, capture_output=True, text=True, check=False
    )
    if managed.returncode == 0:
        yield managed.stdout.strip()


def _is_310(candidate: str) -> bool:
    question = "import sys, venv, ssl, sqlite3; print(sys.version_info[:2] == (3, 10))"
    try:
        answer = subprocess.run([candidate, "-c", question], cwd="/", capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == "True"
