"""The command line: `revivatech WORD …`, or `python -m revivatech WORD …` from the project's folder."""

import argparse
import errno
import importlib
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from revivatech.paths import PYTHON, ROOT
from revivatech.trouble import Trouble

#: Word → what it says in `--help`. Modules are imported only when asked for: set-up runs before anything is installed.
COMMANDS = {
    "run": "prepare what is missing and run the whole shop",
    "setup": "prepare everything and start nothing",
    "test": "prepare everything and run every test",
    "lint": "style, types and import contracts",
    "lock": "renew the locked dependencies",
    "bench": "measure, and compare with the stored figures",
    "chaos": "break the shop on purpose and look for what was lost",
    "migrate": "bring the database to the newest shape",
    "migration": "write a revision after the tables changed",
    "demo": "lay out the demo shop",
    "create-staff": "add a technician, manager or admin",
    "chat": "be a customer, in this terminal",
    "understand": "print what the assistant understands of each line",
    "clean": "remove what running left, the database too",
    "doctor": "tell what is prepared, what runs, and what is wrong",
    "openapi": "print the description of the HTTP API",
}
#: The processes the supervisor starts; no words for people.
PROCESSES = {"site": "revivatech.site:main", "worker": "revivatech.worker:main", "sandbox": "revivatech.sandbox.process:run"}
#: What runs under any Python 3.11+, with the standard library alone.
_BARE = {"run", "setup", "test", "lint", "lock", "doctor", "understand", "clean", "bench", "chaos"}


def main() -> int:
    """Run one command; trouble is told in one sentence, never as a traceback."""
    if not PROCESSES.keys() & set(sys.argv[1:2]):  # those have their own ways to end
        signal.signal(signal.SIGTERM, _interrupt)
    # A shell starts background jobs with SIGINT ignored, and Python then leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return _dispatch(sys.argv[1:])
    except BrokenPipeError:  # `revivatech … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        if (told := _in_words(error)) is None:
            raise
        print(f"\n{told}", file=sys.stderr, flush=True)
        return 1
    except ValueError as error:
        if (told := _wrong_variables(error)) is None:
            raise
        print(f"\n{told}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr, flush=True)
        return 130


def _dispatch(argv: list[str]) -> int:
    word = argv[0] if argv else ""
    if word in PROCESSES:
        module, _, name = PROCESSES[word].partition(":")
        process: Callable[[], int | None] = getattr(importlib.import_module(module), name)
        return process() or 0
    parser = argparse.ArgumentParser(
        prog="revivatech", description="The software of a device-repair shop whose front door is a conversation."
    )
    words = parser.add_subparsers(dest="word", metavar="COMMAND", required=True)
    for name, help_text in COMMANDS.items():
        added = words.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
        if name == word:
            if name not in _BARE:
                _under_our_python()
            command = importlib.import_module(f"revivatech.commands.{name.replace('-', '_')}")
            command.add(added)
    arguments = parser.parse_args(argv)
    result: int = command.main(arguments)
    return result


def _under_our_python() -> None:
    """Go on under the project's environment when this is another Python."""
    if sys.prefix == str(PYTHON.parent.parent):
        return
    if not PYTHON.exists():
        raise Trouble("RevivaTech is not prepared yet.", f"run `make setup` (or `make run`) in {ROOT} first.")
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "revivatech", *sys.argv[1:]])


def _in_words(error: OSError) -> Trouble | None:
    """The machine's own troubles; anything else is ours and keeps its traceback."""
    if isinstance(error, PermissionError):
        return Trouble(
            f"{error.filename} may not be used: {error.strerror}.", "mend the rights of that file or folder, or run as its owner."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Trouble(f"The disk is full ({error.filename or ROOT}).", "free some space and run the same command again.")
    return None


def _wrong_variables(error: ValueError) -> Trouble | None:
    """Variables that cannot be meant, by name and without their values: some are secrets. pydantic may not be installed yet."""
    if getattr(error, "title", None) != "Settings":
        return None
    wrong = []
    for fault in error.errors():  # type: ignore[attr-defined]
        name = str(fault["loc"][0]) if fault["loc"] else "a variable"
        wrong.append(f"{name if name.isupper() else f'REVIVATECH_{name.upper()}'} ({fault['msg'].removeprefix('Value error, ')})")
    what = f"The environment is not right: {'; '.join(wrong)}."
    return Trouble(what, "correct or unset it; docs/operators/running.md lists all variables.")


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
